// Tracr's Python as RASP text, in the page and on the command line: written from the tabulated graph, and compared with
// the program before it is given out.
import { Impossible, Writer, typed } from './rasp_text.mjs';

const samples = 300;
/** So many inputs, or fewer, are compared one and all. */
const few = 5000;
/** Inputs of one request. */
const atOnce = 250;

const list = (values, types) => `[${values.map((v, i) => typed(v, types[i])).join(',')}]`;

/** Inputs as JSON texts: all of them where they are few, else random ones of every length. {all, texts}. */
function inputs({ values, types }, longest) {
  let count = 0;
  for (let n = 1; n <= longest && count <= few; ++n) count += values.length ** n;
  const text = (chosen) =>
    list(
      chosen.map((c) => values[c]),
      chosen.map((c) => types[c]),
    );
  if (count > few) {
    const random = generator(7);
    return {
      all: false,
      texts: Array.from({ length: samples }, (_, i) =>
        text(Array.from({ length: 1 + (i % longest) }, () => Math.floor(random() * values.length))),
      ),
    };
  }
  const texts = [];
  for (let n = 1; n <= longest; ++n)
    for (let k = 0; k < values.length ** n; ++k)
      texts.push(text(Array.from({ length: n }, (_, i) => Math.floor(k / values.length ** i) % values.length)));
  return { all: true, texts };
}

function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function place(program, span) {
  const bytes = new TextEncoder().encode(program),
    of = (offset) => new TextDecoder().decode(bytes.subarray(0, offset));
  const at = (before) => ({ line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') });
  const begin = at(of(span?.[0] ?? 0)),
    end = at(of(span?.[1] ?? 1));
  return { ...begin, end_line: end.line, end_column: end.column };
}

function impossible(program, message, span) {
  const hint = 'What RASP text cannot hold stays a program in Python: both compile here.';
  return {
    ok: false,
    diagnostics: [{ severity: 'error', code: 'not-in-rasp', class: 'input', message, hint, ...place(program, span) }],
  };
}

const firstError = ({ diagnostics }) => diagnostics.find((d) => d.severity === 'error');

/** The program's values and the text's, position by position. {count, whole, none, kinds}: inputs with a value at some position, and at all; {message, line}: what differs. */
async function compared(ask, original, rasp, texts) {
  const compiled = await ask({ command: 'compile', program: rasp });
  const failed = (r) => ({
    message: `As RASP text the program does not compile: ${firstError(r).message}`,
    line: firstError(r).line,
  });
  if (!compiled.ok) return failed(compiled);
  const found = { count: 0, whole: 0, none: false, kinds: false };
  for (let i = 0; i < texts.length; i += atOnce) {
    const asked = texts.slice(i, i + atOnce),
      many = { command: 'eval_many', inputs: { raw: `[${asked.join(',')}]` } };
    const [one, other] = await Promise.all([ask({ ...original, ...many }), ask({ ...many, program: rasp })]);
    if (!one.ok) return { message: `The program has no value: ${firstError(one).message}` };
    if (!other.ok) return failed(other);
    for (const [j, input] of asked.entries()) {
      const message = difference(one.results[j], other.results[j], found, input);
      if (message) return { message };
    }
  }
  return found.count ? found : { message: 'The program has no value on any input that was tried' };
}

function difference(one, other, found, input) {
  let valued = 0;
  for (const [p, value] of one.values.entries()) {
    const [s, t] = [one.types[p], other.types[p]],
      where = `at position ${p} of ${input}`;
    if (s === 'o' && value !== 'None') return `The output is ${value} ${where}, which RASP has not`;
    if (s === 'o' || s === '-') {
      if (t !== '-')
        return `As RASP text the program gives ${typed(other.values[p], t)} ${where}, where it has ${s === 'o' ? 'None' : 'no value'}`;
      found.none ||= s === 'o';
      continue;
    }
    if (t === '-') return `As RASP text the program has no value ${where}: ${other.undefined}`;
    const equal =
      s === 's' || t === 's' ? s === t && value === other.values[p] : Number(value) === Number(other.values[p]);
    if (!equal) return `As RASP text the program gives ${typed(other.values[p], t)} ${where}, not ${typed(value, s)}`;
    found.kinds ||= s !== t;
    ++valued;
  }
  if (valued) ++found.count;
  if (valued === one.values.length) ++found.whole;
  return '';
}

function head(name, program, { vocabulary, max_length: longest, causal }, tried, { none, kinds }) {
  return [
    `# From ${name}; compared with it on ${tried} of this vocabulary and length.`,
    ...(none ? ['# Where the program gives None, this has no value.'] : []),
    ...(kinds
      ? [
          '# 1, 1.0 and True are equal, in RASP as in Python: at some positions this gives another one of them than the program.',
        ]
      : []),
    ...[...program.matchAll(/^#@ (?:title|description|input|expect) .*$/gm)].map(([line]) => line),
    `#@ vocabulary ${list(vocabulary.values, vocabulary.types)}`,
    `#@ max_length ${longest}`,
    ...(causal ? ['#@ causal on'] : []),
  ];
}

/** One way to write it: {text, found}, or {message, span} with `averages`, whether bools are averaged. */
async function attempt(ask, graph, original, asked, indicators, { all, texts }) {
  const writer = new Writer(graph, original.settings, indicators),
    { program, name } = asked;
  try {
    const out = writer.output(graph.output);
    const text = (tried, found) =>
      [
        ...head(name, program, original.settings, tried, found),
        ...writer.lines,
        ...writer.promises,
        `${out};`,
        '',
      ].join('\n');
    const lines = head(name, program, original.settings, '', {}).length;
    const found = await compared(ask, { ...asked, causal: original.settings.causal }, text('', {}), texts);
    if (found.message)
      return {
        message: found.message,
        span: writer.spans[found.line - lines - 1] ?? graph.nodes[graph.output].span,
        averages: writer.averages,
      };
    const valued = found.whole < texts.length ? ` (${found.whole} of them have a value everywhere)` : '';
    return { text: text(`${all ? 'all ' : ''}${texts.length}${all ? '' : ' random'} inputs${valued}`, found), found };
  } catch (error) {
    if (!(error instanceof Impossible)) throw error;
    return { message: error.message, span: error.span, averages: writer.averages };
  }
}

/**
 * `tabulate`: a request → {graph: {raw: JSON text}} or {refused: its document}. `ask`: a request, in which members may
 * be {raw: JSON text}, → its document. `order`: program, name, files, and what is set outside of the text: output,
 * vocabulary, max_length, causal. Gives {ok, text, compared, exhaustive}, or a failure. The text has been compared with
 * the program.
 */
export async function toRasp({ tabulate, ask }, order) {
  const { graph: tabulated, refused } = await tabulate({ ...order, command: 'compile' });
  if (refused) return refused;
  const graph = JSON.parse(tabulated.raw),
    asked = { ...order, graph: tabulated };
  const original = await ask({ ...asked, command: 'compile', keep: true, details: true });
  if (!original.ok) return original;
  await ask({ command: 'release', handle: original.handle });
  const { vocabulary, max_length: longest } = original.settings;
  const known = (key) => graph.settings?.[key] || order[key];
  if (!known('vocabulary') || !known('max_length'))
    return impossible(
      order.program,
      'The program names no vocabulary or no longest input: its functions are known on those only',
    );
  const tried = inputs(vocabulary, longest);
  let made = await attempt(ask, graph, original, asked, false, tried);
  if (made.averages) {
    const again = await attempt(ask, graph, original, asked, true, tried);
    if (again.text) made = again;
  }
  if (!made.text) return impossible(order.program, made.message, made.span);
  return { ok: true, text: made.text, compared: made.found.count, exhaustive: tried.all, diagnostics: [] };
}
