import { describe, expect, it } from 'vitest';
import { BadProject } from '../src/state/check';
import { sentence } from '../src/state/linked';
import { isModelFile, modelFile } from '../src/state/model_file';

const model = (text: string, more: object = {}, attention = 'bidirectional') => ({
  attention_dir: attention,
  rasp: {
    format: 'rasp-model/1',
    compiler_version: '0.1.0',
    fingerprint: 'ab12',
    program: { name: 'x.rasp', text },
    max_length: 3,
    output: { expression: 'x' },
    vocabulary: { values: ['a', 'b'], types: 'ss' },
    ...more,
  },
});
const settings = (...given: Parameters<typeof model>) => modelFile(model(...given)).project.settings;
const whole = '#@ vocabulary "ab"\n#@ max_length 3\n#@ output x\n#@ input "ab"\nx = tokens;\n';

describe('settings of a model’s JSON', () => {
  it('are left to a program that says the same', () => {
    expect(settings(whole)).toEqual({});
    expect(settings(whole.replace('"ab"\n#@ max', '["a", "b"]\n#@ max'))).toEqual({});
    expect(settings(`#@ causal\n${whole}`, {}, 'causal')).toEqual({});
  });
  it('are set where the program says nothing, or something else', () => {
    expect(settings('x = tokens;\n')).toEqual({
      maxLength: 3,
      vocabulary: '["a","b"]',
      output: 'x',
      input: '["a","b","a"]',
    });
    expect(settings(whole.replace('"ab"', '"abc"'))).toEqual({ vocabulary: '["a","b"]' });
    expect(settings(whole.replace('length 3', 'length 9'))).toEqual({ maxLength: 3 });
    expect(settings(whole.replace('input "ab"', 'input "abab"').replace('length 3', 'length 9'))).toEqual({
      maxLength: 3,
      input: '["a","b","a"]',
    });
    expect(settings(whole, {}, 'causal')).toEqual({ causal: true });
    expect(settings(`#@ causal\n${whole}`)).toEqual({ causal: false });
    expect(settings(whole, { output: { expression: 'tokens == "a"' } })).toEqual({ output: 'tokens == "a"' });
  });
  it('keep floats apart from ints', () => {
    expect(settings(whole, { vocabulary: { values: [1, 2.5, 3], types: 'fff' } }).vocabulary).toBe('[1.0,2.5,3.0]');
    expect(settings(whole.replace('"ab"', '[1, 2]'), { vocabulary: { values: [1, 2], types: 'ff' } }).vocabulary).toBe(
      '[1.0,2.0]',
    );
  });
});

describe('a compressed variant’s JSON', () => {
  it('is opened as its program, and it is said that its weights are in another basis', () => {
    const opened = modelFile(model(whole, { residual_labels: ['mixed:0', 'mixed:1'] }));
    expect(sentence(opened, { project: opened.project, fingerprint: 'cd34', engine: '0.1.0' })).toBe(
      "This model has other weights than the file's: the file holds it with its residual stream in another basis.",
    );
    expect(modelFile(model(whole, { residual_labels: ['mixed:0', 'x'] })).turned).toBeUndefined();
  });
});

describe('a model’s JSON', () => {
  it('is told from other files', () => {
    for (const other of [null, 1, [], {}, { rasp: null }, { rasp: { format: 1 } }, { format: 'rasp-model/1' }])
      expect(isModelFile(other)).toBe(false);
    expect(isModelFile(model(whole))).toBe(true);
  });
  it('is refused where it is damaged', () => {
    for (const more of [
      { format: 'rasp-model/2' },
      { program: undefined },
      { program: { text: '' } },
      { program: null },
      { fingerprint: 'xyz' },
      { fingerprint: undefined },
    ])
      expect(() => modelFile(model(whole, more))).toThrow(BadProject);
    for (const more of [
      { vocabulary: null },
      { vocabulary: { values: [], types: '' } },
      { output: null },
      { max_length: 'long' },
    ])
      expect(modelFile(model(whole, more)).fingerprint).toBe('ab12');
  });
});
