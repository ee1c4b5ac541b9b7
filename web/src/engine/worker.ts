// The engine's thread: one request after the other; `trace` and `export` bring a copy of their numbers or bytes.
import createEngine from '@engine/engine.mjs';
import wasmUrl from '@engine/engine.wasm?url';

const ready = createEngine({ locateFile: () => wasmUrl });

self.onmessage = async ({ data }: MessageEvent<{ id: number; request: { command: string } }>) => {
  try {
    const engine = await ready;
    const result = JSON.parse(engine.request(JSON.stringify(data.request)));
    if (result.ok && data.request.command === 'trace') {
      const arena = engine.arena().slice();
      self.postMessage({ id: data.id, result, arena }, { transfer: [arena.buffer] });
    } else if (result.ok && data.request.command === 'export') {
      const bytes = engine.bytes().slice();
      self.postMessage({ id: data.id, result, bytes }, { transfer: [bytes.buffer] });
    } else {
      self.postMessage({ id: data.id, result });
    }
  } catch (error) {
    self.postMessage({ id: data.id, crashed: String(error) });
  }
};
