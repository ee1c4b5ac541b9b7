/** Pure helpers of the authoring form: the assignment's JSON text is the only state, a form is a view of it. */
import {
  type Assignment,
  type Output,
  type Task,
  type Tokens,
  format,
  lostNumber,
  tokensOf,
  valuesText,
} from '../../../wasm/course/index.mjs';

export type Draft = Partial<Assignment> & { tasks?: Partial<Task>[] };

export function newTask(n: number): Task {
  return {
    id: `task-${n}`,
    title: `Task ${n}`,
    statement: 'Define `answer`: …',
    points: 10,
    asks: { name: 'answer', kind: 's-op' },
    starter: 'answer = tokens;\n',
    vocabulary: 'abc',
    max_length: 6,
    cases: [{ input: 'abc' }],
    hidden: [{ input: 'cab' }],
    reference: 'answer = tokens;\n',
  };
}

/** What makes a task one that asks for a number of the laboratory; the program that it had is the experiment's. */
export function numberOf(task: Partial<Task>): Partial<Task> {
  const name = task.asks?.name ?? 'answer';
  return {
    cases: [],
    hidden: [{ input: tokensOf(task.vocabulary ?? 'a').slice(0, 1) }],
    starter: `${name} = 0;\n`,
    reference: undefined,
    properties: undefined,
    rules: undefined,
    budgets: undefined,
    call: undefined,
    laboratory: task.laboratory ?? {
      program: task.reference ?? task.starter ?? '',
      experiment: { kind: 'superposition', d: 4, steps: 1000 },
      measure: 'held_out',
    },
  };
}

export function newAssignment(): string {
  const assignment: Assignment = {
    format: 'rasp-assignment',
    version: 1,
    id: 'my-assignment',
    title: 'My assignment',
    statement: 'What this is about, in *Markdown*.',
    tasks: [newTask(1)],
  };
  return `${format(assignment)}\n`;
}

/** The draft behind a text; null where the text is no JSON object with a list of tasks: then only the text can be edited. */
export function draftOf(text: string): Draft | null {
  try {
    const value = JSON.parse(text);
    return value &&
      typeof value === 'object' &&
      !Array.isArray(value) &&
      Array.isArray(value.tasks) &&
      value.tasks.every((t: unknown) => t && typeof t === 'object' && !Array.isArray(t))
      ? value
      : null;
  } catch {
    return null;
  }
}

const without = <T extends object>(o: T): T =>
  Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as T;

export const textOf = (draft: Draft): string => `${format(without(draft))}\n`;

export function withTask(draft: Draft, index: number, part: Partial<Task>): Draft {
  return { ...draft, tasks: (draft.tasks ?? []).map((t, i) => (i === index ? without({ ...t, ...part }) : t)) };
}

/** One case a line: `"abc" -> [1, 2, 3]`; without an arrow the reference solution gives the output. */
export function casesText(cases: { input: Tokens; output?: Output }[] = []): string {
  return cases
    .map((c) => (c.output ? `${JSON.stringify(c.input)} -> ${JSON.stringify(c.output)}` : JSON.stringify(c.input)))
    .join('\n');
}

export type Lines<T> = { cases: T[]; problem: '' } | { cases: null; problem: string };

/** What is written, or nothing: JSON.parse rounds ints beyond 2^53, and makes infinities of large floats. */
function exactJson(text: string) {
  if (lostNumber(text) >= 0) throw new RangeError();
  return JSON.parse(text);
}

/** Reads such lines back. What a case has beside input and output (weights, notes, calls) stays where its input stays. */
export function parseCases<T extends { input: Tokens; output?: Output }>(text: string, before: T[] = []): Lines<T> {
  const cases: T[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [left, right, ...more] = line.split(/\s->\s/);
    try {
      if (more.length) throw new Error();
      const trimmed = left!.trim();
      const input: Tokens = /^["[]/.test(trimmed) ? exactJson(trimmed) : trimmed;
      const output: Output | undefined = right === undefined ? undefined : exactJson(right);
      if (output !== undefined && !Array.isArray(output)) throw new Error();
      const kept = before.find((c) => JSON.stringify(c.input) === JSON.stringify(input));
      cases.push(without({ ...kept, input, output }) as T);
    } catch (error) {
      if (error instanceof RangeError)
        return { cases: null, problem: `Line ${i + 1} has a number that would be rounded: ints go up to 2^53` };
      return { cases: null, problem: `Line ${i + 1} is not a case: write abc -> [1, 2, 3], or only the input` };
    }
  }
  return { cases, problem: '' };
}

export const vocabularyText = (v: Tokens | undefined): string =>
  v === undefined
    ? ''
    : typeof v === 'string'
      ? v
      : valuesText(v, 5000).replaceAll('True', 'true').replaceAll('False', 'false');

/** Characters, or a JSON array of tokens. */
export function parseVocabulary(text: string): Tokens {
  if (text.trimStart().startsWith('[')) {
    try {
      const value = exactJson(text);
      if (Array.isArray(value)) return value;
    } catch {
      /* then its characters */
    }
  }
  return text;
}
