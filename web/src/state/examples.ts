// The gallery: the repository's own examples.
export interface Example { file: string; title: string; description: string; group: string; view: string; order: number; source: string }

const texts = import.meta.glob('../../../examples/*.rasp', { query: '?raw', import: 'default', eager: true }) as Record<string, string>;
const pragma = (source: string, key: string) => source.match(new RegExp(`^#@ ${key} (.*)$`, 'm'))?.[1]?.trim() ?? '';

export const groups: [string, string][] = [
  ['counting', 'Counting'], ['moving', 'Moving tokens'], ['sorting', 'Sorting'], ['brackets', 'Brackets'], ['causal', 'Causal'], ['arithmetic', 'Arithmetic'],
];
const rank = (group: string) => { const i = groups.findIndex(([g]) => g === group); return i < 0 ? groups.length : i; };

export const examples: Example[] = Object.entries(texts).map(([path, source]) => ({
  file: path.split('/').at(-1)!, title: pragma(source, 'title'), description: pragma(source, 'description'), group: pragma(source, 'group'), view: pragma(source, 'view'), order: Number(pragma(source, 'order')) || 99, source,
})).sort((a, b) => rank(a.group) - rank(b.group) || a.order - b.order || a.title.localeCompare(b.title));

export const firstExample: Example = examples.find((e) => e.file === 'histogram.rasp') ?? examples[0]!;
