// The laboratory's thread: the engine with experiments, loaded when the view is first opened. Requests are answered in
// order.
import createEngine from '@engine/laboratory.mjs';
import wasmUrl from '@engine/laboratory.wasm?url';
import { serialise } from '../engine/raw';

const engine = fetch(wasmUrl)
  .then((answer) => answer.arrayBuffer())
  .then((wasmBinary) => createEngine({ wasmBinary, print: () => {}, printErr: () => {} }));
engine.catch(() => {}); // whoever asks is told

self.onmessage = async ({ data }: MessageEvent<{ id: number; request: object }>) => {
  try {
    const e = await engine;
    const result = JSON.parse(e.request(serialise(data.request)));
    const bytes = result.ok && result.bytes !== undefined ? e.bytes().slice() : undefined;
    self.postMessage({ id: data.id, result, bytes }, { transfer: bytes ? [bytes.buffer] : [] });
  } catch (error) {
    self.postMessage({ id: data.id, failed: String(error) });
  }
};
