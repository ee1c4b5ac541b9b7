// Operators that s-ops and selectors have not, in Tracr and here, what Tracr computes stays what it is; objects as values.
import assert from 'node:assert/strict';
import { ask, end, mistake, rasp, same, test, text } from './asking.mjs';

await test('what s-ops do not have, in Tracr and here, is a TypeError at its line that says what to write', async () => {
  const before = `import math\n${rasp}s = rasp.indices\nt = rasp.tokens + "x"\nk = rasp.Select(s, s, rasp.Comparison.LT)\n`;
  const [takenApart, notKnown, selectors] = [
    /^An s-op has a value/,
    /^How long an input is/,
    /^Selectors are combined/,
  ];
  for (const [line, hint] of [
    ['y = s % 2', /rasp\.Map\(lambda x: x % 2, s\)/],
    ['y = 7 % s', /x % 2/],
    ['y = s // t', /rasp\.SequenceMap\(lambda x, y: x \/\/ y, s, t\)/],
    ['s //= 2', /x \/\/ 2/],
    ['y = s ** 2', /x \*\* 2/],
    ['y = pow(s, 2)', /x \*\* 2/],
    ['y = s @ t', /x @ y/],
    ['y = s << 1', /x << 2/],
    ['y = divmod(s, 2)', /rasp\.Map\(lambda x: divmod\(x, 2\), s\)/],
    ['y = -s', /^Write rasp\.Map\(lambda x: -\(x\), s\)\.$/],
    ['y = abs(s)', /lambda x: abs\(x\)/],
    ['y = round(s)', /^Write rasp\.Map\(round, s\)\.$/],
    ['y = int(s)', /Map\(int, s\)/],
    ['y = float(s)', /Map\(float, s\)/],
    ['y = math.sqrt(s)', /Map\(f, s\)/],
    ['y = f"{s:.2f}"', /lambda x: f"\{x:…\}"/],
    ['y = t.upper()', /lambda x: x\.upper\(\)/],
    ['y = s[0]', takenApart],
    ['s[0] = 1', takenApart],
    ['y = len(s)', notKnown],
    ['y = [x for x in s]', notKnown],
    ['a, b = s', notKnown],
    ['y = "a" in s', notKnown],
    ['y = sum(s)', notKnown],
    ['y = range(s)', notKnown],
    ['y = not s', /rasp\.Map\(lambda x: … if x else …, s\)/],
    ['y = max(s, t)', /rasp\.SequenceMap\(max, s, t\)/],
    ['y = k + k', selectors],
    ['y = k[0]', selectors],
    ['y = not k', selectors],
    ['y = k & s', /^undefined$/],
    ['y = rasp.Select(1, s, rasp.Comparison.EQ)', /^undefined$/],
  ]) {
    const d = await mistake(`${before}${line}\nz = s + 1\n`);
    assert.deepEqual([d.code, d.line], ['python-raised', 6], line);
    assert.match(d.message, /^(Type|Attribute)Error: /, line);
    assert.match(`${d.hint}`, hint, line);
  }
  // What Tracr computes stays what it is.
  const told = async (line) => {
    const r = await ask('eval', `${before}y = ${line}\nz = rasp.Map(lambda x: y, s)\n`, { input: text('ab') });
    return [r.values[0], r.diagnostics.filter((d) => d.code === 'python-s-op-equality').length];
  };
  for (const [line, wanted] of [
    ['k == k', [true, 1]],
    ['k == ~k', [false, 1]],
    ['k != ~k', [true, 1]],
    ['k in [~k, k]', [true, 0]],
    ['k == None', [false, 0]],
    ['hasattr(s, "__iter__") or hasattr(s, "__len__")', [false, 0]],
  ])
    assert.deepEqual(await told(line), wanted, line);
});
await test('a chain of thousands of Maps', async () => {
  // Each applies a function of its own to the last one: one after the other, not one within the other.
  const program = `${rasp}x = rasp.tokens\nfor i in range(3000):\n  x = rasp.Map(lambda t, i=i: (t + i) % 7, x)\n`;
  const r = await ask('eval', program, { input: { values: [0, 5], types: 'ii' } });
  assert.deepEqual(
    r.values,
    [0, 5].map((t) => (t + (3000 * 2999) / 2) % 7),
    JSON.stringify(r.diagnostics),
  );
});

await test('objects of classes of the program, and functions, are values where they are equal as the program says', async () => {
  const box = (more = '') =>
    `class Box:\n  def __init__(self, v): self.v = v\n  def __eq__(self, other): return self.v == other.v\n  def __hash__(self): return 7\n${more}`;
  const named = box('  def __repr__(self): return "Box"\n');
  const pairs =
    's = rasp.SequenceMap(lambda t, i: Box((t, i)), rasp.tokens, rasp.indices)\nout = rasp.Map(lambda b: b.v[0] * 10 + b.v[1], s)\n';
  const kinds =
    's = rasp.Map(lambda t: Box(1 if t == 1 else 1.0), rasp.tokens)\nout = rasp.Map(lambda b: b.v, s, simplify=False)\n';
  for (const [program, values, types] of [
    [box() + pairs, [10, 21, 12], 'iii'],
    [named + pairs, [10, 21, 12], 'iii'],
    [box() + kinds, [1, 1, 1], 'ifi'],
    [named + kinds, [1, 1, 1], 'ifi'],
    [
      'def inc(i): return i + 1\ndef dec(i): return i - 1\ns = rasp.Map(lambda t: inc if t == 1 else dec, rasp.tokens)\nout = rasp.SequenceMap(lambda f, i: f(i), s, rasp.indices)\n',
      [1, 0, 3],
      'iii',
    ],
  ]) {
    const whole = `${rasp}VOCAB = [1, 2]\nMAX_SEQ_LEN = 3\n${program}`;
    same(await ask('eval', whole, { input: { values: [1, 2, 1], types: 'iii' } }), { values, types }, program);
    const r = await ask('check', whole);
    assert.deepEqual([r.exactness, r.mismatches], ['proved', 0], program);
  }
  const d = await mistake(`${rasp}s = rasp.Map(lambda t: (lambda i: t * i), rasp.tokens)\n`);
  assert.deepEqual([d.code, d.line], ['python-not-deterministic', 2]);
  assert.match(d.hint, /another object, equal to itself alone/);
});
await test('a name that functions share by `global` is the program’s output, a later one at top level comes first', async () => {
  const made = 'def main():\n  global out\n  out = rasp.Map(lambda t: t * 3, rasp.tokens)\n';
  for (const [program, values] of [
    [`${made}def build():\n  local = rasp.indices * 9\n  return local\nmain()\nbuild()\n`, ['aaa', 'bbb']],
    [`${made}main()\nlast = out + "!"\n`, ['aaa!', 'bbb!']],
  ])
    assert.deepEqual((await ask('eval', rasp + program, { input: text('ab') })).values, values);
});

end();
