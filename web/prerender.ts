// The first picture, in the document itself: what a first visitor sees before any script has arrived. It has the live
// page's own classes and the values that interpreter and model really gave, so that it becomes live where it stands.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';
import { picturesOf } from './pictures.ts';
import { bandHeight, howToRead, namesWidth, widestLane } from './src/draw/score.ts';
import { type Band, type Small, arcs } from './src/shell/small.ts';

const first = 'reverse.rasp';
const escape = (s: string | number) =>
  String(s).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const pragma = (source: string, key: string) => source.match(new RegExp(`^#@ ${key} (.*)$`, 'm'))?.[1] ?? '';

const lane = widestLane,
  high = bandHeight(2); // as the live score draws them

/** The score's rows and bands, with the classes of the live one. */
function score(s: Small): string {
  const across = s.input.length;
  const cells = (list: string[], kind = '') =>
    list.map((v) => `<td class="${kind}"><button type="button" class="value">${escape(v)}</button></td>`).join('');
  const row = (label: string, list: string[], kind = '', type = '') =>
    `<tbody class="line"><tr class="stave ${kind}"><th scope="row"><button type="button" class="expander"></button><button type="button" class="link name">${escape(label)}</button></th>${cells(list, type)}<th class="note"><small></small></th></tr></tbody>`;
  const heading = (text: string) =>
    `<tbody><tr class="heading"><th scope="rowgroup" colspan="${across + 2}"><span class="row-name">${text}</span></th></tr></tbody>`;
  const width = lane * across;
  const band = (b: Band) =>
    `<tbody class="band box head"><tr><th scope="row"><button type="button" class="expander"></button><button type="button" class="box-title">head ${b.layer + 1}.${b.number! + 1}</button></th><td colspan="${across}" class="arcs"><svg width="${width}" height="${high}" viewBox="0 0 ${width} ${high}" role="img" aria-label="who looks at whom"><path class="level3" d="${arcs(b.matrix!, (i) => lane * (i + 0.5), 0, high)}"/></svg></td><th class="note"></th></tr></tbody>`;
  let last = '';
  const bands = s.bands
    .map((b) => {
      const title =
        b.kind === 'embedding' ? 'Embedding' : `Layer ${b.layer + 1} · ${b.kind === 'head' ? 'attention' : 'MLP'}`;
      const top = title === last ? '' : heading(title);
      last = title;
      return top + (b.matrix ? band(b) : '') + (b.row ? row(b.label, b.row) : '');
    })
    .join('');
  const end = (label: string) =>
    `<tr><th scope="row">${label}</th>${s.output.map((v) => `<td>${escape(v)}</td>`).join('')}</tr>`;
  return `<section class="score"><p class="caption"><span class="hint">${howToRead}</span></p><div class="scroll staves-scroll"><table class="staves compare"><colgroup><col width="${namesWidth(s.bands.map((b) => b.label))}">${`<col width="${lane}">`.repeat(across)}<col></colgroup>
<thead><tr class="positions"><th scope="row">position</th>${s.input.map((_, i) => `<td>${i}</td>`).join('')}</tr></thead>${row('input', s.input, 'input-row', 'token')}${bands}
<tbody class="end"><tr class="heading"><th scope="rowgroup" colspan="${across + 2}"><button type="button" class="row-name">Output</button></th></tr>${end('model')}${end('interpreter')}</tbody></table></div></section>`;
}

const result = (
  s: Small,
  source: string,
) => `<section class="result" aria-label="Output"><div class="panel-bar"><h2>${escape(pragma(source, 'title'))}</h2>${s.verdict && `<p class="verdict good">${escape(s.verdict).replace('proved', '<span class="term">proved</span>')}</p>`}<span class="status">starting the engine…</span></div>
<p class="description">${escape(pragma(source, 'description'))}</p></section>`;

/** What `<div id="app">` holds until the page is live. `captions` are taken from the component's source: they are written once. */
export function firstPage(s: Small, source: string, captions: string[]): string {
  const program = source.replace(/^(#@.*\n)+\n?/, '');
  const button = (text: string, quiet = '') => `<span class="button${quiet}">${text}</span>`;
  return `<div class="app show-model prerendered" inert>
<header class="top"><h1><svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true"><path d="M1 1h6v6H1zM9 9h6v6H9z"/><path class="soft" d="M9 1h6v6H9zM1 9h6v6H1z"/></svg> RASP <span>Playground</span></h1>
<nav aria-label="Page">${button('Examples')}${button('Share')}${button('Export')}${button('Tour', ' quiet')}${button('Help', ' quiet')}${button('◐', ' quiet')}</nav></header>
<nav class="phone-tabs" aria-label="Part of the page"><button type="button">Code</button><button type="button" aria-pressed="true">Model</button></nav>
<main><div class="left"><div class="pane"><div class="files"><span class="file on"><button type="button">${first}</button></span></div><div class="editor"><pre class="plain-code">▸ ${escape(pragma(source, 'title'))}\n${escape(program)}</pre></div></div></div>
<div class="centre standing" inert>${result(s, source)}
<aside class="captions" aria-label="How to read this page"><ol>${captions.map((c) => `<li>${c}</li>`).join('')}</ol><button type="button" class="quiet">✕</button></aside>
<div class="views-bar"><div class="views"><button type="button" role="tab" aria-selected="true">Score</button><button type="button" role="tab">Craft</button><button type="button" role="tab">Generate</button><button type="button" role="tab">Cost</button><button type="button" role="tab">Laboratory</button></div><div class="scrubber player"><button type="button">◀</button><button type="button" class="play">▶</button><button type="button">▶▏</button><input type="range" min="0" max="3" value="3" aria-label="Step"><span class="step-name">step</span></div></div>
<div class="view">${score(s)}</div></div>
<aside class="inspector"></aside></main></div>`;
}

export function prerender(root: string): Plugin {
  const here = path.join(root, 'web');
  return {
    name: 'rasp-first-picture',
    apply: 'build',
    buildStart() {
      this.emitFile({ type: 'asset', name: 'boot.js', source: readFileSync(path.join(here, 'src/boot.js'), 'utf8') });
    },
    transformIndexHtml: {
      order: 'post',
      async handler(html, { bundle }) {
        const { [first]: picture } = await picturesOf(root, (f) => f === first);
        const captions = [
          ...readFileSync(path.join(here, 'src/shell/Captions.tsx'), 'utf8').matchAll(/<li>\s*([\s\S]*?)\s*<\/li>/g),
        ].map((m) => m[1]!.replace(/<Term [^>]*>(.*?)<\/Term>/g, '<span class="term">$1</span>'));
        const boot = Object.keys(bundle ?? {}).find((f) => /boot-.*\.js$/.test(f));
        if (!picture || !boot || captions.length !== 3)
          throw new Error('the first picture cannot be made: its example, boot.js or the captions are missing');
        const page = firstPage(picture, readFileSync(path.join(root, 'examples', first), 'utf8'), captions);
        return html
          .replace('<div id="app"></div>', () => `<div id="app">${page}</div>`)
          .replace('<meta name="color-scheme"', `<script src="./${boot}"></script>\n<meta name="color-scheme"`);
      },
    },
  };
}
