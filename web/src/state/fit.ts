/** Programs and inputs that the interpreter has an answer for and no model: a selector alone, unknown tokens, too many tokens. */
import { computed } from '@preact/signals';
import type { Atom, Values } from '../engine/protocol';
import { tokensText } from '../values';
import { analysis, inputProblem } from './live';
import { change } from './project';
import { valuesOf } from './shown';

/** Tokens are the same where they are the same number, or the same value of another kind. */
const same = (a: Atom | null, s: string, b: Atom | null, t: string) =>
  'if'.includes(s) && 'if'.includes(t) ? Number(a) === Number(b) : s === t && a === b;
const holds = (list: Values, v: Atom | null, type: string) =>
  list.values.some((w, i) => same(v, type, w, list.types[i] ?? ''));

export interface Misfit {
  unknown: Values;
  length: number | null;
}

export function misfitOf(input: Values, vocabulary: Values, most: number): Misfit | null {
  const unknown: Values = { values: [], types: '' };
  input.values.forEach((v, i) => {
    const type = input.types[i] ?? '';
    if (holds(vocabulary, v, type) || holds(unknown, v, type)) return;
    unknown.values.push(v);
    unknown.types += type;
  });
  const length = input.values.length > most ? input.values.length : null;
  return unknown.values.length || length !== null ? { unknown, length } : null;
}

export const misfit = computed<Misfit | null>(() => {
  const s = analysis.value?.settings;
  return s?.input && s.vocabulary && s.max_length !== null && inputProblem.value !== ''
    ? misfitOf(s.input, s.vocabulary, s.max_length)
    : null;
});

export function addToVocabulary(unknown: Values) {
  const vocabulary = analysis.peek()?.settings.vocabulary;
  if (vocabulary)
    change({
      vocabulary: tokensText({
        values: [...vocabulary.values, ...unknown.values],
        types: vocabulary.types + unknown.types,
      }),
    });
}

export const allowLength = (n: number) => change({ maxLength: n });

/** The selector that a program without an output and without a mistake ends with. */
export const lone = computed<{ name: string; matrix: string[] } | null>(() => {
  const a = analysis.value;
  if (!a || a.output || a.diagnostics.some((d) => d.severity === 'error')) return null;
  const last =
    a.definitions.findLast((d) => d.display?.kind === 'selector') ??
    a.printed.findLast((x) => x.display.kind === 'selector');
  const matrix = last?.display && valuesOf(last.display).matrix;
  return last && matrix ? { name: last.name, matrix } : null;
});
