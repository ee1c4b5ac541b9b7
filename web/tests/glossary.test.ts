import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { page } from '../docs.ts';
import { glossaryOf } from '../glossary.ts';

const root = path.resolve(import.meta.dirname, '../..'),
  markdown = readFileSync(path.join(root, 'docs/glossary.md'), 'utf8'),
  words = glossaryOf(markdown);
const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((f) =>
    f.isDirectory() ? sources(path.join(folder, f.name)) : /\.tsx$/.test(f.name) ? [path.join(folder, f.name)] : [],
  );

describe('glossary', () => {
  it('has a sentence for each heading of the file, under each of its forms', () => {
    const headings = [...markdown.matchAll(/^### (.+)$/gm)].flatMap((m) => m[1]!.split(', '));
    expect(Object.keys(words)).toEqual(headings);
    for (const { text } of Object.values(words)) expect(text).toMatch(/^[A-Z0-9].{20,}\.$/);
  });

  it('has every word that the page explains', () => {
    const used = sources(path.join(root, 'web/src')).flatMap((f) =>
      [...readFileSync(f, 'utf8').matchAll(/<Term name=(?:"([^"]+)"|\{([^}]+)\})/g)].flatMap((m) =>
        m[1] ? [m[1]] : [...m[2]!.matchAll(/[?:] '([^']+)'/g)].map((x) => x[1]!),
      ),
    );
    expect(used.length).toBeGreaterThan(8);
    for (const name of used) expect(words, name).toHaveProperty([name]);
  });

  it('leads to its place in the documentation', () => {
    const html = page(markdown, [{ file: 'glossary', title: 'Glossary' }], 'glossary');
    for (const { anchor } of Object.values(words)) expect(html).toContain(`id="${anchor}"`);
  });
});
