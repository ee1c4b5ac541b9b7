// RASP text from the graph that the Python host has tabulated, function for function. rasp.mjs compares it with the
// program; what RASP cannot say is refused here, or there.

/** Conditions that one table of two s-ops, or one relation, may become. */
const largest = 2000;
const operators = /^\{0\} (\+|-|\*|\/|<|<=|>|>=) \{1\}$/;
const reserved = new Set(
  (
    'tokens tokens_str tokens_int tokens_float tokens_bool tokens_asis indices True False out and or not if else in for def return load set draw exit quit ' +
    'select aggregate round indicator range zip len full_s length selector_width has_focus count contains max min average load_from_location shift sort show examples example'
  ).split(' '),
);

const linear = /^(-?\d+(?:\.\d+)?) \* \{0\} \+ (-?\d+(?:\.\d+)?) \* \{1\}$/;
const withNumber = [/^\{0\} (\+|-|\*|\/|<|<=|>|>=|==|!=) (-?\d+(?:\.\d+)?)$/, /^(-?\d+(?:\.\d+)?) (\+|-|\*|\/) \{0\}$/];

export class Impossible extends Error {
  constructor(message, span) {
    super(message);
    this.span = span;
  }
}

export const typed = (value, type) =>
  type === 'f' && Number.isInteger(value) ? value.toFixed(1) : JSON.stringify(value);

export function literal(value, type, span) {
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
    case '+':
      return { value: a + b, type: s === 's' ? 's' : s === 'f' || t === 'f' ? 'f' : 'i' };
    case '-':
      return { value: a - b, type: s === 'f' || t === 'f' ? 'f' : 'i' };
    case '*':
      return { value: a * b, type: s === 'f' || t === 'f' ? 'f' : 'i' };
    case '/':
      return { value: a / b, type: 'f' };
    case '<':
      return { value: a < b, type: 'b' };
    case '<=':
      return { value: a <= b, type: 'b' };
    case '>':
      return { value: a > b, type: 'b' };
    case '>=':
      return { value: a >= b, type: 'b' };
    default: {
      const same = s === 's' || t === 's' ? s === t && a === b : Number(a) === Number(b);
      return { value: same === (symbol === '=='), type: 'b' };
    }
  }
}

export class Writer {
  /** `settings`: the program's. `indicators`: bools that are averaged are 1 and 0, since RASP has no mean of bools. */
  constructor(graph, { vocabulary, max_length: longest }, indicators) {
    this.graph = graph;
    this.vocabulary = vocabulary;
    this.indicators = indicators;
    this.averages = false; // whether there are such bools
    this.kinds = []; // of nodes: the letters of their values' kinds
    // nodes where all is a number: True is 1, None and the like are numbers that no value and no mean is
    this.numeric = [];
    const { values, types } = graph.values;
    this.beyond = Math.ceil(
      values.reduce((most, v, i) => ('if'.includes(types[i]) && Math.abs(v) > most ? Math.abs(v) : most), longest),
    );
    this.names = [];
    this.promises = []; // numerical() and categorical(): pragmas
    this.taken = new Set(reserved);
    this.lines = [];
    this.spans = []; // of lines, in the program
  }

  /**
   * One value as a node holds it. Tuples, None and other values of Python are known to the tables by nothing but their
   * text: they stand as a string that no other value is, or beside numbers and bools as a number.
   */
  value(index, span, numeric) {
    const { values, types } = this.graph.values;
    if (numeric && types[index] === 'b') return values[index] ? '1' : '0';
    if (numeric && types[index] === 'o') return `(${-this.beyond - 1 - index})`;
    if (types[index] !== 'o') return literal(values[index], types[index], span);
    const text = values[index].replaceAll(/[^ !#-[\]-~]/g, "'");
    if (values.some((v, i) => i !== index && String(v).replaceAll(/[^ !#-[\]-~]/g, "'") === text))
      throw new Impossible(`${values[index]} is no value that RASP text can write`, span);
    return `"${text}"`;
  }

  /** Which kinds of values a node has, from what it reads. */
  kindsOf(node) {
    const { types } = this.graph.values;
    switch (node.kind) {
      case 'tokens':
        return [...new Set(this.vocabulary.types)].join('');
      case 'constant':
        return types[node.value];
      case 'elementwise':
        return [
          ...new Set(
            this.rows(node)
              .map((row) => row.at(-1))
              .filter((to) => to >= 0)
              .map((to) => types[to]),
          ),
        ].join('');
      case 'aggregate':
        return [...new Set(this.kinds[node.args[1]] + types[node.value])].join('');
      default:
        return 'i';
    }
  }

  isNumeric(node, kinds) {
    const averaged = this.averagesBools(node);
    return (
      averaged ||
      (!kinds.includes('s') &&
        /[ifb]/.test(kinds) &&
        (kinds.includes('o') || (kinds.includes('b') && /[if]/.test(kinds))))
    );
  }

  averagesBools(node) {
    const averaged = node.kind === 'aggregate' && this.kinds[node.args[1]] === 'b';
    this.averages ||= averaged;
    return averaged && this.indicators;
  }

  name(node) {
    let stem =
      (node.name ?? node.kind)
        .replace(/\W+/g, '_')
        .replace(/^_+|_+$/g, '')
        .slice(0, 40) || 'x';
    if (/^\d/.test(stem)) stem = `x${stem}`;
    let name = reserved.has(stem) ? `${stem}_` : stem;
    for (let i = 2; this.taken.has(name); ++i) name = `${stem}_${i}`;
    this.taken.add(name);
    return name;
  }

  /** Lines for a node and everything that it reads. */
  write(output) {
    const needed = new Set(),
      stack = [output];
    while (stack.length) {
      const at = stack.pop();
      if (!needed.has(at)) {
        needed.add(at);
        stack.push(...(this.graph.nodes[at].args ?? []));
      }
    }
    for (const at of [...needed].sort((a, b) => a - b)) {
      const node = this.graph.nodes[at];
      this.kinds[at] = this.kindsOf(node);
      this.numeric[at] = !['tokens', 'constant'].includes(node.kind) && this.isNumeric(node, this.kinds[at]);
      if (node.kind === 'tokens') this.names[at] = 'tokens_asis';
      else if (node.kind === 'indices') this.names[at] = 'indices';
      else if (node.kind === 'constant') this.names[at] = this.value(node.value, node.span);
      else {
        const text = this.expression(node, this.numeric[at]);
        this.names[at] = this.line(node.name ?? node.kind, text, node);
        if (node.encoding) this.promises.push(`#@ encode ${this.names[at]} ${node.encoding}`);
      }
    }
    return this.names[output];
  }

  /**
   * The output with the values that RASP has alone, bools as bools where all are: where the program gives None or a
   * tuple, the text has no value, and never a string or number that stands for it.
   */
  output(at) {
    const out = this.write(at),
      node = this.graph.nodes[at],
      { types } = this.graph.values;
    if (!this.kinds[at].includes('o')) return out;
    if (this.numeric[at] && /[if]/.test(this.kinds[at]))
      return this.line('output', `${out} + {True: 0}[${out} >= ${-this.beyond}]`, node);
    const kept = [...this.valuesOf(at)].filter((v) => types[v] !== 'o');
    if (!kept.length) throw new Impossible('The output is None, a tuple or another value that RASP has not', node.span);
    return this.line(
      'output',
      `{${kept.map((v) => `${this.value(v, node.span, this.numeric[at])}: ${this.value(v, node.span)}`).join(', ')}}[${out}]`,
      node,
    );
  }

  /** Values that a node without means may have. */
  valuesOf(at) {
    const node = this.graph.nodes[at];
    if (node.kind === 'constant') return new Set([node.value]);
    if (node.kind === 'elementwise')
      return new Set(
        this.rows(node)
          .map((row) => row.at(-1))
          .filter((to) => to >= 0),
      );
    if (node.kind === 'aggregate') return new Set([...this.valuesOf(node.args[1]), node.value]);
    const { values, types } = this.graph.values;
    return new Set(
      this.vocabulary.values
        .map((v, i) => values.findIndex((known, j) => known === v && types[j] === this.vocabulary.types[i]))
        .filter((v) => v >= 0),
    );
  }

  expression(node, numeric) {
    const [x, y] = (node.args ?? []).map((a) => this.names[a]);
    switch (node.kind) {
      case 'elementwise': {
        const rows = this.rows(node);
        return (
          this.operation(rows, x, y, node) ??
          (y === undefined ? this.table(rows, x, node, numeric) : this.pairs(rows, x, y, node, numeric))
        );
      }
      case 'select':
        return node.op ? `select(${x}, ${y}, ${node.op})` : this.relation(this.rows(node), x, y, node);
      case 'and':
      case 'or':
        return `${x} ${node.kind} ${y}`;
      case 'not':
        return `not ${x}`;
      case 'selector_width':
        return `selector_width(${x})`;
      case 'aggregate':
        return `aggregate(${x}, ${this.averaged(node, y, numeric)}, ${this.value(node.value, node.span, numeric)})`;
      default:
        throw new Impossible(`RASP text has no "${node.kind}"`, node.span);
    }
  }

  /** What an aggregate reads. None among numbers is a number here and never part of a mean: the compiler refuses a program that may average both. */
  averaged({ args }, y, numeric) {
    return numeric && this.kinds[args[1]] === 'b' && !this.numeric[args[1]] ? `indicator(${y})` : y;
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

  /** Rows as a map from keys to outcomes. Two values that RASP holds for equal must have equal outcomes. */
  distinct(rows, keyed, node) {
    const known = new Map(),
      outcome = (row) => (row.at(-1) < 0 ? undefined : this.key(row.at(-1)));
    for (const row of rows) {
      const key = keyed(row),
        before = known.get(key);
      if (before && outcome(before) !== outcome(row)) throw new Impossible(this.apart(before, row), node.span);
      if (!before) known.set(key, row);
    }
    return [...known.values()];
  }

  /** What a function tells apart that RASP does not. */
  apart(one, other) {
    const { values, types } = this.graph.values;
    const shown = (row) =>
      row
        .slice(0, -1)
        .map((v) =>
          types[v] === 's'
            ? JSON.stringify(values[v])
            : types[v] === 'b'
              ? values[v]
                ? 'True'
                : 'False'
              : typed(values[v], types[v]),
        )
        .join(' and ');
    return `A function gives one value for ${shown(one)} and another for ${shown(other)}, and for RASP text these are equal`;
  }

  /** An exception has no row: there the value is undefined, as it is in the program. */
  table(rows, x, node, numeric) {
    const from = this.numeric[node.args[0]],
      kept = this.distinct(rows, ([v]) => this.key(v), node).filter((row) => row.at(-1) >= 0);
    if (!kept.length) throw new Impossible('A function has no outcome on any values', node.span);
    return `{${kept.map(([v, to]) => `${this.value(v, node.span, from)}: ${this.value(to, node.span, numeric)}`).join(', ')}}[${x}]`;
  }

  /** An operator of the package stays what it is where its rows say so, on numbers and strings; tuples and None are only texts here. */
  operation(rows, x, y, node) {
    const { name } = this.graph.functions[node.function],
      { values, types } = this.graph.values;
    if (rows.some((row) => row.some((v) => v >= 0 && types[v] === 'o'))) return undefined;
    const bare = (text) => ({
      text: text[0] === '-' ? `(${text})` : text,
      of: () => ({ value: Number(text), type: text.includes('.') ? 'f' : 'i' }),
    });
    const operand = (text, at) => ({ text, of: (row) => ({ value: values[row[at]], type: types[row[at]] }) });
    const applied = (left, symbol, right) => ({
      text: `${left.text} ${symbol} ${right.text}`,
      of: (row) => apply(symbol, left.of(row), right.of(row)),
    });
    const first = operand(x, 0),
      second = operand(y, 1);
    let found;
    if (y === undefined) {
      const [after, before] = withNumber.map((form) => form.exec(name));
      if (after) found = applied(first, after[1], bare(after[2]));
      else if (before) found = applied(bare(before[1]), before[2], first);
    } else {
      const factors = linear.exec(name),
        operator = operators.exec(name);
      if (factors) found = applied(applied(bare(factors[1]), '*', first), '+', applied(bare(factors[2]), '*', second));
      else if (operator) found = applied(first, operator[1], second);
    }
    const agrees = (row) => {
      const { value, type } = found.of(row),
        to = row.at(-1);
      return to < 0 || (value === values[to] && type === types[to]);
    };
    return found && rows.every(agrees) ? found.text : undefined;
  }

  pairs(rows, x, y, node, numeric) {
    const [first, second] = node.args.map((a) => this.numeric[a]);
    const wanted = this.distinct(rows, ([a, b]) => JSON.stringify([this.key(a), this.key(b)]), node);
    if (wanted.length > largest)
      throw new Impossible(
        `A function of two s-ops with ${wanted.length} pairs of values is too long as RASP text`,
        node.span,
      );
    // Both branches of a condition are evaluated, so every inner table has every key. Its values are numbers of
    // outcomes; a pair without an outcome has the number -1, which the outer table has not: the value is undefined
    // there, and never another one.
    const outcomes = [...new Set(wanted.map((row) => row[2]).filter((to) => to >= 0))];
    if (!outcomes.length) throw new Impossible('A function has no outcome on any values', node.span);
    const seconds = [...new Map(wanted.map((row) => [this.key(row[1]), row[1]])).entries()];
    const tables = [...grouped(wanted, (row) => this.key(row[0])).values()].map((of) => {
      const number = ([key]) => outcomes.indexOf(of.find((row) => this.key(row[1]) === key)?.[2]);
      return [
        of[0][0],
        `{${seconds.map((of2) => `${this.value(of2[1], node.span, second)}: ${number(of2)}`).join(', ')}}[${y}]`,
      ];
    });
    const last = this.line(
      'which',
      tables.reduceRight(
        (rest, [v, text]) => `${text} if ${x} == ${this.value(v, node.span, first)} else (${rest})`,
        '0 - 1',
      ),
      node,
    );
    return `{${outcomes.map((to, i) => `${i}: ${this.value(to, node.span, numeric)}`).join(', ')}}[${last}]`;
  }

  relation(rows, keys, queries, node) {
    const { values } = this.graph.values,
      [ofKey, ofQuery] = node.args.map((a) => this.numeric[a]);
    const known = this.distinct(rows, ([a, b]) => JSON.stringify([this.key(a), this.key(b)]), node);
    if (known.some((row) => row[2] < 0))
      throw new Impossible(
        'A predicate raises an exception on values that it may meet, and a comparison in RASP text does not',
        node.span,
      );
    const compared = this.comparison(known, keys, queries);
    if (compared) return compared;
    const hits = known.filter((row) => values[row[2]] === true);
    if (hits.length > largest)
      throw new Impossible(
        `A predicate that holds for ${hits.length} pairs of values is too long as RASP text`,
        node.span,
      );
    const parts = [...grouped(hits, ([key]) => this.key(key)).values()].map((of) => {
      const wanted = of
        .map(([, query]) => `select(${this.value(query, node.span, ofQuery)}, ${queries}, ==)`)
        .join(' or ');
      return `(select(${keys}, ${this.value(of[0][0], node.span, ofKey)}, ==) and (${wanted}))`;
    });
    return parts.length ? parts.join(' or ') : 'select(0, 1, ==)';
  }

  /** A comparison of two ints, perhaps with a number added, where it says the same of all pairs of values. */
  comparison(rows, keys, queries) {
    const { values, types } = this.graph.values;
    if (!rows.length || rows.some((row) => types[row[0]] !== 'i' || types[row[1]] !== 'i')) return undefined;
    const apart = rows.filter((row) => values[row[2]]).map((row) => values[row[0]] - values[row[1]]);
    for (const c of new Set([0, ...apart].sort((a, b) => Math.abs(a) - Math.abs(b)).slice(0, 40))) {
      for (const [symbol, holds] of Object.entries({
        '==': (k, q) => k === q,
        '<': (k, q) => k < q,
        '<=': (k, q) => k <= q,
        '>': (k, q) => k > q,
        '>=': (k, q) => k >= q,
        '!=': (k, q) => k !== q,
      })) {
        if (rows.every((row) => holds(values[row[0]], values[row[1]] + c) === values[row[2]]))
          return `select(${keys}, ${queries}${c > 0 ? ` + ${c}` : c < 0 ? ` - ${-c}` : ''}, ${symbol})`;
      }
    }
    return undefined;
  }

  line(stem, text, node) {
    const name = this.name({ name: stem });
    this.lines.push(`${name} = ${text};`);
    this.spans.push(node.span);
    return name;
  }
}
