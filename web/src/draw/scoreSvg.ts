/**
 * The score as a stand-alone picture, made from the numbers and not from the screen, in light colours whatever the page
 * shows: whole, as it stands at one step, or all steps one after the other in one animated file (CSS within the SVG: it
 * runs in browsers and slides, and needs no script).
 */
import type { Picture } from '../state/live';
import { token } from '../values';
import { type Cell, outputCells, subspaceCells } from './cells';
import { drawnPattern, headDoes, headName } from './pattern';
import { type Line, arcPath, arcsOf, noteWords, scoreOf, trueName } from './score';
import { type Step, stepsOf } from './steps';

const gutter = 205,
  lane = 36,
  aside = 190,
  tall = 22,
  arcs = 32;
const escape = (s: string) =>
  s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const cut = (s: string, n: number) => (s.length > n ? `${s.slice(0, n - 1)}…` : s);
const text = (x: number, y: number, s: string, extra = '') =>
  `<text x="${x}" y="${y}"${extra && ` ${extra}`}>${escape(s)}</text>`;
const ink = '#1c1f23',
  quiet = '#59616b',
  hair = '#dcdfe3',
  opacity = [0.25, 0.45, 0.65, 0.9];

interface Drawing {
  p: Picture;
  lines: Line[];
  positions: number;
  paint: (node: number) => string;
}

/** A tile in the colour of the row, as on the page. */
const tile = (x: number, y: number, colour: string) =>
  `<rect x="${x}" y="${y + 1}" width="${lane - 1}" height="${tall - 2}" rx="4" fill="${colour}" fill-opacity=".13"/>`;

const cells = (d: Drawing, list: Cell[], y: number, colour: string, bold = false, tiles = true) =>
  list
    .slice(0, d.positions)
    .map(
      (c, i) =>
        (c.text && tiles ? tile(gutter + i * lane, y, colour) : '') +
        text(
          gutter + (i + 0.5) * lane,
          y + 15,
          cut(c.text, 5),
          `text-anchor="middle" fill="${c.wrong ? '#b3261e' : colour}"${bold || c.changed ? ' font-weight="700"' : ''}`,
        ),
    )
    .join('');

function band(d: Drawing, line: Extract<Line, { kind: 'band' }>, y: number, there: boolean, on: boolean): string {
  const { compiled, trace } = d.p,
    selector = line.selector >= 0 ? compiled.nodes[line.selector]?.name : '';
  const name = selector || line.nodes.map((n) => compiled.nodes[n]?.name || compiled.nodes[n]?.label || '').join(', '),
    colour = d.paint(line.nodes[0] ?? -1);
  const info = compiled.layers[line.layer]!.heads[line.head]!,
    says = line.label === name ? headDoes(info, (s) => trueName(compiled, s).name) : line.label;
  const levels = there
    ? arcsOf(drawnPattern(d.p, line.layer, line.head), trace.T).map((pairs) =>
        pairs.filter(([q, k]) => q < d.positions && k < d.positions),
      )
    : [];
  return (
    `${on ? `<rect x="4" y="${y}" width="${gutter + d.positions * lane + aside - 8}" height="${arcs}" fill="#e2ebf6"/>` : ''}${text(14, y + 20, headName(line.layer, line.head), `fill="${quiet}"`)}${text(84, y + 20, cut(name, 16), `fill="${colour}" font-weight="600"`)}` +
    `<g transform="translate(${gutter} ${y})" fill="none" stroke="${colour}" stroke-width="1.5">${levels.map((pairs, i) => (pairs.length ? `<path d="${arcPath(pairs, lane, arcs)}" stroke-opacity="${opacity[i]}"/>` : '')).join('')}</g>` +
    text(gutter + d.positions * lane + 12, y + 20, cut(says, 22), `fill="${quiet}"`)
  );
}

/** The lines of one step, and how far down they reach; `step` null: the end. */
function page(d: Drawing, step: Step | null, top: number): { body: string; height: number } {
  const { p } = d,
    out = outputCells(p),
    right = gutter + d.positions * lane;
  const filled = (half: number) => step === null || half < step.half || (half === step.half && step.phase === 3);
  let y = top,
    body = '';
  const lane_ = (name: string, list: Cell[], colour: string, note = '', bold = false, nameColour = colour) => {
    body +=
      text(14, y + 15, cut(name, 24), `fill="${nameColour}"${bold ? '' : ' font-weight="600"'}`) +
      cells(d, list, y, colour, bold, name !== 'position') +
      (note ? text(right + 12, y + 15, cut(note, 22), `fill="${quiet}"`) : '');
    y += tall;
  };
  const heading = (s: string, on: boolean) => {
    body += `<line x1="8" x2="${right + aside - 8}" y1="${y + 4}" y2="${y + 4}" stroke="${hair}"/>${text(8, y + 18, s, `fill="${on ? '#1d5fbf' : quiet}" font-size="12" font-weight="700"`)}`;
    y += 24;
  };
  lane_(
    'position',
    out.input.map((_, i) => ({ text: String(i) })),
    quiet,
  );
  lane_(
    'input',
    out.input.map((c) => ({ text: token(c.text) })),
    '#1d5fbf',
    '',
    true,
  );
  for (const line of d.lines) {
    const on = step !== null && line.half === step.half;
    if (line.kind === 'heading') heading(line.text, on);
    else if (line.kind === 'band') {
      body += band(d, line, y, step === null || line.half < step.half || (on && step.phase > 1), on);
      y += arcs;
    } else if (line.kind === 'row') {
      const colour = line.part ? ink : d.paint(line.node);
      lane_(line.name, filled(line.half) ? subspaceCells(p, line.subspace, line.half) : [], colour, line.note);
    } else {
      const [verb, why] = noteWords(line);
      body += text(14, y + 15, `${verb} ${line.names.join(', ')}: ${why}`, `fill="${quiet}"`);
      y += tall;
    }
  }
  heading('Output', false);
  lane_('model', step === null ? out.model : [], ink, '', true);
  lane_('interpreter', out.interpreter, ink, '', true);
  return { body, height: y + 8 };
}

const file = (w: number, h: number, inner: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="12.5"><rect width="${w}" height="${h}" fill="#fff"/>${inner}</svg>\n`;

const most = 64;
const begin = (p: Picture, paint: Drawing['paint']): Drawing & { width: number } => {
  const positions = Math.min(p.trace.T - 1, most);
  return { p, lines: scoreOf(p.compiled), positions, paint, width: Math.max(560, gutter + positions * lane + aside) };
};

export function scoreSvg(p: Picture, paint: Drawing['paint']): string {
  const d = begin(p, paint),
    { body, height } = page(d, null, 8);
  return file(d.width, height, body);
}

/** A sentence broken into lines of a picture that is `width` wide. */
function wrapped(sentence: string, width: number): string[] {
  const letters = Math.floor((width - 24) / 6.4),
    lines: string[] = [''];
  for (const word of sentence.split(' ')) {
    if (`${lines.at(-1)} ${word}`.length > letters) lines.push(word);
    else lines[lines.length - 1] = `${lines.at(-1)} ${word}`.trim();
  }
  return lines.slice(0, 4);
}

const captionRoom = 76;
function frames(p: Picture, paint: Drawing['paint']) {
  const d = begin(p, paint),
    steps = stepsOf(p.compiled);
  const bodies = steps.map((s, i) => {
    const { body, height } = page(d, i === steps.length - 1 ? null : s, captionRoom);
    const caption = wrapped(s.caption, d.width)
      .map((l, n) => text(8, 38 + 14 * n, l, `font-family="system-ui, sans-serif" font-size="12" fill="${ink}"`))
      .join('');
    return {
      inner: `${text(8, 20, `${i + 1} of ${steps.length} · ${s.title}`, `font-family="system-ui, sans-serif" font-weight="700" font-size="13" fill="${ink}"`)}${caption}${body}`,
      height,
    };
  });
  return { width: d.width, height: Math.max(...bodies.map((b) => b.height)), bodies };
}

/** One SVG a step. */
export function stepSvgs(p: Picture, paint: Drawing['paint']): string[] {
  const { width, height, bodies } = frames(p, paint);
  return bodies.map((b) => file(width, height, b.inner));
}

/** All steps in one file, `seconds` each, again and again; who asks for reduced motion sees the last. */
export function animatedSvg(p: Picture, paint: Drawing['paint'], seconds = 2): string {
  const { width, height, bodies } = frames(p, paint),
    n = bodies.length,
    share = (100 / n).toFixed(4);
  const style = `<style>.f{visibility:hidden;animation:f ${n * seconds}s step-end infinite}@keyframes f{0%{visibility:visible}${share}%,100%{visibility:hidden}}@media (prefers-reduced-motion:reduce){.f{animation:none}.f:last-of-type{visibility:visible}}</style>`;
  return file(
    width,
    height,
    style + bodies.map((b, i) => `<g class="f" style="animation-delay:${(i - n) * seconds}s">${b.inner}</g>`).join(''),
  );
}
