/** The ready course: students' files from examples/assignments, fetched when one is opened. They are data, files of their own. */
const files = import.meta.glob(
  ['../../../examples/assignments/*.json', '!../../../examples/assignments/*.schema.json'],
  {
    query: '?url',
    import: 'default',
  },
) as Record<string, () => Promise<string>>;

export interface ReadyAssignment {
  id: string;
  title: string;
  description: string;
  load: () => Promise<string>;
}

const about: [string, string, string][] = [
  ['first-steps', 'First steps', 'Six tasks from indices to shift.'],
  ['counting-and-sorting', 'Counting and sorting', 'Six tasks: histograms, shares, ranks, a sort of your own.'],
  ['brackets-and-budgets', 'Brackets and budgets', 'Four tasks with limits on layers and heads.'],
];

async function text(url: string): Promise<string> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`The assignment could not be loaded (${answer.status})`);
  return answer.text();
}

export const readyAssignments: ReadyAssignment[] = about.flatMap(([id, title, description]) => {
  const load = files[`../../../examples/assignments/${id}.json`];
  return load ? [{ id, title, description, load: () => load().then(text) }] : [];
});
