/**
 * Pictures for papers and slides: the attention patterns and the residual table as stand-alone SVG, in light colours
 * whatever the page shows, made from the numbers and not from the screen.
 */
import type { Picture } from '../state/live';
import { token } from '../values';
import { subspaceCells } from './cells';
import { css, mix, type Rgb } from './colour';
import { drawnPattern, headName } from './pattern';

const low: Rgb = [240, 243, 248],
  high: Rgb = [20, 74, 158];
const escape = (s: string) =>
  s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const text = (x: number, y: number, s: string, extra = '') => `<text x="${x}" y="${y}" ${extra}>${escape(s)}</text>`;
const document_ = (w: number, h: number, body: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12" fill="#1c1f23"><rect width="${w}" height="${h}" fill="#fff"/>${body}</svg>\n`;

export function attentionSvg(p: Picture): string {
  const { T, tokens } = p.trace;
  const cell = Math.max(4, Math.min(18, Math.floor(320 / T))),
    side = cell * T,
    gap = 28,
    labelled = cell >= 9;
  const name = (n: number) => p.compiled.nodes[n]?.name || p.compiled.nodes[n]?.label || '';
  let body = '',
    width = 0,
    y = 24;
  p.compiled.layers.forEach((l, layer) => {
    if (!l.heads.length) return;
    body += text(8, y, `Layer ${layer + 1}`, 'font-weight="700"');
    let x = 8;
    l.heads.forEach((h, head) => {
      const values = drawnPattern(p, layer, head),
        left = x + 20,
        top = y + 52;
      body +=
        text(x, y + 18, `${headName(layer, head)}  ${[...new Set(h.nodes)].map(name).join(', ')}`.slice(0, 44)) +
        text(x, y + 33, h.label.slice(0, 44), 'fill="#5c646e"');
      for (let q = 0; q < T; ++q)
        for (let k = 0; k < T; ++k)
          body += `<rect x="${left + k * cell}" y="${top + q * cell}" width="${cell}" height="${cell}" fill="${css(mix(low, high, Math.min(1, Math.max(0, values[q * T + k]!))))}"/>`;
      if (labelled)
        tokens.forEach((t, i) => {
          const s = i === 0 ? '⊢' : token(t).slice(0, 3);
          body +=
            text(left + (i + 0.5) * cell, top - 4, s, 'text-anchor="middle"') +
            text(left - 4, top + (i + 0.75) * cell, s, 'text-anchor="end"');
        });
      x += Math.max(side + 20 + gap, 44 * 7.3);
    });
    width = Math.max(width, x);
    y += side + 84;
  });
  return document_(Math.max(width, 200), y, body || text(8, 24, 'This model has no attention heads.'));
}

export function residualSvg(p: Picture, half: number): string {
  const { tokens } = p.trace;
  const rows = p.trace.decoded.map((d) => ({
    label: p.compiled.subspaces[d.subspace]!.label,
    cells: subspaceCells(p, d.subspace, half),
  }));
  const w = 36,
    left = 12 + 7.4 * Math.min(40, Math.max(6, ...rows.map((r) => r.label.length))),
    line = 20;
  let body = tokens
    .slice(1)
    .map((t, i) => text(left + (i + 0.5) * w, 20, token(t).slice(0, 4), 'text-anchor="middle" fill="#1d5fbf"'))
    .join('');
  rows.forEach((r, i) => {
    const y = 42 + i * line;
    body +=
      `<line x1="8" x2="${left + (tokens.length - 1) * w}" y1="${y - 14}" y2="${y - 14}" stroke="#dcdfe3"/>` +
      text(8, y, r.label.slice(0, 40));
    body += r.cells
      .map((c, t) =>
        text(
          left + (t + 0.5) * w,
          y,
          c.text.slice(0, 5) || '·',
          `text-anchor="middle"${c.changed ? ' fill="#8a5a00" font-weight="700"' : ''}`,
        ),
      )
      .join('');
  });
  return document_(left + (tokens.length - 1) * w + 12, 42 + rows.length * line, body);
}

/** Longest side of a picture of pixels. */
const mostPixels = 8000;

/** Draws it, `scale` pixels for one of its own; the caller reads the canvas. */
export async function toCanvas(svg: string, scale = 2, most = mostPixels): Promise<HTMLCanvasElement> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    const fit = Math.min(scale, most / Math.max(image.width, image.height));
    canvas.width = Math.ceil(image.width * fit);
    canvas.height = Math.ceil(image.height * fit);
    canvas.getContext('2d', { willReadFrequently: true })!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas;
  } finally {
    URL.revokeObjectURL(url);
  }
}

export async function toPng(svg: string, scale = 2): Promise<Blob> {
  const canvas = await toCanvas(svg, scale);
  return new Promise((resolve, reject) =>
    canvas.toBlob((b) => (b ? resolve(b) : reject(new Error('The picture is too large'))), 'image/png'),
  );
}
