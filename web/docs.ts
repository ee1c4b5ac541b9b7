// The documentation as pages: every docs/*.md becomes docs/*.html, so that help is one click away and works offline.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Marked, type Tokens } from 'marked';
import type { Plugin } from 'vite';

const escape = (s: string) =>
  s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
export const slug = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s+/g, '-');

const order = [
  'index',
  'language',
  'glossary',
  'tracr',
  'diagnostics',
  'implementation',
  'compiler',
  'exports',
  'craft',
  'limits',
  'benchmarks',
  'generate',
  'requests',
  'assignments',
];

export function page(markdown: string, pages: { file: string; title: string }[], current: string): string {
  const seen = new Map<string, number>();
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading) {
        const base = slug(text),
          n = seen.get(base) ?? 0;
        seen.set(base, n + 1);
        return `<h${depth} id="${base}${n ? `-${n}` : ''}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const local = href.match(/^([\w-]+)\.md(#.*)?$/);
        const target = local
          ? `${local[1]}.html${local[2] ?? ''}`
          : href.replace(/^\.\.\/(core|examples|wasm|tests)\b.*/, '');
        const words = this.parser.parseInline(tokens);
        return target
          ? `<a href="${escape(target)}"${/^https?:/.test(target) ? ' rel="noopener"' : ''}>${words}</a>`
          : words;
      },
      table(token: Tokens.Table) {
        const cell = (tag: string, c: Tokens.TableCell) => `<${tag}>${this.parser.parseInline(c.tokens)}</${tag}>`;
        return `<div class="scroll" tabindex="0"><table><thead><tr>${token.header.map((c) => cell('th', c)).join('')}</tr></thead><tbody>${token.rows.map((r) => `<tr>${r.map((c) => cell('td', c)).join('')}</tr>`).join('')}</tbody></table></div>\n`;
      },
      code({ text }: Tokens.Code) {
        return `<pre tabindex="0"><code>${escape(text)}</code></pre>\n`;
      },
      html({ text }: Tokens.HTML | Tokens.Tag) {
        return escape(text);
      },
    },
  });
  const title = pages.find((p) => p.file === current)?.title ?? current;
  const nav = pages
    .map((p) => `<a href="${p.file}.html"${p.file === current ? ' aria-current="page"' : ''}>${escape(p.title)}</a>`)
    .join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark"><title>${escape(title)} · RASP Playground</title>
<link rel="icon" href="../icon.svg" type="image/svg+xml"><link rel="stylesheet" href="../docs.css"></head>
<body><nav aria-label="Documentation"><a class="home" href="../">RASP Playground</a>${nav}</nav><main>${marked.parse(markdown)}</main></body></html>
`;
}

export function documentation(folder: string): Plugin {
  return {
    name: 'rasp-documentation',
    apply: 'build',
    generateBundle() {
      const files = readdirSync(folder)
        .filter((f) => f.endsWith('.md'))
        .map((f) => f.slice(0, -3));
      const rank = (f: string) => (order.includes(f) ? order.indexOf(f) : order.length);
      files.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
      const texts = new Map(files.map((f) => [f, readFileSync(path.join(folder, `${f}.md`), 'utf8')]));
      const pages = files.map((f) => ({ file: f, title: texts.get(f)!.match(/^# (.+)$/m)?.[1] ?? f }));
      for (const f of files)
        this.emitFile({ type: 'asset', fileName: `docs/${f}.html`, source: page(texts.get(f)!, pages, f) });
    },
  };
}
