// Draws one program of a family. The same seed and index give the same program.
import { joints, mechanisms } from './mechanisms.mjs';
import { randomFrom } from './random.mjs';

/** How programs are drawn, from the plainest: one mechanism, a chain of them, two chains that are joined, a tangle of everything. */
export const families = ['single', 'chain', 'branch', 'tangle'];

const letters = 'abcdefghijklmnop';
const names = Object.keys(mechanisms);

class Program {
  constructor(vocabulary, length, causal) {
    Object.assign(this, { vocabulary, length, causal, statements: [], taken: new Set(), used: [] });
  }
  let(name, expression) {
    const known = this.statements.find((each) => each.expression === expression);
    if (known) return known.name;
    let free = name;
    for (let i = 2; this.taken.has(free); ++i) free = `${name}_${i}`;
    this.taken.add(free);
    this.statements.push({ name: free, expression });
    return free;
  }
  /** Gives the statement that made a sequence its words. */
  say(x, mechanism) {
    const statement = this.statements.find((each) => each.name === x.name);
    if (statement) Object.assign(statement, { words: x.words, mechanism });
    return x;
  }
  /** The statements that `output` depends on. */
  needed(output) {
    const wanted = new Set([output]);
    const kept = [];
    for (const statement of [...this.statements].reverse()) {
      if (!wanted.has(statement.name)) continue;
      for (const [name] of statement.expression.replace(/"[^"]*"/g, '').matchAll(/[a-z_]\w*/gi)) wanted.add(name);
      kept.unshift(statement);
    }
    return kept;
  }
}

const capital = (words) => (words[0] === '`' ? words : words[0].toUpperCase() + words.slice(1));

function settings(random) {
  const numbers = random.chance(0.4);
  const size = random.between(2, 5);
  const vocabulary = numbers
    ? Array.from({ length: size }, (_, i) => i + random.between(0, 1))
    : [...letters.slice(0, size)];
  return { vocabulary: [...new Set(vocabulary)], length: random.between(4, 8), causal: random.chance(0.2), numbers };
}

function fitting(kind, only) {
  return names.filter((name) => mechanisms[name].reads.includes(kind) && (!only || only(name)));
}

function apply(name, x, random, program) {
  program.used.push(name);
  return program.say(mechanisms[name].write(x, random, program), name);
}

function chain(x, steps, random, program) {
  for (let i = 0; i < steps; ++i) {
    const last = program.used.at(-1);
    const choices = fitting(x.kind, (name) => name !== last);
    if (choices.length === 0) break;
    x = apply(random.pick(choices), x, random, program);
  }
  return x;
}

function truth(x, random, program) {
  // a bool made of a sequence
  if (x.kind === 'bool') return x;
  return apply(
    x.kind === 'token' ? random.pick(['is_value', 'first_position', 'neighbours_equal']) : 'threshold',
    x,
    random,
    program,
  );
}

function join(a, b, source, random, program) {
  const choices = Object.keys(joints).filter((name) => joints[name].fits(a, b));
  if (choices.length === 0) {
    const left = truth(a, random, program),
      right = truth(b, random, program);
    if (!joints.logic.fits(left, right)) return left;
    program.used.push('logic');
    return program.say(joints.logic.write(left, right, random, program), 'logic');
  }
  const name = random.pick(choices);
  program.used.push(name);
  const condition = joints[name].condition
    ? truth(chain(source, random.between(0, 1), random, program), random, program)
    : undefined;
  return program.say(joints[name].write(a, b, random, program, condition), name);
}

const draw = {
  single: (source, random, program) => apply(random.pick(fitting(source.kind)), source, random, program),
  chain: (source, random, program) => chain(source, random.between(2, 4), random, program),
  branch(source, random, program) {
    const a = chain(source, random.between(1, 2), random, program);
    const b = random.chance(0.3) ? source : chain(source, random.between(1, 2), random, program);
    return join(a, b, source, random, program);
  },
  tangle(source, random, program) {
    let pool = [source];
    for (let i = random.between(3, 6); i > 0; --i) {
      const x = random.pick(pool);
      const made =
        pool.length > 2 && random.chance(0.45)
          ? join(x, random.pick(pool), source, random, program)
          : chain(x, 1, random, program);
      pool = [...pool.slice(-3), made];
    }
    return pool.at(-1);
  },
};

/**
 * @param {number|string} seed of the suite
 * @param {number} index of the candidate
 * @returns {{name: string, family: string, mechanisms: string[], output: string, steps: {name: string, words:
 * string}[], description: string, text: string, vocabulary: (string|number)[], max_length: number, causal: boolean}}
 */
export function compose(seed, index) {
  const random = randomFrom(`suite ${seed} program ${index}`);
  const { vocabulary, length, causal, numbers } = settings(random);
  const family = random.pick(['single', 'chain', 'chain', 'branch', 'branch', 'tangle', 'tangle']);
  const program = new Program(vocabulary, length, causal);
  const source = {
    name: numbers ? 'tokens_int' : 'tokens',
    kind: numbers ? 'int' : 'token',
    values: vocabulary,
    words: '',
  };
  const result = draw[family](source, random, program);
  const statements = program.needed(result.name);
  const steps = statements.filter((each) => each.words).map(({ name, words }) => ({ name, words }));
  const used = [...new Set(statements.map((each) => each.mechanism).filter(Boolean))];
  const lines = [
    `#@ vocabulary ${numbers ? JSON.stringify(vocabulary) : JSON.stringify(vocabulary.join(''))}`,
    `#@ max_length ${length}`,
    ...(causal ? ['#@ causal on'] : []),
    `#@ output ${result.name}`,
    '',
    ...statements.map(
      ({ name, expression, words }) =>
        `${words ? `# ${capital(words).replaceAll('`', '')}.\n` : ''}${name} = ${expression};`,
    ),
    '',
  ];
  const description = [
    ...steps.map(({ name, words }) => `\`${name}\` is ${words}.`),
    `The output is \`${result.name}\`.`,
  ].join(' ');
  return {
    name: used.slice(-3).join('-').replaceAll('_', '-'),
    family,
    mechanisms: used,
    output: result.name,
    steps,
    description,
    text: lines.join('\n'),
    vocabulary,
    max_length: length,
    causal,
  };
}
