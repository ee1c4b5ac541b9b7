// Values as students read them, tokens as they write them.
import type { Atom, Values } from './engine/protocol';
import { type Tokens, rawText } from './engine/raw';

export function show(value: Atom | null, type: string): string {
  if (type === '-' || value === null) return '?';
  if (type === 'b') return value ? 'T' : 'F';
  if (type === 'f' && typeof value === 'number') {
    const rounded = Number(value.toFixed(3));
    return Number.isInteger(rounded) ? rounded.toFixed(1) : String(rounded);
  }
  return String(value);
}

export const showAll = (v: Values): string[] => v.values.map((x, i) => show(x, v.types[i] ?? '-'));

/** A number of the model, short. */
export const number = (x: number) =>
  Number.isInteger(x)
    ? String(x)
    : Math.abs(x) < 1e-3 || Math.abs(x) >= 1e5
      ? x.toExponential(1)
      : String(Number(x.toFixed(3)));

/** A token in a label: blanks are made visible. */
export const token = (text: string): string =>
  text === '' ? '∅' : text.replaceAll(' ', '␣').replaceAll('\t', '⇥').replaceAll('\n', '⏎');

/** What someone typed into a token field: JSON where it looks like an array, else one token a character. */
export function parseTokens(text: string): { tokens?: Tokens; problem?: string } {
  if (!text.trimStart().startsWith('[')) return { tokens: text };
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every((x) => ['string', 'number', 'boolean'].includes(typeof x)))
      return { tokens: { raw: text } };
  } catch {
    /* said below */
  }
  return { problem: 'A list of tokens looks like this: ["a", 1, true]' };
}

/** The text of a token field for a list of tokens. */
export function tokensText(v: Values | null): string {
  if (!v) return '';
  if ([...v.types].every((t) => t === 's') && v.values.every((x) => [...String(x)].length === 1) && v.values[0] !== '[')
    return v.values.join('');
  return rawText(v);
}

/** A random input as the token field wants it. */
export function shuffled(vocabulary: Values, length: number): string {
  const picks = Array.from({ length }, () => Math.floor(Math.random() * vocabulary.values.length));
  return tokensText({
    values: picks.map((i) => vocabulary.values[i]!),
    types: picks.map((i) => vocabulary.types[i]).join(''),
  });
}
