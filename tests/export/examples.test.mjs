// The files of every example, as the command line writes them, give the interpreter's answers in a forward pass that
// shares nothing with the compiler; with Tracr's names, too, where a reader of Tracr's models finds the output by
// itself.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadEngine } from '../../wasm/engine.mjs';
import { randomFrom } from '../../wasm/suite/random.mjs';
import { forward, fromTracr, readSafetensors, tracrUnembedding } from './readers.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const engine = await loadEngine();
const inputs = 6;

async function exported(handle, names) {
  const file = async (format) => {
    const answer = await engine.request({ command: 'export', handle, format, names });
    assert.ok(answer.ok, JSON.stringify(answer.diagnostics));
    return engine.bytes();
  };
  return {
    tensors: readSafetensors(await file('safetensors')).tensors,
    config: JSON.parse(new TextDecoder().decode(await file('meta'))),
  };
}

const number = (value) => (typeof value === 'boolean' ? Number(value) : value);

function decoded(config, logits, length) {
  const { values, encoding } = config.rasp.output_values,
    width = config.d_vocab_out;
  return Array.from({ length }, (_, i) => {
    const row = logits.subarray((i + 1) * width, (i + 2) * width);
    if (encoding === 'numerical')
      return values.reduce((best, v) => (Math.abs(v - row[0]) < Math.abs(best - row[0]) ? v : best));
    return values[row.indexOf(Math.max(...row))];
  });
}

for (const name of readdirSync(path.join(root, 'examples')).filter((file) => file.endsWith('.rasp')))
  test(`${name}: exported weights give the interpreter's answers`, async () => {
    const program = readFileSync(path.join(root, 'examples', name), 'utf8');
    const { handle } = await engine.request({ command: 'compile', program, name, keep: true });
    const plain = await exported(handle, 'transformer_lens'),
      tracr = await exported(handle, 'tracr');
    tracr.tensors = fromTracr(tracr.tensors, tracr.config);
    if (plain.config.rasp.output_values.encoding === 'categorical')
      tracr.tensors['unembed.W_U'] = { data: tracrUnembedding(tracr.config.tracr) };
    const { values: vocabulary, bos_id } = plain.config.rasp.vocabulary,
      random = randomFrom(name);
    for (let i = 0; i < inputs; ++i) {
      const length = random.between(1, plain.config.rasp.max_length),
        input = Array.from({ length }, () => random.pick(vocabulary));
      const { ok, kind, values } = await engine.request({ command: 'eval', program, input });
      if (!ok || kind !== 's-op' || values.includes(null)) continue;
      for (const { config, tensors } of [plain, tracr]) {
        const { logits } = forward(config, tensors, [bos_id, ...input.map((token) => vocabulary.indexOf(token))]);
        assert.deepEqual(
          decoded(config, logits, length).map(number),
          values.map(number),
          `${config.rasp.names}, ${JSON.stringify(input)}`,
        );
      }
    }
  });
