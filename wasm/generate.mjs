// The model as what it is, a decoder: run it, put its output at the last position behind the input, and run it again.
// The interpreter stands beside it at every step. Used by the command line and by the page.

/** A number as what `===` compares exactly: ints beyond 2^53 are their digits, inf and nan are texts. */
const exactly = (value, type) => {
  if (type === 'i') return BigInt(value);
  const x = typeof value === 'number' ? value : { inf: Infinity, '-inf': -Infinity }[value];
  return x === undefined ? value : Number.isInteger(x) ? BigInt(x) : x;
};

/** Are two atoms with their type letters the same token? Numbers are where their values are. */
const same = (a, s, b, t) =>
  'if'.includes(s) && 'if'.includes(t) ? exactly(a, s) === exactly(b, t) : s === t && a === b;

/** Where a value stands in a list of values; -1 where it does not. */
export const indexIn = (list, value, type) => list.values.findIndex((v, i) => same(v, list.types[i], value, type));

const shown = (value, type) =>
  type === 'b' ? (value ? 'True' : 'False') : type === 's' ? JSON.stringify(value) : String(value);
const words = { s: 'a string', i: 'an int', f: 'a float', b: 'a bool' };

/** A value that is no token of the vocabulary: what it is, and what would make it one. */
function foreign(value, type, vocabulary) {
  const kinds = new Set([...vocabulary.types]);
  const other = kinds.size === 1 && !kinds.has(type) ? [...kinds][0] : undefined;
  const way =
    other && words[other]
      ? `The tokens are ${words[other].replace(/^an? /, '')}s: let the program give ${words[other]}`
      : 'Add it to the vocabulary, or stop before it';
  return `The output ${shown(value, type)}${other ? ` is ${words[type] ?? 'a value'}, which` : ''} is no token of the vocabulary. ${way}.`;
}

/** The token of the vocabulary that someone typed: its characters, or JSON (3, true, "a"); null where it is none. */
export function typedToken(text, vocabulary) {
  const read = [['s', text]];
  if (/^-?(0|[1-9]\d*)$/.test(text)) read.push(['i', text]); // JSON.parse rounds ints beyond 2^53
  try {
    const value = JSON.parse(text),
      type = { string: 's', boolean: 'b', number: 'f' }[typeof value];
    if (type) read.push([type, value]);
  } catch {
    /* its characters only */
  }
  const found = read.map(([type, value]) => indexIn(vocabulary, value, type)).find((i) => i >= 0);
  return found === undefined ? null : { values: [vocabulary.values[found]], types: vocabulary.types[found] };
}

/**
 * @param run (tokens: {values, types}) → the engine's `extend` document of the model on them: of a causal model the new position alone is computed
 * @param {{input, vocabulary, maxLength: number, steps: number, until?: {values, types}}} about values as the engine
 * gives them; `until` has one, of the vocabulary
 * @returns {Promise<{ok: true, input, output, generated, steps: object[], stopped: {why: string, message: string}} |
 * {ok: false, diagnostics}>}
 *   `steps[n]`: `tokens` that the model was run on, `model` and `interpreter` at all of their positions, `agree`, and the token that
 *   was `appended`, absent where the step is the last and none was. `why`: until, steps, length, no-token or no-value.
 */
export async function generate(run, { input, vocabulary, maxLength, steps, until }) {
  let tokens = input;
  const out = [];
  const end = (why, message) => {
    const generated = {
      values: tokens.values.slice(input.values.length),
      types: tokens.types.slice(input.types.length),
    };
    return { ok: true, input, output: tokens, generated, steps: out, stopped: { why, message } };
  };
  for (let n = 0; n < steps; ++n) {
    if (tokens.values.length > maxLength && n > 0)
      return end('length', `The model takes at most ${maxLength} tokens; a larger maximal length goes further.`);
    const ran = await run(tokens);
    if (!ran.ok) return ran;
    const last = tokens.values.length - 1;
    const step = {
      tokens,
      model: ran.model,
      interpreter: ran.interpreter,
      defined: ran.defined,
      agree: ran.agree,
      computed: ran.computed,
    };
    out.push(step);
    if (!ran.defined[last])
      return end(
        'no-value',
        'The interpreter has no value at the last position, so what the model says there means nothing.',
      );
    const value = ran.model.values[last],
      type = ran.model.types[last],
      found = indexIn(vocabulary, value, type);
    if (found < 0) return end('no-token', foreign(value, type, vocabulary));
    step.appended = { values: [vocabulary.values[found]], types: vocabulary.types[found] };
    tokens = { values: [...tokens.values, vocabulary.values[found]], types: tokens.types + vocabulary.types[found] };
    if (until && same(until.values[0], until.types[0], value, type))
      return end('until', `${shown(value, type)} came, which ends it.`);
  }
  return end('steps', `${steps} ${steps === 1 ? 'step' : 'steps'}, as asked.`);
}
