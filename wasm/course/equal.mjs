// The one meaning of "equal", docs/exactness.md, where JavaScript compares values: core/base/agree.h in its words.
// tests/course/core.test.mjs holds both against each other. A value comes with the letter of its kind, as the engine's
// documents have it: i, f, b or s (an int beyond 2^53 is a text, and so are inf and nan); without a letter it is as
// JSON has it, where a number may be an int or a float.

const kindOf = (value, letter) =>
  letter !== undefined ? letter : typeof value === 'boolean' ? 'b' : typeof value === 'string' ? 's' : 'json';
const numberOf = (value) => (value === 'inf' ? Infinity : value === '-inf' ? -Infinity : Number(value));
const reach = 2 ** -40;

/** The same double, or both finite and apart by at most 2^-40 of the larger; nan is like nan. */
export function floatsAgree(a, b) {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  if (a === b) return true;
  return Number.isFinite(a) && Number.isFinite(b) && Math.abs(a - b) <= reach * Math.max(Math.abs(a), Math.abs(b));
}

// What JSON has for an int is its double: beyond 2^53 several ints have the same.
const intIs = (int, number) => (Number.isSafeInteger(number) ? BigInt(int) === BigInt(number) : Number(int) === number);

/** Of an assignment: its answers are JSON, which does not tell 2 from 2.0, so ints and floats are compared by value. */
export function sameValue(a, letterA, b, letterB) {
  const [kindA, kindB] = [kindOf(a, letterA), kindOf(b, letterB)];
  const isNumber = (kind) => kind === 'i' || kind === 'f' || kind === 'json';
  if (!isNumber(kindA) || !isNumber(kindB)) return kindA === kindB && a === b;
  if (kindA === 'i' && kindB === 'i') return BigInt(a) === BigInt(b);
  if (kindA === 'i' && kindB === 'json') return intIs(a, b);
  if (kindA === 'json' && kindB === 'i') return intIs(b, a);
  return floatsAgree(numberOf(a), numberOf(b));
}

/** Of `#@ expect`, whose numbers have a kind: a whole number that a person wrote is the float of that value; else kinds are the same. */
export function expectedValue(written, letterW, value, letterV) {
  if (letterW === 'i' && letterV === 'f')
    return Number.isInteger(numberOf(value)) && BigInt(written) === BigInt(numberOf(value));
  return letterW === letterV && sameValue(written, letterW, value, letterV);
}

const whole = (r) => r && r.error === undefined && r.undefined === undefined;
const all = (a, b, same) =>
  a.values.length === b.values.length && a.values.every((v, i) => same(v, a.types?.[i], b.values[i], b.types?.[i]));

/** Two results, `{values, types}` or `{matrix}`, of `eval_many` or of an assignment (`written` in values.mjs). Where a position has no value nothing is the same. */
export function sameResult(a, b) {
  if (!whole(a) || !whole(b)) return false;
  if (a.matrix || b.matrix) return Boolean(a.matrix && b.matrix) && a.matrix.join('/') === b.matrix.join('/');
  return all(a, b, sameValue);
}

/** @param {{values: any[], types?: string}} written of `#@ expect` */
export const expectedResult = (written, result) =>
  whole(result) && result.matrix === undefined && all(written, result, expectedValue);
