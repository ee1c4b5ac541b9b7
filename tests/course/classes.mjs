// A class for the assignment "first steps": programs whose score follows by hand from the assignment's cases.
// Each variant: [program, score]. Points and weights: examples/assignments/instructor/first-steps.json.
export const variants = {
  // 10 points; cases hey, h, heyhey (weight 1 each)
  positions: {
    right: ['positions = indices + 1;', 10],
    otherwise: ['one = 1;\npositions = one + indices;', 10],
    wrong: ['positions = indices + 2;', 0],
    constant: ['positions = indices - indices + 1;', 3.33], // only "h" -> [1]
    broken: ['positions = indices + ;', 0],
  },
  // 10 points; cases abca, bb, aaab, c, all inputs up to 4
  marks: {
    right: ['marks = indicator(tokens == "a");', 10],
    otherwise: ['marks = 1 if tokens == "a" else 0;', 10],
    zero: ['marks = indices * 0;', 4], // bb and c of five
    bools: ['marks = tokens == "a";', 0],
    broken: ['marks = indicator(undefined_thing);', 0],
  },
  // 15 points; cases aba, b, abab
  before: {
    right: ['before = select(indices, indices, <=);', 15],
    otherwise: ['before = not select(indices, indices, >);', 15],
    diagonal: ['before = select(indices, indices, ==);', 5], // only "b"
    kind: ['before = indices;', 0],
    broken: ['before = select(indices);', 0],
  },
  // 15 points; cases bca, c, abcabc, all up to 4; budgets 1 layer, 1 head (half the points each); two rules, all the
  // points each
  first: {
    right: ['first = aggregate(select(indices, 0, ==), tokens);', 15],
    banned: ['first = tokens[0];', 0],
    own: ['first = tokens;\nx = aggregate(select(indices, 0, ==), tokens);', 3.75], // only "c" of four; no head at all
    broken: ['first = aggregate(tokens, tokens);', 0],
  },
  // 20 points; cases abc, aab, abcabb, ca, all up to 5; lines 4 and 5 of the starter are locked
  flipped: {
    right: [
      '# Which index does each position look at?\nopposite = length - 1 - indices;\n\n# Fetch the token that is there.\nflipped = aggregate(select(indices, opposite, ==), tokens);',
      20,
    ],
    unlocked: ['opposite = length - 1 - indices;\nflipped = aggregate(select(opposite, indices, ==), tokens);', 0],
    offByOne: [
      'opposite = length - indices;\n# Fetch the token that is there.\nflipped = aggregate(select(indices, opposite, ==), tokens);',
      0,
    ],
    broken: [
      'opposite = (length;\n# Fetch the token that is there.\nflipped = aggregate(select(indices, opposite, ==), tokens);',
      0,
    ],
  },
  // 30 points; five cases of weight 1, two properties of weight 2; rules: no shift (all), compiles (half)
  moved: {
    right: ['def moved(seq, n) { return aggregate(select(indices, indices - n, ==), seq, "_"); }', 30],
    banned: ['def moved(seq, n) { return shift(seq, n, "_"); }', 0],
    standing: ['def moved(seq, n) { return seq; }', 3.33], // only "ab" moved by 0: 1 of 9
    // abc, aabb and all up to 5: 4 of 9
    always: ['def moved(seq, n) { return aggregate(select(indices, indices - 1, ==), seq, "_"); }', 13.33],
    broken: ['moved = tokens;', 0],
  },
};
export const points = { positions: 10, marks: 10, before: 15, first: 15, flipped: 20, moved: 30 };

// Programs that attack the grader instead of solving anything. All earn nothing.
export const hostile = {
  recursion: 'def f(n) { return f(n + 1); }\npositions = f(0);',
  loops: `${Array.from({ length: 7 }, (_, i) => `for a${i} in range(0, 100) {`).join(' ')} x = 1; ${'}'.repeat(7)}\npositions = indices;`,
  doubling: `x = tokens;\n${'x = x + x;\n'.repeat(60)}positions = x;`,
  squaring: `x = 10;\n${'x = x * x;\n'.repeat(60)}positions = indices + x;`,
  lists: `l = [1];\n${'l = l + l;\n'.repeat(60)}positions = indices + l[0];`,
  nesting: `positions = ${'('.repeat(50_000)}1${')'.repeat(50_000)};`,
  chain: `positions = indices${' + 1'.repeat(45_000)};`,
  nul: 'positions = \u0000;',
  names: `${Array.from({ length: 7_000 }, (_, i) => `a${i} = indices + ${i};`).join('\n')}\npositions = a0 + 5;`,
};

// Student i's programs: every task a variant that i chooses, behind a line of its own, so that no two texts are equal.
export function student(i) {
  const programs = {},
    scores = {};
  Object.entries(variants).forEach(([task, of], k) => {
    const names = Object.keys(of),
      [program, score] = of[names[(i * (k + 3) + k + Math.floor(i / 7)) % names.length]];
    programs[task] = `mine_${i} = indices * ${i};\n${program}\n`;
    scores[task] = score;
  });
  return { programs, scores, total: Math.round(Object.values(scores).reduce((a, b) => a + b, 0) * 100) / 100 };
}
