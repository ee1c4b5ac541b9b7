// Model files of hand-made models, written by tests/export/samples, read back by readers of our own and run by
// onnxruntime-web. RASP_EXPORT_SAMPLES names the directory that write_samples filled.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv/dist/2020.js';
import {
  expectedShapes,
  fingerprint,
  forward,
  fromTracr,
  readSafetensors,
  readStateDict,
  tracrUnembedding,
} from './readers.mjs';
import { loadOnnx, runOnnx } from './runtime.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const samples = process.env.RASP_EXPORT_SAMPLES;
assert.ok(samples, 'RASP_EXPORT_SAMPLES must name the directory that write_samples filled');
const schema = JSON.parse(readFileSync(path.join(here, '../../core/export/schema/model.schema.json'), 'utf8'));
const validate = new Ajv({ strict: true, strictTypes: false, allErrors: true }).compile(schema);

const names = readdirSync(samples);
assert.ok(names.length >= 10, `${samples} holds ${names.length} samples`);

/** Float32 results of two engines that add in different orders. */
function close(actual, expected, what) {
  assert.equal(actual.length, expected.length, `${what}: length`);
  let largest = 1;
  for (const e of expected) largest = Math.max(largest, Math.abs(e));
  for (let i = 0; i < expected.length; ++i)
    assert.ok(Math.abs(actual[i] - expected[i]) <= 1e-4 * largest, `${what}[${i}]: ${actual[i]}, not ${expected[i]}`);
}

for (const name of names) {
  const bytes = (file) => new Uint8Array(readFileSync(path.join(samples, name, file)));
  const json = (file) => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes(file)));
  const config = json('model.json');
  const cases = json('cases.json');

  test(`sample ${name}: the JSON fits its schema`, () => {
    for (const file of ['model.json', 'tracr.json', 'document.json'])
      assert.ok(validate(json(file)), `${file}: ${JSON.stringify(validate.errors, null, 1)}`);
    const { rasp } = config;
    assert.equal(rasp.residual_labels.length, config.d_model);
    assert.equal(rasp.vocabulary.values.length, rasp.vocabulary.types.length);
    assert.equal(rasp.vocabulary.bos_id, rasp.vocabulary.values.length);
    assert.equal(config.d_vocab, rasp.vocabulary.values.length + 1);
    assert.equal(rasp.layers.length, config.n_layers);
    assert.equal(rasp.max_length, config.n_ctx - 1);
    // Values that are hard to write.
    const [a, quoted, frog, negative, huge, tenth, nan] = rasp.vocabulary.values;
    assert.equal(a, 'a');
    if (config.d_vocab > 7)
      assert.deepEqual(
        [quoted, frog, negative, huge, tenth, nan],
        ['"quoted"\n', 'žába', -3, '1180591620717411303424', 0.1, 'nan'],
      );
    assert.deepEqual(rasp.exactness.links[1], { sop: null, what: 'no bound', margin: null, error: null });
    assert.deepEqual(rasp.output, { name: 'y', node: 1, span: null, expression: 'y' });
    assert.deepEqual(rasp.subspaces[0].sop.span, [1, 5, 1, 11]);
    assert.equal(json('tracr.json').tracr.model_config.key_size, config.d_head);
  });

  test(`sample ${name}: safetensors has TransformerLens's names and shapes, and the model's answers`, () => {
    const { metadata, tensors } = readSafetensors(bytes('model.safetensors'));
    const shapes = expectedShapes(config);
    assert.deepEqual(Object.fromEntries(Object.entries(tensors).map(([n, t]) => [n, t.shape])), shapes);
    assert.equal(metadata.format, 'rasp-model/1');
    assert.equal(metadata.names, 'transformer_lens');
    assert.equal(metadata.fingerprint, config.rasp.fingerprint);
    assert.equal(fingerprint(config, config.rasp.vocabulary.bos_id, tensors), config.rasp.fingerprint);
    for (const { tokens, tensors: expected } of cases) {
      const { resid, patterns, logits } = forward(config, tensors, tokens);
      close(expected.resid_pre.values, resid[0], 'resid_pre');
      for (let l = 0; l < config.n_layers; ++l) {
        close(expected[`blocks.${l}.resid_mid`].values, resid[2 * l + 1], `resid_mid ${l}`);
        close(expected[`blocks.${l}.resid_post`].values, resid[2 * l + 2], `resid_post ${l}`);
        const pattern = expected[`blocks.${l}.attn.pattern`];
        const cells = tokens.length ** 2;
        for (
          let h = 0;
          h < pattern.shape[0];
          ++h // the heads beyond are padding
        )
          close(pattern.values.slice(h * cells, (h + 1) * cells), patterns[l][h], `pattern ${l}.${h}`);
      }
      close(expected.logits.values, logits, 'logits');
    }
  });

  test(`sample ${name}: the single document holds the same weights`, () => {
    const { tensors } = readSafetensors(bytes('model.safetensors'));
    assert.deepEqual(readStateDict(json('document.json').state_dict), tensors);
    const { state_dict: _, ...rest } = json('document.json');
    assert.deepEqual(rest, config);
  });

  test(`sample ${name}: Tracr's names; its readers find the output in the residual stream and get the same logits`, () => {
    const tracr = readSafetensors(bytes('tracr.safetensors'));
    const description = json('tracr.json');
    assert.equal(tracr.metadata.names, 'tracr');
    assert.equal(tracr.metadata.fingerprint, description.rasp.fingerprint);
    const tensors = fromTracr(tracr.tensors, description);
    assert.equal(fingerprint(description, config.rasp.vocabulary.bos_id, tensors), description.rasp.fingerprint);
    assert.equal(description.tracr.residual_labels.length, description.d_model);
    if (config.rasp.output_values.encoding === 'numerical') {
      assert.deepEqual(tensors, readSafetensors(bytes('model.safetensors')).tensors);
      return;
    }
    // The unembedding that such a reader makes for itself is ours.
    assert.deepEqual([...tracrUnembedding(description.tracr)], [...tensors['unembed.W_U'].data]);
    assert.ok(tensors['unembed.b_U'].data.every((b) => b === 0));
    for (const { tokens, tensors: expected } of cases)
      close(expected.logits.values, forward(description, tensors, tokens).logits, 'logits');
  });

  test(`sample ${name}: onnxruntime-web gives the same logits, patterns and residuals`, async () => {
    const plain = await loadOnnx(bytes('model.onnx'));
    const traced = await loadOnnx(bytes('traced.onnx'));
    assert.deepEqual(plain.inputNames, ['tokens']);
    assert.deepEqual(plain.outputNames, ['logits']);
    const seen = new Set();
    for (const { tokens, tensors: expected } of cases) {
      const { logits } = await runOnnx(plain, [tokens]);
      assert.deepEqual(logits.dims, [1, tokens.length, config.d_vocab_out]);
      close(logits.data, expected.logits.values, 'logits');
      const all = await runOnnx(traced, [tokens]);
      for (const [output, tensor] of Object.entries(all)) {
        seen.add(output);
        assert.deepEqual(tensor.dims, [1, ...expected[output].shape], output);
        close(tensor.data, expected[output].values, output);
      }
    }
    // Everything that was asked for came out.
    const wanted = ['logits', 'resid_pre'];
    for (let l = 0; l < config.n_layers; ++l) {
      wanted.push(`blocks.${l}.resid_mid`, `blocks.${l}.resid_post`);
      if (cases[0].tensors[`blocks.${l}.attn.pattern`].shape[0] > 0) wanted.push(`blocks.${l}.attn.pattern`);
    }
    assert.deepEqual([...seen].sort(), wanted.sort());
    // A batch gives what its members give.
    const { tokens, tensors: expected } = cases.at(-1);
    const { logits } = await runOnnx(plain, [tokens, tokens]);
    assert.deepEqual(logits.dims, [2, tokens.length, config.d_vocab_out]);
    close(logits.data, [...expected.logits.values, ...expected.logits.values], 'batch');
    await plain.release();
    await traced.release();
  });
}
