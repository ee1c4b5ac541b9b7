// A page for each example that services which preview links can read: what follows # in an address never reaches them.
// It carries the title, the description and a picture of the score, and leads on to the playground.
//   RASP_SITE=https://…/  the address at which the page will stand: some services take addresses of pictures only whole
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Resvg, initWasm } from '@resvg/resvg-wasm';
import type { Plugin } from 'vite';
import { picturesOf } from './pictures.ts';
import { type Band, type Small, arcs } from './src/shell/small.ts';

const wide = 1200,
  high = 630,
  margin = 56;
const require = createRequire(import.meta.url);
const escape = (s: string) =>
  s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const pragma = (source: string, key: string) => source.match(new RegExp(`^#@ ${key} (.*)$`, 'm'))?.[1]?.trim() ?? '';
const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** Lines of at most `most` characters, broken at spaces. */
export function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The picture as SVG, 1200 × 630: title and description, then the score as the gallery draws it, with rows and their names. */
export function preview(title: string, description: string, s: Small): string {
  const text = (x: number, y: number, size: number, value: string, more = '') =>
    `<text x="${x}" y="${y}" font-size="${size}" ${more}>${escape(value)}</text>`;
  const lines = wrapped(description, 78).slice(0, 2);
  const top = 128 + 36 * lines.length,
    names = 190;
  const seen = new Set<string>();
  const again = (b: Band) => {
    const key = `${b.label} ${b.row}`,
      known = seen.has(key);
    seen.add(key);
    return known;
  };
  const bands = s.bands.filter((b) => b.kind !== 'embedding' && (b.matrix || (b.row && !again(b)))),
    heads = bands.filter((b) => b.matrix);
  // Rows of values need room to be read; without it only the arcs are drawn, and the output.
  const row = 38,
    room = high - top - 40 - 3 * row;
  const rows = bands.filter((b) => b.row),
    all = room >= rows.length * row + heads.length * 40;
  const tall = Math.max(6, Math.min(92, (room - (all ? rows.length * row : 0)) / Math.max(1, heads.length)));
  const lane = Math.min(210, (wide - 2 * margin - names) / s.input.length),
    x = (i: number) => margin + names + lane * (i + 0.5);
  const letters = Math.max(1, Math.floor(lane / 14));
  const values = (list: string[], y: number, fill: string) =>
    list
      .map((v, i) =>
        text(x(i), y, 22, cut(v, letters), `text-anchor="middle" font-family="DejaVu Sans Mono" fill="${fill}"`),
      )
      .join('');
  const name = (label: string, y: number) =>
    text(margin, y, 20, cut(label, 15), 'fill="#59616b" font-family="DejaVu Sans Mono"');
  let y = top + row,
    out = name('input', y) + values(s.input, y, '#8c4a00');
  for (const b of bands) {
    if (b.matrix) {
      if (tall >= 24) out += name(`head ${b.layer + 1}.${b.number! + 1}`, y + 10 + tall / 2 + 7);
      out += `<path d="${arcs(b.matrix, x, y + 10, tall)}" fill="none" stroke="#1d5fbf" stroke-opacity=".55" stroke-width="2"/>`;
      y += tall;
    }
    if (b.row && all) {
      y += row;
      out += name(b.label, y) + values(b.row, y, '#1c1f23');
    }
  }
  y += row + 8;
  out += `<path d="M${margin} ${y - 30}H${wide - margin}" stroke="#dcdfe3"/>${name('output', y)}${values(s.output, y, '#1b6e3c')}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}" viewBox="0 0 ${wide} ${high}" font-family="DejaVu Sans">
<rect width="${wide}" height="${high}" fill="#fbfbf9"/><rect width="12" height="${high}" fill="#1d5fbf"/>
${text(margin, 88, 46, cut(title, 38), 'font-weight="bold" fill="#1c1f23"')}${text(wide - margin, 88, 22, 'RASP Playground', 'text-anchor="end" fill="#59616b"')}
${lines.map((l, i) => text(margin, 132 + 34 * i, 25, l, 'fill="#59616b"')).join('')}${out}</svg>`;
}

/** The page of one example; `site` is '' where its address is not known. */
export function examplePage(name: string, title: string, description: string, site: string): string {
  const meta = (key: string, content: string) => `<meta property="og:${key}" content="${escape(content)}">`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark"><title>${escape(title)} · RASP Playground</title><meta name="description" content="${escape(description)}">
${meta('type', 'website')}${meta('site_name', 'RASP Playground')}${meta('title', title)}${meta('description', description)}${meta('image', `${site ? `${site}example/` : ''}${name}.png`)}${meta('image:width', String(wide))}${meta('image:height', String(high))}${site && meta('url', `${site}example/${name}.html`)}
<meta name="twitter:card" content="summary_large_image"><meta http-equiv="refresh" content="0; url=../#example=${name}">
<link rel="icon" href="../icon.svg" type="image/svg+xml"><link rel="stylesheet" href="../docs.css"></head>
<body><main><h1>${escape(title)}</h1><p>${escape(description)}</p><p><a href="../#example=${name}">Open it in the playground</a></p><img src="./${name}.png" alt="The program’s model on an example" width="600" height="315"></main></body></html>
`;
}

export function previews(root: string): Plugin {
  const site = (process.env.RASP_SITE ?? '').replace(/\/*$/, (end, at) => (at ? '/' : end));
  return {
    name: 'rasp-previews',
    apply: 'build',
    async generateBundle() {
      const module = (name: string) => readFileSync(require.resolve(name));
      await initWasm(module('@resvg/resvg-wasm/index_bg.wasm'));
      const fontBuffers = ['DejaVuSans', 'DejaVuSans-Bold', 'DejaVuSansMono'].map(
        (f) => new Uint8Array(module(`dejavu-fonts-ttf/ttf/${f}.ttf`)),
      );
      for (const [file, small] of Object.entries(await picturesOf(root))) {
        const name = file.replace(/\.rasp$/, ''),
          source = readFileSync(path.join(root, 'examples', file), 'utf8');
        const title = pragma(source, 'title') || name,
          description = pragma(source, 'description');
        const image = new Resvg(preview(title, description, small), {
          font: { fontBuffers, defaultFontFamily: 'DejaVu Sans' },
        }).render();
        this.emitFile({ type: 'asset', fileName: `example/${name}.png`, source: image.asPng() });
        this.emitFile({
          type: 'asset',
          fileName: `example/${name}.html`,
          source: examplePage(name, title, description, site),
        });
        image.free();
      }
    },
  };
}
