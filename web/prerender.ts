// The first picture, in the document itself: what a first visitor sees before any script has arrived. It has the live page's own
// classes and the values that interpreter and model really gave, so that it becomes live where it stands.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';
import { picturesOf } from './pictures.ts';
import { type Shape, type Small, whole } from './src/shell/small.ts';

const first = 'reverse.rasp';
const escape = (s: string | number) => String(s).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const pragma = (source: string, key: string) => source.match(new RegExp(`^#@ ${key} (.*)$`, 'm'))?.[1] ?? '';

export function svg(s: Small, shown = whole(s)): string {
  const attributes = (at: Shape['at']) => Object.entries(at).map(([k, v]) => ` ${k}="${escape(v)}"`).join('');
  const shape = (x: Shape) => `<${x.tag} class="${x.role}"${attributes(x.at)}>${escape(x.text ?? '')}</${x.tag}>`;
  return `<svg class="small-picture" width="${shown.width}" height="${shown.height}" viewBox="0 0 ${shown.width} ${shown.height}" role="img" aria-label="${escape(s.input.join(' '))} becomes ${escape(s.output.join(' '))}">${shown.shapes.map(shape).join('')}</svg>`;
}

function result(s: Small, source: string): string {
  const row = (name: string, list: (string | number)[], kind = '') => `<tr${name === 'position' ? ' class="positions"' : ''}><th scope="row">${name}</th>${list.map((v) => `<td class="${kind}">${escape(v)}</td>`).join('')}</tr>`;
  return `<section class="result" aria-label="Output"><div class="panel-bar"><h2>${escape(pragma(source, 'title'))}</h2><span class="status">starting the engine…</span></div>
<p class="description">${escape(pragma(source, 'description'))}</p>
<div class="scroll"><table class="compare"><tbody>${row('position', s.input.map((_, i) => i))}${row('input', s.input, 'token')}${row('interpreter', s.output)}${row('model', s.output)}</tbody></table></div>${s.verdict && `<p class="verdict good">${escape(s.verdict)}</p>`}</section>`;
}

/** What `<div id="app">` holds until the page is live. `captions` are taken from the component's source: they are written once. */
export function firstPage(s: Small, source: string, captions: string[]): string {
  const program = source.replace(/^(#@.*\n)+\n?/, '');
  const button = (text: string, quiet = '') => `<span class="button${quiet}">${text}</span>`;
  return `<div class="app show-model prerendered" inert>
<header class="top"><h1><svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true"><path d="M1 1h6v6H1zM9 9h6v6H9z"/><path class="soft" d="M9 1h6v6H9zM1 9h6v6H1z"/></svg> RASP <span>Playground</span></h1>
<nav aria-label="Page">${button('Examples')}${button('Share')}${button('Export')}${button('Tour', ' quiet')}${button('Help', ' quiet')}${button('◐', ' quiet')}</nav></header>
<nav class="phone-tabs" aria-label="Part of the page"><button type="button">Code</button><button type="button" aria-pressed="true">Model</button></nav>
<main><div class="left"><div class="pane"><div class="files"><span class="file on"><button type="button">${first}</button></span></div><div class="editor"><pre class="plain-code">▸ ${escape(pragma(source, 'title'))}\n${escape(program)}</pre></div></div></div>
<div class="centre standing">${result(s, source)}
<aside class="captions" aria-label="How to read this page"><ol>${captions.map((c) => `<li>${c}</li>`).join('')}</ol><span class="button quiet">✕</span></aside>
<div class="view">${svg(s)}</div></div>
<aside class="inspector"></aside></main></div>`;
}

export function prerender(root: string): Plugin {
  const here = path.join(root, 'web');
  return {
    name: 'rasp-first-picture',
    apply: 'build',
    buildStart() { this.emitFile({ type: 'asset', name: 'boot.js', source: readFileSync(path.join(here, 'src/boot.js'), 'utf8') }); },
    transformIndexHtml: {
      order: 'post',
      async handler(html, { bundle }) {
        const { [first]: picture } = await picturesOf(root, (f) => f === first);
        const captions = [...readFileSync(path.join(here, 'src/shell/Captions.tsx'), 'utf8').matchAll(/<li>(.*)<\/li>/g)].map((m) => m[1]!);
        const boot = Object.keys(bundle ?? {}).find((f) => /boot-.*\.js$/.test(f));
        if (!picture || !boot || captions.length !== 3) throw new Error('the first picture cannot be made: its example, boot.js or the captions are missing');
        const page = firstPage(picture, readFileSync(path.join(root, 'examples', first), 'utf8'), captions);
        return html.replace('<div id="app"></div>', () => `<div id="app">${page}</div>`).replace('<meta name="color-scheme"', `<script src="./${boot}"></script>\n<meta name="color-scheme"`);
      },
    },
  };
}
