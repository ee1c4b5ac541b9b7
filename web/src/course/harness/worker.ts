import createEngine from '@engine/engine.mjs';
import wasmUrl from '@engine/engine.wasm?url';

const ready = createEngine({ locateFile: () => wasmUrl });
onmessage = async ({ data }: MessageEvent) => {
  const module = await ready;
  postMessage({ id: data.id, result: JSON.parse(module.request(JSON.stringify(data.document))) });
};
