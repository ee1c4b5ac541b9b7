// Values of an assignment: as they are written, hashed and shown. What is equal: equal.mjs.

// What is hashed of an atom, of an assignment or of the engine with its letter. Only hidden answers that are not in the
// file are compared so: numbers by their value, those that are not whole by nine significant digits (a mean may be
// summed in another order).
export function canonicalAtom(value, letter) {
  if (typeof value === 'boolean') return value ? 'T' : 'F';
  if (typeof value === 'string' && letter !== 'i' && letter !== 'f') return JSON.stringify(value);
  if (typeof value === 'string' && letter === 'i') return String(BigInt(value));
  const number = Number(value === 'inf' ? Infinity : value === '-inf' ? -Infinity : value);
  return String(Number.isInteger(number) ? number + 0 || 0 : Number(number.toPrecision(9)));
}

// An expected output of an assignment as a result, and what is hashed of a result; null where some position has no
// value.
export const written = (output, kind) => (kind === 'selector' ? { matrix: output.map(String) } : { values: output });
export function canonicalResult(result) {
  if (!result || result.error !== undefined || result.undefined !== undefined) return null;
  if (result.matrix) return result.matrix.join('/');
  return result.values.map((v, i) => canonicalAtom(v, result.types?.[i])).join(',');
}

// A result as an assignment would write it, for display and for publishing. Undefined positions are null.
export function plainResult(result) {
  if (!result || result.error !== undefined) return null;
  if (result.matrix) return result.matrix;
  return result.values.map((v, i) => (result.types[i] === 'i' && typeof v === 'string' ? Number(v) : v));
}

// [2, "a", True]: as RASP writes values. At most `most` characters.
export function valuesText(values, most = 200) {
  if (values === null || values === undefined) return '–';
  const atom = (v) =>
    v === null
      ? '–'
      : v === true
        ? 'True'
        : v === false
          ? 'False'
          : typeof v === 'number' && !Number.isInteger(v)
            ? String(Number(v.toPrecision(6)))
            : JSON.stringify(v);
  const text = typeof values === 'string' ? JSON.stringify(values) : `[${values.map(atom).join(', ')}]`;
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

export const tokensOf = (input) => (typeof input === 'string' ? [...input] : input);

// How many inputs there are over k tokens of lengths 1 to n.
export function countInputs(k, n) {
  let total = 0,
    of = 1;
  for (let i = 0; i < n && total <= 1e9; ++i) total += of *= k;
  return total;
}

// Every input over the vocabulary of lengths 1 to n, shortest first, in the vocabulary's order.
export function allInputs(vocabulary, n) {
  const inputs = [];
  let last = [[]];
  for (let length = 1; length <= n; ++length) {
    last = last.flatMap((head) => vocabulary.map((token) => [...head, token]));
    inputs.push(...last);
  }
  return inputs;
}
