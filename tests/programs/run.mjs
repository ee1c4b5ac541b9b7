// The programs of the field against independent references, written here without any of RASP's notions: examples/*.rasp
// and tests/programs/*.rasp on every short input and on random longer ones. Values and their types must agree.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEngine } from '../../wasm/engine.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const engine = await loadEngine();

const same = (n, value) => Array(n).fill(value);
const counts = (t) => t.map((x) => t.filter((y) => y === x).length);
const first = (t, i) => t.indexOf(t[i]) === i;
const prefixes = (t, f) => t.map((_, i) => f(t.slice(0, i + 1), i));
const byCodePoint = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** T, P or F for one prefix: a stack for nested brackets. */
function nested(pairs) {
  const closes = Object.fromEntries(pairs.map((p) => [p[1], p[0]]));
  return (prefix) => {
    const stack = [];
    for (const c of prefix) {
      if (!(c in closes)) stack.push(c);
      else if (stack.pop() !== closes[c]) return 'F';
    }
    return stack.length ? 'P' : 'T';
  };
}
/** The same where kinds may cross. */
function shuffled(pairs) {
  return (prefix) => {
    const open = pairs.map(() => 0);
    for (const c of prefix) {
      const kind = pairs.findIndex((p) => p.includes(c));
      open[kind] += pairs[kind][0] === c ? 1 : -1;
      if (open[kind] < 0) return 'F';
    }
    return open.every((n) => n === 0) ? 'T' : 'P';
  };
}
/** The most frequent follower of each token in the whole input; the smallest among equals. */
function likely(t, letters) {
  return t.map((x) => {
    let best = '-',
      most = 0;
    for (const y of letters) {
      let n = 0;
      for (let i = 0; i + 1 < t.length; ++i) n += t[i] === x && t[i + 1] === y ? 1 : 0;
      if (n > most) (most = n), (best = y);
    }
    return best;
  });
}

/** The brackets that are still open, kinds aside. */
const stillOpen = (prefix) => {
  const open = [];
  for (const c of prefix) {
    if ('(['.includes(c)) open.push(c);
    else if (')]'.includes(c)) open.pop();
  }
  return open;
};
const neverBelow = (t) =>
  t.reduce((depth, c) => (depth < 0 ? depth : depth + ('(['.includes(c) ? 1 : ')]'.includes(c) ? -1 : 0)), 0) >= 0;
/** What stood behind the last earlier copy of the last token. */
function continued(prefix) {
  for (let j = prefix.length - 1; j > 0; --j) if (prefix[j - 1] === prefix.at(-1)) return prefix[j];
  return '.';
}

// file → { values(tokens), types: one letter for all, or a function; inputs: which inputs the program is meant for }
const references = {
  'counter.rasp': { f: (t) => t.map((x) => '1230'[Number(x)]), type: 's' },
  'copier.rasp': { f: (t) => prefixes(t, continued), type: 's' },
  'closer.rasp': {
    f: (t) => prefixes(t, (prefix) => ({ '(': ')', '[': ']' })[stillOpen(prefix).at(-1)] ?? '.'),
    type: 's',
    meant: neverBelow,
  },
  'histogram.rasp': { f: counts, type: 'i' },
  'histogram_bos.rasp': {
    f: (t) => t.map((x) => (x === '§' ? 0 : counts(t)[t.indexOf(x)])),
    type: 'i',
    meant: (t) => t[0] === '§' && t.lastIndexOf('§') === 0,
  },
  'double_histogram.rasp': {
    f: (t) => counts(t).map((c) => t.filter((_, i) => first(t, i) && counts(t)[i] === c).length),
    type: 'i',
  },
  'count_token.rasp': { f: (t) => same(t.length, t.filter((x) => x === 'a').length), type: 'i' },
  'palindrome.rasp': { f: (t) => same(t.length, t.join('') === [...t].reverse().join('')), type: 'b' },
  'reverse.rasp': { f: (t) => [...t].reverse(), type: 's' },
  'reverse_indices.rasp': { f: (t) => t.map((_, i) => t.length - 1 - i), type: 'i' },
  'shift.rasp': { f: (t) => ['_', '_', ...t].slice(0, t.length), type: 's' },
  'rotate.rasp': { f: (t) => t.map((_, i) => t[(i + 2 * t.length - 2) % t.length]), type: 's' },
  'swap_neighbours.rasp': { f: (t) => t.map((x, i) => t[i % 2 ? i - 1 : i + 1] ?? x), type: 's' },
  'sort.rasp': { f: (t) => [...t].sort((a, b) => a - b), type: 'i' },
  'sort_bos.rasp': {
    f: (t) => [t[0], ...t.slice(1).sort(byCodePoint)],
    type: 's',
    meant: (t) => t[0] === '§' && t.lastIndexOf('§') === 0,
  },
  'most_frequent.rasp': {
    f: (t) => {
      const distinct = t
        .map((x, i) => i)
        .filter((i) => first(t, i))
        .sort((a, b) => counts(t)[b] - counts(t)[a] || a - b)
        .map((i) => t[i]);
      return [...distinct, ...same(t.length - distinct.length, '-')];
    },
    type: 's',
  },
  'maximum.rasp': { f: (t) => same(t.length, Math.max(...t)), type: 'i' },
  'dyck1.rasp': { f: (t) => prefixes(t, nested(['()'])), type: 's' },
  'dyck2.rasp': { f: (t) => prefixes(t, nested(['()', '{}'])), type: 's' },
  'dyck3.rasp': { f: (t) => prefixes(t, nested(['()', '[]', '{}'])), type: 's' },
  'shuffle_dyck2.rasp': { f: (t) => prefixes(t, shuffled(['()', '[]'])), type: 's' },
  'fraction_previous.rasp': {
    f: (t) => prefixes(t, (p) => p.filter((x) => x === 'x').length / p.length),
    type: (values, i) => (i === 0 ? 'i' : 'f'),
  },
  'count_so_far.rasp': { f: (t) => prefixes(t, (p) => p.filter((x) => x === p.at(-1)).length), type: 'i' },
  'maximum_so_far.rasp': { f: (t) => prefixes(t, (p) => Math.max(...p)), type: 'i' },
  'induction.rasp': {
    f: (t) =>
      prefixes(t, (p, i) => {
        for (let k = i - 1; k >= 0; --k) if (p[k] === p[i]) return p[k + 1];
        return '?';
      }),
    type: 's',
  },
  'next_token.rasp': { f: (t) => likely(t, ['a', 'b', 'c']), type: 's' },
  'addition.rasp': {
    f: (t) => {
      const half = (t.length - 1) / 2,
        [a, b] = t.join('').split('+');
      const sum = (parseInt(a, 4) + parseInt(b, 4)).toString(4).padStart(half + 1, '0');
      return [...same(half, '_'), ...sum];
    },
    type: 's',
    meant: (t) =>
      t.length % 2 === 1 && t.length > 1 && t[(t.length - 1) / 2] === '+' && t.filter((x) => x === '+').length === 1,
  },
  'parity.rasp': { f: (t) => same(t.length, t.filter((x) => x === '1').length % 2), type: 'i' },
  'binary_number.rasp': { f: (t) => same(t.length, parseInt(t.join(''), 2)), type: 'i' },
};

const homework = {
  reverse_indices: { f: (t) => t.map((_, i) => t.length - 1 - i), type: 'i' },
  reversed: { f: (t) => [...t].reverse(), type: 's' },
  swapped: references['swap_neighbours.rasp'],
  number_of_a: references['count_token.rasp'],
  a_so_far: { f: (t) => prefixes(t, (p) => p.filter((x) => x === 'a').length), type: 'i' },
  rotated: references['rotate.rasp'],
  rotated_left: { f: (t) => [...t.slice(1), t[0]], type: 's' },
  largest: { f: (t) => same(t.length, [...t].sort(byCodePoint).at(-1)), type: 's' },
  largest_so_far: { f: (t) => prefixes(t, (p) => [...p].sort(byCodePoint).at(-1)), type: 's' },
};

/** Where the rover of walls/rover_20.rasp is after each command. */
function rover(t) {
  let [x, y, h] = [0, 0, 0];
  return t.map((command) => {
    const step = { F: 1, B: -1 }[command] ?? 0;
    x = (x + 5 + step * [0, 1, 0, -1][h]) % 5;
    y = (y + 5 + step * [1, 0, -1, 0][h]) % 5;
    h = (h + 4 + ({ R: 1, L: -1 }[command] ?? 0)) % 4;
    return `(${x},${y})${'NESW'[h]}`;
  });
}
/** Whether all words are a sentence of walls/grammar_20.rasp: by descent from the left, where that looks for spans from their ends. */
function sentence(words) {
  const kind = { the: 'D', a: 'D', dog: 'N', cat: 'N', park: 'N', sees: 'V', likes: 'V', big: 'A', in: 'P', and: 'C' };
  const w = words.map((x) => kind[x]);
  const all = (ends, f) => [...new Set([...ends].flatMap(f))];
  const word = (k) => (i) => (w[i] === k ? [i + 1] : []);
  const noun = (i) => [...word('N')(i), ...all(word('A')(i), noun)];
  const after = (base, tail) => (i) => {
    const ends = new Set(base(i));
    for (const e of ends) for (const f of tail(e)) ends.add(f);
    return [...ends];
  };
  const phrase = (i) =>
    after(
      (j) => all(word('D')(j), noun),
      (j) => [...tailed('P')(j), ...tailed('C')(j)],
    )(i);
  const tailed = (k) => (i) => all(word(k)(i), phrase);
  const verb = (i) => after((j) => all(word('V')(j), phrase), tailed('P'))(i);
  const clause = (i) => all(phrase(i), verb);
  const two = (i) => all(all(clause(i), word('C')), clause);
  return [...clause(0), ...two(0)].includes(w.length);
}

let passed = 0,
  failed = 0,
  inputs = 0;
async function test(name, body) {
  try {
    await body();
    ++passed;
  } catch (error) {
    ++failed;
    console.log(`FAILED ${name}\n${error.message}`);
  }
}

let seed = 1;
const random = (n) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * n);
};

/** Every input up to the length where there are 200 of them, and 60 random ones up to `longest`; only those the program is meant for. */
function someInputs(vocabulary, longest, meant) {
  const out = [];
  for (let n = 1; n <= longest && vocabulary.length ** n <= 200; ++n) {
    for (let k = 0; k < vocabulary.length ** n; ++k)
      out.push(
        Array.from({ length: n }, (_, i) => vocabulary[Math.floor(k / vocabulary.length ** i) % vocabulary.length]),
      );
  }
  for (let tries = 0, found = 0; found < 60 && tries < 200_000; ++tries) {
    const t = Array.from({ length: 1 + random(longest) }, () => vocabulary[random(vocabulary.length)]);
    if (meant(t)) out.push(t), ++found;
  }
  return out.filter(meant);
}

async function compare(program, output, reference, vocabulary, longest) {
  const all = someInputs(vocabulary, longest, reference.meant ?? (() => true));
  assert.ok(all.length >= 60, `only ${all.length} inputs`);
  for (const input of all) {
    const r = await engine.request({ command: 'eval', program, output, input });
    const expected = reference.f(input);
    const types = expected
      .map((_, i) => (typeof reference.type === 'string' ? reference.type : reference.type(expected, i)))
      .join('');
    assert.deepEqual(
      [r.values, r.types],
      [expected, types],
      `on ${JSON.stringify(input)}: ${JSON.stringify(r.values ?? r.diagnostics)} instead of ${JSON.stringify(expected)}`,
    );
    ++inputs;
  }
}

const read = (...parts) => readFileSync(path.join(root, ...parts), 'utf8');
const groups = ['counting', 'moving', 'sorting', 'brackets', 'causal', 'arithmetic', 'generating'];

const files = readdirSync(path.join(root, 'examples')).filter((f) => f.endsWith('.rasp'));
await test('every example has a reference, and every reference an example', () =>
  assert.deepEqual(Object.keys(references).sort(), files.sort()));
for (const file of files) {
  await test(file, async () => {
    const program = read('examples', file);
    const { settings, group, expects, pragmas, diagnostics } = await engine.request({ command: 'analyze', program });
    assert.deepEqual(diagnostics, [], 'an example has no warnings');
    assert.ok(groups.includes(group), `group "${group}"`);
    assert.ok(
      pragmas.some((p) => p.key === 'order'),
      'it has a place in its group',
    );
    assert.ok(expects.length >= 2, 'it has at least two expectations');
    for (const x of expects)
      assert.deepEqual(
        x.output.values,
        references[file].f(x.input.values),
        `#@ expect ${JSON.stringify(x.input.values)}`,
      );
    await compare(program, undefined, references[file], settings.vocabulary.values, 8);
  });
}
await test('one example is first in each group', async () => {
  const orders = files.map(
    (f) => `${/^#@ group (.*)$/m.exec(read('examples', f))[1]} ${/^#@ order (.*)$/m.exec(read('examples', f))[1]}`,
  );
  assert.equal(new Set(orders).size, files.length, 'no two have the same place');
  assert.match(read('examples', 'histogram.rasp'), /^#@ group counting\n#@ order 1$/m);
});
for (const [name, reference] of Object.entries(homework)) {
  await test(`homework: ${name}`, () =>
    compare(read('tests/programs/homework.rasp'), name, reference, ['a', 'b', 'c'], 9));
}
await test('a rover whose state is a dictionary of s-ops', () =>
  compare(read('tests/programs/walls/rover_20.rasp'), undefined, { f: rover, type: 's' }, [...'FBLRS'], 20));
await test('a grammar, a truth value for each symbol and length of span', async () => {
  const program = read('tests/programs/walls/grammar_20.rasp');
  const reference = { f: (t) => same(t.length, sentence(t)), type: 'b' };
  const { settings } = await engine.request({ command: 'analyze', program });
  await compare(program, undefined, reference, settings.vocabulary.values, 5);
  const phrases = ['the dog', 'a big cat', 'the park in a park', 'the cat and a dog', 'dog the', 'a big big dog'];
  for (let k = 0; k < 150; ++k) {
    const one = () => phrases[random(phrases.length)];
    const clause = () => `${one()} ${['sees', 'likes', 'big'][random(3)]} ${one()}`;
    const input = (random(2) ? clause() : `${clause()} and ${clause()}`).split(' ').slice(0, 20);
    const r = await engine.request({ command: 'eval', program, input });
    assert.deepEqual(r.values, reference.f(input), input.join(' '));
    ++inputs;
  }
});
await test('hundreds of s-ops in dictionaries and loops', async () => {
  const program = read('tests/programs/bigram_letters.rasp'),
    letters = [...'abcdefghij'];
  const { nodes, diagnostics } = await engine.request({ command: 'analyze', program });
  assert.deepEqual(
    diagnostics.filter((d) => d.severity === 'error'),
    [],
  );
  assert.ok(nodes.length > 500, `${nodes.length} s-ops and selectors`);
  await compare(program, undefined, { f: (t) => likely(t, letters), type: 's' }, letters, 24);
});

console.log(`${inputs} inputs`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
