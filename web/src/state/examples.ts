// The gallery: the repository's own examples. The first visit needs one of them; the others are loaded when something
// asks for them.
import first from '../../../examples/reverse.rasp?raw';

export interface Example {
  file: string;
  title: string;
  description: string;
  group: string;
  view: string;
  order: number;
  source: string;
}

const pragma = (source: string, key: string) => source.match(new RegExp(`^#@ ${key} (.*)$`, 'm'))?.[1]?.trim() ?? '';

/** In the order in which one reads them: each uses what those before it have shown. */
export const groups: [string, string][] = [
  ['moving', 'Moving tokens'],
  ['counting', 'Counting'],
  ['causal', 'Causal'],
  ['sorting', 'Sorting'],
  ['arithmetic', 'Arithmetic'],
  ['brackets', 'Brackets'],
  ['generating', 'Generating'],
  ['python', 'Tracr’s Python'],
];
const rank = (group: string) => {
  const i = groups.findIndex(([g]) => g === group);
  return i < 0 ? groups.length : i;
};

const read = (file: string, source: string): Example => ({
  file,
  title: pragma(source, 'title'),
  description: pragma(source, 'description'),
  group: pragma(source, 'group'),
  view: pragma(source, 'view'),
  order: Number(pragma(source, 'order')) || 99,
  source,
});

export const firstExample: Example = read('reverse.rasp', first);

let loaded: Promise<Example[]> | null = null;
export function allExamples(): Promise<Example[]> {
  loaded ??= import('virtual:examples')
    .then((m) => m.default())
    .then((texts) =>
      Object.entries(texts)
        .map(([file, source]) => read(file, source))
        .sort((a, b) => rank(a.group) - rank(b.group) || a.order - b.order || a.title.localeCompare(b.title)),
    );
  loaded.catch(() => {
    loaded = null;
  }); // asked again the next time
  return loaded;
}
