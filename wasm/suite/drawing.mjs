// A small picture of a model on one input: positions run across, layers run down, every head is arcs from the keys that
// its selector selects (above) to the queries that select them (below), every MLP a bar.

const colours = ['#2563eb', '#c2410c', '#15803d', '#7e22ce', '#b91c1c', '#0f766e'];
const band = 26,
  bar = 14,
  margin = 14,
  letter = 6.5,
  widest = 7;
const escaped = (value) =>
  String(value).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
const cut = (text) => (text.length > widest ? `${text.slice(0, widest - 1)}…` : text);

function shown(value) {
  return cut(String(typeof value === 'number' ? Math.round(value * 100) / 100 : value).replace('-', '−'));
}

/**
 * @param {object} compiled the compile document, with details
 * @param {object} trace the trace document
 * @returns {string} SVG
 */
export function drawing(compiled, trace) {
  const input = trace.tokens.slice(1).map(shown),
    output = trace.model.values.map(shown),
    parts = [];
  const lane = Math.max(22, letter * Math.max(...[...input, ...output].map((text) => text.length)) + 6);
  const x = (i) => Math.round((margin + lane * i) * 10) / 10;
  const row = (texts, y) =>
    texts.forEach((text, i) => parts.push(`<text x="${x(i)}" y="${y}" text-anchor="middle">${escaped(text)}</text>`));
  const matrices = new Map(trace.nodes.map((node) => [node.id, node.matrix]));
  const arcs = (matrix, y) =>
    matrix.flatMap((keys, q) =>
      [...keys].flatMap((c, k) =>
        c === '1' ? [`M${x(k)} ${y}C${x(k)} ${y + band / 2} ${x(q)} ${y + band / 2} ${x(q)} ${y + band}`] : [],
      ),
    );
  row(input, 14);
  let y = 22;
  for (const layer of compiled.layers) {
    layer.heads.forEach(({ selector }, h) => {
      const drawn = arcs(matrices.get(selector) ?? [], y);
      if (drawn.length) parts.push(`<path d="${drawn.join('')}" stroke="${colours[h % colours.length]}"/>`);
      y += band;
    });
    if (layer.d_mlp) {
      parts.push(
        `<rect x="${margin - 6}" y="${y + 3}" width="${x(input.length - 1) - margin + 12}" height="6" rx="3"/>`,
      );
      y += bar;
    }
  }
  row(output, y + 14);
  const width = Math.ceil(x(input.length - 1) + margin + lane / 4),
    height = y + 22;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-Math.ceil(lane / 4)} 0 ${width + Math.ceil(lane / 4)} ${height}" width="${width + Math.ceil(lane / 4)}" height="${height}"><style>text{font:11px sans-serif;fill:#334155}path{fill:none;stroke-width:1.3;stroke-opacity:.7}rect{fill:#cbd5e1}</style>${parts.join('')}</svg>\n`;
}
