// docs/glossary.md as data: `virtual:glossary` has the words at once, and their explanations in a chunk of their own.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';
import { slug } from './docs.ts';

export interface Entry {
  text: string;
  anchor: string;
}

/** By word: a heading lists a word and its other forms, its paragraph explains them. */
export function glossaryOf(markdown: string): Record<string, Entry> {
  const out: Record<string, Entry> = {};
  for (const [, names, text] of markdown.matchAll(/^### (.+)\n+([^\n#]+)$/gm)) {
    for (const name of names!.split(', ')) out[name] = { text: text!, anchor: slug(names!) };
  }
  return out;
}

export function glossary(root: string): Plugin {
  const words = () => glossaryOf(readFileSync(path.join(root, 'docs/glossary.md'), 'utf8'));
  const own = ['virtual:glossary', 'virtual:glossary-texts'];
  return {
    name: 'rasp-glossary',
    resolveId: (name) => (own.includes(name) ? `\0${name}` : null),
    load(name) {
      if (name === '\0virtual:glossary') return `export default ${JSON.stringify(Object.keys(words()))};`;
      return name === '\0virtual:glossary-texts' ? `export default ${JSON.stringify(words())};` : null;
    },
  };
}
