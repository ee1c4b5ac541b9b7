// The mechanisms that a suite's programs are made of: what each reads, the RASP that does it, and how it is said in
// words.
//
// A *sequence* is what one statement gives: {name, kind, values, words}.
//   kind    'token' (strings), 'int', 'bool' or 'float'
//   values  values it often has, from which constants are drawn (not all of them where there are many)
//   words   a noun phrase about the sequences that were read, by their names: "the number of positions where `tokens` is the same as here"
//
// A mechanism: {reads: kinds it takes, gives: kind or 'same', write(x, random, program) → sequence}. `program.let(name,
// expression)` adds a statement and returns the name that it got; `program.vocabulary` and `program.length` are the
// settings.

const quoted = (v) =>
  typeof v === 'string' ? JSON.stringify(v) : typeof v === 'boolean' ? (v ? 'True' : 'False') : String(v);
const defaults = { token: '"_"', int: '0', bool: 'False', float: '0.0' };
const upTo = (n) => Array.from({ length: n + 1 }, (_, i) => i);

const discrete = ['token', 'int', 'bool'];

const sequence = (name, kind, values, words) => ({ name, kind, values, words });
const times = (k) => (k === 1 ? 'one place' : `${k} places`);

export const mechanisms = {
  shift: {
    reads: discrete,
    write(x, random, program) {
      const k = random.between(1, Math.min(3, program.length - 1)),
        left = random.chance(0.7);
      const name = program.let(
        'shifted',
        `aggregate(select(indices, indices ${left ? '-' : '+'} ${k}, ==), ${x.name}, ${defaults[x.kind]})`,
      );
      const values = x.kind === 'token' ? [...x.values, '_'] : x.values;
      return sequence(
        name,
        x.kind,
        values,
        `what \`${x.name}\` is ${times(k)} to the ${left ? 'left' : 'right'} (${defaults[x.kind]} beyond the end)`,
      );
    },
  },
  reverse: {
    reads: discrete,
    write(x, random, program) {
      return sequence(
        program.let('reversed', `aggregate(select(indices, length - 1 - indices, ==), ${x.name})`),
        x.kind,
        x.values,
        `\`${x.name}\`, in reverse order`,
      );
    },
  },
  rotate: {
    reads: discrete,
    write(x, random, program) {
      const k = random.between(1, 2);
      return sequence(
        program.let('rotated', `aggregate(select(indices, (indices + ${k}) % length, ==), ${x.name})`),
        x.kind,
        x.values,
        `\`${x.name}\`, rotated by ${times(k)}`,
      );
    },
  },
  broadcast: {
    reads: discrete,
    write(x, random, program) {
      const last = random.chance(0.5);
      return sequence(
        program.let('everywhere', `aggregate(select(indices, ${last ? 'length - 1' : '0'}, ==), ${x.name})`),
        x.kind,
        x.values,
        `what \`${x.name}\` is at the ${last ? 'last' : 'first'} position`,
      );
    },
  },
  mirror_or_self: {
    reads: discrete,
    write(x, random, program) {
      const m = random.between(2, 3);
      const other = program.let('mirrored', `aggregate(select(indices, length - 1 - indices, ==), ${x.name})`);
      return sequence(
        program.let('mixed', `${other} if indices % ${m} == 0 else ${x.name}`),
        x.kind,
        x.values,
        `\`${x.name}\`, reversed at every ${m === 2 ? 'second' : 'third'} position`,
      );
    },
  },
  histogram: {
    reads: discrete,
    write(x, random, program) {
      return sequence(
        program.let('frequency', `selector_width(select(${x.name}, ${x.name}, ==))`),
        'int',
        upTo(program.length).slice(1),
        `the number of positions where \`${x.name}\` is the same as here`,
      );
    },
  },
  seen_before: {
    reads: discrete,
    write(x, random, program) {
      const name = program.let(
        'earlier',
        `selector_width(select(${x.name}, ${x.name}, ==) and select(indices, indices, <))`,
      );
      return sequence(name, 'int', upTo(program.length - 1), `how often \`${x.name}\` had this value before`);
    },
  },
  count_value: {
    reads: discrete,
    write(x, random, program) {
      const v = random.pick(x.values);
      return sequence(
        program.let('count_all', `selector_width(select(${x.name}, ${quoted(v)}, ==))`),
        'int',
        upTo(program.length),
        `the number of positions where \`${x.name}\` is ${quoted(v)}`,
      );
    },
  },
  count_so_far: {
    reads: discrete,
    write(x, random, program) {
      const v = random.pick(x.values);
      const name = program.let(
        'so_far',
        `selector_width(select(${x.name}, ${quoted(v)}, ==) and select(indices, indices, <=))`,
      );
      return sequence(
        name,
        'int',
        upTo(program.length),
        `the number of positions up to here where \`${x.name}\` is ${quoted(v)}`,
      );
    },
  },
  parity_so_far: {
    reads: discrete,
    write(x, random, program) {
      const v = random.pick(x.values),
        m = random.between(2, 3);
      const so_far = program.let(
        'so_far',
        `selector_width(select(${x.name}, ${quoted(v)}, ==) and select(indices, indices, <=))`,
      );
      return sequence(
        program.let('parity', `${so_far} % ${m}`),
        'int',
        upTo(m - 1),
        `the number of ${quoted(v)} in \`${x.name}\` up to here, modulo ${m}`,
      );
    },
  },
  fraction_so_far: {
    reads: discrete,
    write(x, random, program) {
      const v = random.pick(x.values);
      const name = program.let(
        'fraction',
        `aggregate(select(indices, indices, <=), indicator(${x.name} == ${quoted(v)}))`,
      );
      return sequence(
        name,
        'float',
        [0.25, 0.5, 0.75],
        `the fraction of positions up to here where \`${x.name}\` is ${quoted(v)}`,
      );
    },
  },
  fraction: {
    reads: discrete,
    write(x, random, program) {
      const v = random.pick(x.values);
      return sequence(
        program.let('share', `aggregate(full_s, indicator(${x.name} == ${quoted(v)}))`),
        'float',
        [0.25, 0.5, 0.75],
        `the fraction of all positions where \`${x.name}\` is ${quoted(v)}`,
      );
    },
  },
  first_position: {
    reads: discrete,
    write(x, random, program) {
      const before = program.let(
        'before',
        `selector_width(select(${x.name}, ${x.name}, ==) and select(indices, indices, <))`,
      );
      return sequence(
        program.let('fresh', `${before} == 0`),
        'bool',
        [true, false],
        `whether \`${x.name}\` is here for the first time`,
      );
    },
  },
  distinct: {
    reads: discrete,
    write(x, random, program) {
      const before = program.let(
        'before',
        `selector_width(select(${x.name}, ${x.name}, ==) and select(indices, indices, <))`,
      );
      return sequence(
        program.let('distinct', `selector_width(select(${before}, 0, ==))`),
        'int',
        upTo(program.length).slice(1),
        `the number of different values of \`${x.name}\``,
      );
    },
  },
  rank: {
    reads: ['int'],
    write(x, random, program) {
      const up = random.chance(0.7);
      const name = program.let(
        'rank',
        `selector_width(select(${x.name}, ${x.name}, ${up ? '<' : '>'}) or select(${x.name}, ${x.name}, ==) and select(indices, indices, <))`,
      );
      return sequence(
        name,
        'int',
        upTo(program.length - 1),
        `the rank of \`${x.name}\` from the ${up ? 'smallest' : 'largest'}, ties by position`,
      );
    },
  },
  sort: {
    reads: ['int'],
    write(x, random, program) {
      const up = random.chance(0.7);
      const rank = program.let(
        'rank',
        `selector_width(select(${x.name}, ${x.name}, ${up ? '<' : '>'}) or select(${x.name}, ${x.name}, ==) and select(indices, indices, <))`,
      );
      return sequence(
        program.let('sorted', `aggregate(select(${rank}, indices, ==), ${x.name})`),
        'int',
        x.values,
        `\`${x.name}\`, sorted ${up ? 'upwards' : 'downwards'}`,
      );
    },
  },
  extreme: {
    reads: ['int'],
    write(x, random, program) {
      const largest = random.chance(0.5);
      const rank = program.let(
        'rank',
        `selector_width(select(${x.name}, ${x.name}, ${largest ? '>' : '<'}) or select(${x.name}, ${x.name}, ==) and select(indices, indices, <))`,
      );
      return sequence(
        program.let('extreme', `aggregate(select(${rank}, 0, ==), ${x.name})`),
        'int',
        x.values,
        `the ${largest ? 'largest' : 'smallest'} of \`${x.name}\``,
      );
    },
  },
  most_frequent: {
    reads: ['token', 'int'],
    write(x, random, program) {
      const often = program.let('often', `selector_width(select(${x.name}, ${x.name}, ==))`);
      const rank = program.let(
        'rank',
        `selector_width(select(${often}, ${often}, >) or select(${often}, ${often}, ==) and select(indices, indices, <))`,
      );
      return sequence(
        program.let('common', `aggregate(select(${rank}, 0, ==), ${x.name})`),
        x.kind,
        x.values,
        `the most frequent value of \`${x.name}\`, the earliest of equals`,
      );
    },
  },
  modulo: {
    reads: ['int'],
    write(x, random, program) {
      const m = random.between(2, 4);
      return sequence(program.let('remainder', `${x.name} % ${m}`), 'int', upTo(m - 1), `\`${x.name}\`, modulo ${m}`);
    },
  },
  affine: {
    reads: ['int'],
    write(x, random, program) {
      const a = random.between(2, 3),
        b = random.between(-2, 5);
      return sequence(
        program.let('scaled', `${x.name} * ${a} ${b < 0 ? '-' : '+'} ${Math.abs(b)}`),
        'int',
        x.values.map((v) => v * a + b),
        `${a} times \`${x.name}\`, ${b < 0 ? 'less' : 'plus'} ${Math.abs(b)}`,
      );
    },
  },
  threshold: {
    reads: ['int', 'float'],
    write(x, random, program) {
      const v = random.pick(x.values),
        op = random.pick(['>', '>=', '<', '<=']);
      const said = { '>': 'above', '>=': 'at least', '<': 'below', '<=': 'at most' }[op];
      return sequence(
        program.let('passes', `${x.name} ${op} ${quoted(v)}`),
        'bool',
        [true, false],
        `whether \`${x.name}\` is ${said} ${v}`,
      );
    },
  },
  is_value: {
    reads: ['token', 'int'],
    write(x, random, program) {
      const v = random.pick(x.values);
      return sequence(
        program.let('matches', `${x.name} == ${quoted(v)}`),
        'bool',
        [true, false],
        `whether \`${x.name}\` is ${quoted(v)}`,
      );
    },
  },
  cipher: {
    reads: ['token'],
    write(x, random, program) {
      const to = random.shuffled(x.values),
        from = x.values;
      const arms = from
        .slice(0, -1)
        .map((v, i) => `${quoted(to[i])} if ${x.name} == ${quoted(v)} else `)
        .join('');
      return sequence(
        program.let('ciphered', `${arms}${quoted(to.at(-1))}`),
        'token',
        from,
        `\`${x.name}\`, each letter replaced (${from.map((v, i) => `${v}→${to[i]}`).join(', ')})`,
      );
    },
  },
  indicator: {
    reads: ['bool'],
    write(x, random, program) {
      return sequence(program.let('bit', `indicator(${x.name})`), 'int', [0, 1], `1 or 0 for \`${x.name}\``);
    },
  },
  negate: {
    reads: ['bool'],
    write(x, random, program) {
      return sequence(program.let('opposite', `not ${x.name}`), 'bool', [true, false], `the opposite of \`${x.name}\``);
    },
  },
  any_so_far: {
    reads: ['bool'],
    write(x, random, program) {
      const hits = program.let('hits', `selector_width(select(${x.name}, True, ==) and select(indices, indices, <=))`);
      return sequence(
        program.let('met', `${hits} > 0`),
        'bool',
        [true, false],
        `whether up to here it was true once: \`${x.name}\``,
      );
    },
  },
  everywhere: {
    reads: ['bool'],
    write(x, random, program) {
      const fails = program.let('fails', `selector_width(select(${x.name}, False, ==))`);
      return sequence(
        program.let('holds', `${fails} == 0`),
        'bool',
        [true, false],
        `whether it is true at every position: \`${x.name}\``,
      );
    },
  },
  mean: {
    reads: ['int'],
    write(x, random, program) {
      const so_far = random.chance(0.5);
      return sequence(
        program.let('mean', `aggregate(${so_far ? 'select(indices, indices, <=)' : 'full_s'}, ${x.name})`),
        'float',
        x.values,
        `the mean of \`${x.name}\`${so_far ? ' up to here' : ''}`,
      );
    },
  },
  neighbours_equal: {
    reads: ['token', 'int'],
    write(x, random, program) {
      const other = x.kind === 'token' ? '"_"' : '-1';
      const left = program.let('left', `aggregate(select(indices, indices - 1, ==), ${x.name}, ${other})`);
      return sequence(
        program.let('repeats', `${x.name} == ${left}`),
        'bool',
        [true, false],
        `whether \`${x.name}\` is the same as one place to the left`,
      );
    },
  },
  palindrome: {
    reads: ['token', 'int'],
    write(x, random, program) {
      const back = program.let('backwards', `aggregate(select(indices, length - 1 - indices, ==), ${x.name})`);
      return sequence(
        program.let('symmetric', `${x.name} == ${back}`),
        'bool',
        [true, false],
        `whether \`${x.name}\` is the same at the mirrored position`,
      );
    },
  },
  balance: {
    reads: ['token', 'int'],
    write(x, random, program) {
      const [open, close] = random.shuffled(
        x.values.length > 1 ? x.values : [...x.values, x.kind === 'token' ? '_' : -1],
      );
      const opened = program.let(
        'opened',
        `selector_width(select(${x.name}, ${quoted(open)}, ==) and select(indices, indices, <=))`,
      );
      const closed = program.let(
        'closed',
        `selector_width(select(${x.name}, ${quoted(close)}, ==) and select(indices, indices, <=))`,
      );
      return sequence(
        program.let('depth', `${opened} - ${closed}`),
        'int',
        [-1, 0, 1, 2],
        `how many more ${quoted(open)} than ${quoted(close)} \`${x.name}\` has up to here`,
      );
    },
  },
  follower: {
    reads: ['token', 'int'],
    write(x, random, program) {
      // The library's selector of the next position with the same value; what stands there is one value, not a mean.
      const v = random.chance(0.5) ? 'indices' : x.name;
      const name =
        v === 'indices'
          ? program.let('next_place', `aggregate(select_next_identical(${x.name}), indices, -1)`)
          : program.let(
              'after_next',
              `aggregate(select_next_identical(${x.name}), aggregate(select(indices, indices + 1, ==), ${x.name}, ${x.kind === 'token' ? '"_"' : '-1'}), ${x.kind === 'token' ? '"_"' : '-1'})`,
            );
      if (v === 'indices')
        return sequence(
          name,
          'int',
          upTo(program.length - 1),
          `the next position where \`${x.name}\` is the same (-1 where there is none)`,
        );
      return sequence(
        name,
        x.kind,
        x.kind === 'token' ? [...x.values, '_'] : [...x.values, -1],
        `what follows the next position where \`${x.name}\` is the same`,
      );
    },
  },
};

// What joins two sequences of one program.
export const joints = {
  choose: {
    fits: (a, b) => a.kind === b.kind && a.name !== b.name,
    write(a, b, random, program, condition) {
      return sequence(
        program.let('chosen', `${a.name} if ${condition.name} else ${b.name}`),
        a.kind,
        [...new Set([...a.values, ...b.values])],
        `\`${a.name}\` where it is true \`${condition.name}\`, and otherwise \`${b.name}\``,
      );
    },
    condition: true,
  },
  add: {
    fits: (a, b) => a.kind === 'int' && b.kind === 'int' && a.name !== b.name,
    write(a, b, random, program) {
      const minus = random.chance(0.4);
      return sequence(
        program.let('total', `${a.name} ${minus ? '-' : '+'} ${b.name}`),
        'int',
        a.values,
        `\`${a.name}\`, ${minus ? 'less' : 'plus'} \`${b.name}\``,
      );
    },
  },
  logic: {
    fits: (a, b) => a.kind === 'bool' && b.kind === 'bool' && a.name !== b.name,
    write(a, b, random, program) {
      const op = random.pick(['and', 'or']);
      return sequence(
        program.let('both', `${a.name} ${op} ${b.name}`),
        'bool',
        [true, false],
        `\`${a.name}\` ${op} \`${b.name}\``,
      );
    },
  },
  same: {
    fits: (a, b) => a.kind === b.kind && a.kind !== 'float' && a.name !== b.name,
    write(a, b, random, program) {
      return sequence(
        program.let('equal', `${a.name} == ${b.name}`),
        'bool',
        [true, false],
        `whether \`${a.name}\` equals \`${b.name}\``,
      );
    },
  },
  fetch: {
    fits: (a, b) => a.kind === 'int' && b.kind !== 'float' && a.name !== b.name,
    write(a, b, random, program) {
      return sequence(
        program.let('fetched', `aggregate(select(indices, ${a.name} % length, ==), ${b.name})`),
        b.kind,
        b.values,
        `what \`${b.name}\` is at the position that is given by \`${a.name}\` (modulo the length)`,
      );
    },
  },
};
