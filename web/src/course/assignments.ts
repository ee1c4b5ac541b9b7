/** The ready course: students' files from examples/assignments, loaded when one is opened. */
const files = import.meta.glob(['../../../examples/assignments/*.json', '!../../../examples/assignments/*.schema.json'], {
  query: '?raw',
  import: 'default',
}) as Record<string, () => Promise<string>>;

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

export const readyAssignments: ReadyAssignment[] = about.flatMap(([id, title, description]) => {
  const load = files[`../../../examples/assignments/${id}.json`];
  return load ? [{ id, title, description, load }] : [];
});
