// onnxruntime-web under Node: one thread, SIMD.
import * as ort from 'onnxruntime-web';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

export async function loadOnnx(bytes) {
  return ort.InferenceSession.create(bytes, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
}

/** sequences: token ids, all of one length → name → { dims, data }. */
export async function runOnnx(session, sequences) {
  const T = sequences[0].length;
  const ids = BigInt64Array.from(sequences.flat(), (id) => BigInt(id));
  return session.run({ tokens: new ort.Tensor('int64', ids, [sequences.length, T]) });
}
