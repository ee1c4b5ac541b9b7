// Tracr's Python as RASP text: from the graph that the Python host has tabulated, function for function. The text is compared with the program before
// it is given out; what RASP cannot say is refused.
import { refusal } from './output.mjs';
import { pythonClient } from './python/client.mjs';
import { withGraph } from './python/host.mjs';

const samples = 300;
/** So many inputs, or fewer, are compared one and all. */
const few = 5000;
/** Conditions that one table of two s-ops, or one relation, may become. */
const largest = 400;
const operators = /^\{0\} (\+|-|\*|\/|<|<=|>|>=) \{1\}$/;
const reserved = new Set(('tokens tokens_str tokens_int tokens_float tokens_bool tokens_asis indices True False out and or not if else in for def return load set draw exit quit '
  + 'select aggregate round indicator range zip len full_s length selector_width has_focus count contains max min average load_from_location shift sort show examples example').split(' '));

const linear = /^(-?\d+(?:\.\d+)?) \* \{0\} \+ (-?\d+(?:\.\d+)?) \* \{1\}$/;
const withNumber = [/^\{0\} (\+|-|\*|\/|<|<=|>|>=|==|!=) (-?\d+(?:\.\d+)?)$/, /^(-?\d+(?:\.\d+)?) (\+|-|\*|\/) \{0\}$/];

class Impossible extends Error {
  constructor(message, span) {
    super(message);
    this.span = span;
  }
}

function literal(value, type, span) {
  if (type === 'b') return value ? 'True' : 'False';
  if (type === 'i' && typeof value === 'number') return value < 0 ? `(${value})` : String(value);
  if (type === 'f' && typeof value === 'number') {
    const text = Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : String(value);
    if (/e/.test(text)) throw new Impossible(`RASP text cannot write the number ${text}`, span);
    return value < 0 ? `(${text})` : text;
  }
  if (type === 's' && !/[^ !#-[\]-~]/.test(value)) return `"${value}"`;
  throw new Impossible(`${type === 's' ? JSON.stringify(value) : value} is no value that RASP text can write`, span);
}

/** Rows by their first member, in order. */
function grouped(rows, key) {
  const groups = new Map();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return groups;
}

/** An operator on two values with their kinds, as Python and RASP have it. */
function apply(symbol, { value: a, type: s }, { value: b, type: t }) {
  if ((s === 's') !== (t === 's') && symbol !== '==' && symbol !== '!=') return {};
  switch (symbol) {
    case '+': return { value: a + b, type: s === 's' ? 's' : s === 'f' || t === 'f' ? 'f' : 'i' };
    case '-': return { value: a - b, type: s === 'f' || t === 'f' ? 'f' : 'i' };
    case '*': return { value: a * b, type: s === 'f' || t === 'f' ? 'f' : 'i' };
    case '/': return { value: a / b, type: 'f' };
    case '<': return { value: a < b, type: 'b' };
    case '<=': return { value: a <= b, type: 'b' };
    case '>': return { value: a > b, type: 'b' };
    case '>=': return { value: a >= b, type: 'b' };
    default: {
      const same = s === 's' || t === 's' ? s === t && a === b : Number(a) === Number(b);
      return { value: same === (symbol === '=='), type: 'b' };
    }
  }
}

class Writer {
  constructor(graph) {
    this.graph = graph;
    this.names = [];
    this.taken = new Set(reserved);
    this.lines = [];
    this.spans = [];  // of lines, in the program
  }

  /** Tuples, None and other values of Python stand as their text, where no string says the same: the tables know them by nothing else. */
  value(index, span) {
    const { values, types } = this.graph.values;
    if (types[index] !== 'o') return literal(values[index], types[index], span);
    const text = values[index].replaceAll(/[^ !#-[\]-~]/g, "'");
    if (values.some((v, i) => i !== index && String(v).replaceAll(/[^ !#-[\]-~]/g, "'") === text)) throw new Impossible(`${values[index]} is no value that RASP text can write`, span);
    return `"${text}"`;
  }

  name(node) {
    let stem = (node.name ?? node.kind).replace(/\W+/g, '_').replace(/^_+|_+$/g, '').slice(0, 40) || 'x';
    if (/^\d/.test(stem)) stem = `x${stem}`;
    let name = reserved.has(stem) ? `${stem}_` : stem;
    for (let i = 2; this.taken.has(name); ++i) name = `${stem}_${i}`;
    this.taken.add(name);
    return name;
  }

  /** Lines for a node and everything that it reads. */
  write(output) {
    const needed = new Set(), stack = [output];
    while (stack.length) {
      const at = stack.pop();
      if (!needed.has(at)) { needed.add(at); stack.push(...(this.graph.nodes[at].args ?? [])); }
    }
    for (const at of [...needed].sort((a, b) => a - b)) {
      const node = this.graph.nodes[at];
      if (node.kind === 'tokens') this.names[at] = 'tokens_asis';
      else if (node.kind === 'indices') this.names[at] = 'indices';
      else if (node.kind === 'constant') this.names[at] = this.value(node.value, node.span);
      else {
        const text = this.expression(node);
        this.names[at] = this.line(node.name ?? node.kind, text, node);
      }
    }
    return this.names[output];
  }

  expression(node) {
    const [x, y] = (node.args ?? []).map((a) => this.names[a]);
    switch (node.kind) {
      case 'elementwise': {
        const rows = this.rows(node);
        return this.operation(rows, x, y, node) ?? (y === undefined ? this.table(rows, x, node) : this.pairs(rows, x, y, node));
      }
      case 'select': return node.op ? `select(${x}, ${y}, ${node.op})` : this.relation(this.rows(node), x, y, node);
      case 'and': case 'or': return `${x} ${node.kind} ${y}`;
      case 'not': return `not ${x}`;
      case 'selector_width': return `selector_width(${x})`;
      case 'aggregate': return `aggregate(${x}, ${y}, ${this.value(node.value, node.span)})`;
      default: throw new Impossible(`RASP text has no "${node.kind}"`, node.span);
    }
  }

  /** Rows of a node's function. A pair of values without a row does not occur; one with an exception has a row without an outcome. */
  rows(node) {
    return this.graph.functions[node.function].rows;
  }

  /** What RASP's == tells apart: 1, 1.0 and True are one key, whatever Python's function makes of each. */
  key(index) {
    const { values, types } = this.graph.values;
    return 'ifb'.includes(types[index]) ? Number(values[index]) : `${types[index]} ${values[index]}`;
  }

  /** Rows as a map from keys to outcomes. Two values that RASP holds for equal must have one outcome. */
  distinct(rows, keyed, node) {
    const known = new Map();
    for (const row of rows) {
      const key = keyed(row), before = known.get(key);
      if (before && before.at(-1) !== row.at(-1)) throw new Impossible('A function tells 1 from 1.0 or from True, and a dictionary of RASP does not', node.span);
      known.set(key, row);
    }
    return [...known.values()];
  }

  /** An exception has no row: there the value is undefined, as it is in the program. */
  table(rows, x, node) {
    const kept = this.distinct(rows, ([from]) => this.key(from), node).filter((row) => row.at(-1) >= 0);
    if (!kept.length) throw new Impossible('A function has no outcome on any values', node.span);
    return `{${kept.map(([from, to]) => `${this.value(from, node.span)}: ${this.value(to, node.span)}`).join(', ')}}[${x}]`;
  }

  /** An operator of the package stays what it is where its rows say so, on numbers and strings; tuples and None are only texts here. */
  operation(rows, x, y, node) {
    const { name } = this.graph.functions[node.function], { values, types } = this.graph.values;
    if (rows.some((row) => row.some((v) => v >= 0 && types[v] === 'o'))) return undefined;
    const bare = (text) => ({ text: text[0] === '-' ? `(${text})` : text, of: () => ({ value: Number(text), type: text.includes('.') ? 'f' : 'i' }) });
    const operand = (text, at) => ({ text, of: (row) => ({ value: values[row[at]], type: types[row[at]] }) });
    const applied = (left, symbol, right) => ({ text: `${left.text} ${symbol} ${right.text}`, of: (row) => apply(symbol, left.of(row), right.of(row)) });
    const first = operand(x, 0), second = operand(y, 1);
    let found;
    if (y === undefined) {
      const [after, before] = withNumber.map((form) => form.exec(name));
      if (after) found = applied(first, after[1], bare(after[2]));
      else if (before) found = applied(bare(before[1]), before[2], first);
    } else {
      const factors = linear.exec(name), operator = operators.exec(name);
      if (factors) found = applied(applied(bare(factors[1]), '*', first), '+', applied(bare(factors[2]), '*', second));
      else if (operator) found = applied(first, operator[1], second);
    }
    const agrees = (row) => {
      const { value, type } = found.of(row), to = row.at(-1);
      return to < 0 || (value === values[to] && type === types[to]);
    };
    return found && rows.every(agrees) ? found.text : undefined;
  }

  pairs(rows, x, y, node) {
    const wanted = this.distinct(rows, ([a, b]) => JSON.stringify([this.key(a), this.key(b)]), node);
    if (wanted.length > largest) throw new Impossible(`A function of two s-ops with ${wanted.length} pairs of values is too long as RASP text`, node.span);
    // Both branches of a condition are evaluated, so every inner table has every key. Its values are numbers of outcomes; a pair without an outcome has
    // the number -1, which the outer table has not: the value is undefined there, and never another one.
    const outcomes = [...new Set(wanted.map((row) => row[2]).filter((to) => to >= 0))];
    if (!outcomes.length) throw new Impossible('A function has no outcome on any values', node.span);
    const seconds = [...new Map(wanted.map((row) => [this.key(row[1]), row[1]])).entries()];
    const tables = [...grouped(wanted, (row) => this.key(row[0])).values()].map((of) => {
      const number = ([key]) => outcomes.indexOf(of.find((row) => this.key(row[1]) === key)?.[2]);
      return [of[0][0], `{${seconds.map((second) => `${this.value(second[1], node.span)}: ${number(second)}`).join(', ')}}[${y}]`];
    });
    const last = this.line('which', tables.reduceRight((rest, [first, text]) => `${text} if ${x} == ${this.value(first, node.span)} else (${rest})`, '0 - 1'), node);
    return `{${outcomes.map((to, i) => `${i}: ${this.value(to, node.span)}`).join(', ')}}[${last}]`;
  }

  relation(rows, keys, queries, node) {
    const { values } = this.graph.values;
    const known = this.distinct(rows, ([a, b]) => JSON.stringify([this.key(a), this.key(b)]), node);
    if (known.some((row) => row[2] < 0)) throw new Impossible('A predicate raises an exception on values that it may meet, and a comparison in RASP text does not', node.span);
    const hits = known.filter((row) => values[row[2]] === true);
    if (hits.length > largest) throw new Impossible(`A predicate that holds for ${hits.length} pairs of values is too long as RASP text`, node.span);
    const parts = [...grouped(hits, ([key]) => this.key(key)).values()].map((of) => {
      const wanted = of.map(([, query]) => `select(${this.value(query, node.span)}, ${queries}, ==)`).join(' or ');
      return `(select(${keys}, ${this.value(of[0][0], node.span)}, ==) and (${wanted}))`;
    });
    return parts.length ? parts.join(' or ') : 'select(0, 1, ==)';
  }

  line(stem, text, node) {
    const name = this.name({ name: stem });
    this.lines.push(`${name} = ${text};`);
    this.spans.push(node.span);
    return name;
  }
}

const typed = (value, type) => (type === 'f' && Number.isInteger(value) ? value.toFixed(1) : JSON.stringify(value));
const list = (values, types) => `[${values.map((v, i) => typed(v, types[i])).join(',')}]`;

/** Inputs as JSON texts: all of them where they are few, else random ones of every length. {all, texts}. */
function inputs({ values, types }, longest) {
  let count = 0;
  for (let n = 1; n <= longest && count <= few; ++n) count += values.length ** n;
  const text = (chosen) => list(chosen.map((c) => values[c]), chosen.map((c) => types[c]));
  if (count > few) {
    const random = generator(7);
    return { all: false, texts: Array.from({ length: samples }, (_, i) => text(Array.from({ length: 1 + (i % longest) }, () => Math.floor(random() * values.length)))) };
  }
  const texts = [];
  for (let n = 1; n <= longest; ++n)
    for (let k = 0; k < values.length ** n; ++k) texts.push(text(Array.from({ length: n }, (_, i) => Math.floor(k / values.length ** i) % values.length)));
  return { all: true, texts };
}

function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const firstError = ({ diagnostics }) => diagnostics.find((d) => d.severity === 'error')?.message;

function place(program, span) {
  if (!span) return {};
  const before = Buffer.from(program).subarray(0, span[0]).toString();
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}

const hint = 'What RASP text cannot hold stays a program in Python: both compile here.';

function impossible(program, message, span) {
  const document = refusal('not-in-rasp', 'input', message, hint);
  return { ...document, diagnostics: document.diagnostics.map((d) => ({ ...d, ...place(program, span) })) };
}

/** The last line's s-op with the values that RASP has alone: where the program gives None or a tuple, the text has no value, and never a string that looks like it. */
function guarded(writer, out, { values, types }, node) {
  if (!types.includes('o')) return out;
  const kept = values.map((v, i) => [v, types[i]]).filter(([, t]) => t !== 'o');
  const keys = new Set(kept.map(([v, t]) => (t === 's' ? `s ${v}` : Number(v))));
  if (!kept.length) throw new Impossible('The output is None, a tuple or another value that RASP has not', node.span);
  if (keys.size < kept.length) throw new Impossible('The output may be None, 1 and 1.0, which RASP text cannot hold apart', node.span);
  return writer.line('output', `{${kept.map(([v, t]) => literal(v, t, node.span)).map((v) => `${v}: ${v}`).join(', ')}}[${out}]`, node);
}

/** Compares on inputs. {compared}, or {message, line}: what differs. */
async function compared(engine, original, rasp, texts) {
  const compiled = await engine.request({ command: 'compile', program: rasp });
  if (!compiled.ok) return { message: `As RASP text the program does not compile: ${firstError(compiled)}`, line: compiled.diagnostics.find((d) => d.severity === 'error')?.line };
  let count = 0;
  for (const input of texts) {
    const [one, other] = await Promise.all([original, JSON.stringify({ command: 'eval', program: rasp })].map((r) => engine.requestText(`${r.slice(0, -1)},"input":${input}}`)));
    if (!one.ok) continue;
    if (one.types.includes('o')) return { message: `The output is ${one.values[one.types.indexOf('o')]} at a position of ${input}, which RASP has not` };
    if (!other.ok) return { message: `As RASP text the program has no value for ${input}: ${firstError(other)}`, line: other.diagnostics.find((d) => d.severity === 'error')?.line };
    if (JSON.stringify([one.values, one.types]) !== JSON.stringify([other.values, other.types])) {
      return { message: `As RASP text the program gives ${list(other.values, other.types)} for ${input}, not ${list(one.values, one.types)}` };
    }
    ++count;
  }
  return count ? { count } : { message: 'The program has no value on any input that was tried' };
}

function head(name, program, { vocabulary, max_length: longest, causal }, tried) {
  return [`# From ${name}; compared with it on ${tried} of this vocabulary and length.`, ...[...program.matchAll(/^#@ (?:title|description|input|expect) .*$/gm)].map(([line]) => line),
    `#@ vocabulary ${list(vocabulary.values, vocabulary.types)}`, `#@ max_length ${longest}`, ...(causal ? ['#@ causal on'] : [])];
}

let python;

/** {ok, text, compared, exhaustive}, or a failure. The text has been compared with the program. */
export async function toRasp(engine, { program, name, files }) {
  python ??= pythonClient();
  const asked = { program, name, files };
  const { graph: json, refused } = await python.graph(JSON.stringify({ ...asked, command: 'compile' }), { limit_ms: 60_000 });
  if (refused) return refused;
  const graph = JSON.parse(json), with_ = (request) => withGraph(JSON.stringify({ ...asked, ...request }), json);
  const original = await engine.requestText(with_({ command: 'compile', keep: true, details: true }));
  if (!original.ok) return original;
  await engine.request({ command: 'release', handle: original.handle });
  if (!graph.settings?.vocabulary || !graph.settings.max_length) return impossible(program, 'The program names no vocabulary or no longest input: its functions are known on those only');
  const { vocabulary, max_length: longest } = original.settings, last = graph.nodes[graph.output];
  const writer = new Writer(graph);
  let out;
  try {
    out = guarded(writer, writer.write(graph.output), original.value_sets[original.output] ?? original.codec.values, last);
  } catch (error) {
    if (!(error instanceof Impossible)) throw error;
    return impossible(program, error.message, error.span);
  }
  const { all, texts } = inputs(vocabulary, longest);
  const text = (tried) => [...head(name, program, original.settings, tried), ...writer.lines, `${out};`, ''].join('\n');
  const found = await compared(engine, with_({ command: 'eval' }), text(''), texts);
  if (found.message) return impossible(program, found.message, writer.spans[found.line - head(name, program, original.settings).length - 1] ?? last.span);
  const valued = found.count < texts.length ? ` (${found.count} of them have a value)` : '';
  const tried = `${all ? 'all ' : ''}${texts.length}${all ? '' : ' random'} inputs${valued}`;
  return { ok: true, text: text(tried), compared: found.count, exhaustive: all, diagnostics: [] };
}
