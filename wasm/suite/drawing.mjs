// A small picture of a model on one input: positions run across, layers run down, every head is arcs from the positions that it reads.

const colours = ['#2563eb', '#c2410c', '#15803d', '#7e22ce', '#b91c1c', '#0f766e'];
const step = 22, band = 26, margin = 14;
const text = (value) => String(value).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

/**
 * @param {object} compiled the compile document, with details
 * @param {object} trace the trace document
 * @param {Float32Array} arena the tensors that it names
 * @returns {string} SVG
 */
export function drawing(compiled, trace, arena) {
  const T = trace.T, x = (i) => margin + i * step, parts = [];
  let y = 22;
  trace.tokens.forEach((token, i) => parts.push(`<text x="${x(i)}" y="14" text-anchor="middle">${i === 0 ? '·' : text(token)}</text>`));
  compiled.layers.forEach((layer, l) => {
    const pattern = trace.tensors.find((each) => each.name === `blocks.${l}.attn.pattern`);
    layer.heads.forEach((_, h) => {
      const colour = colours[h % colours.length];
      for (let q = 1; q < T; ++q)
        for (let k = 0; k < T; ++k) {
          const weight = arena[pattern.offset + (h * T + q) * T + k];
          if (weight > 0.05 && !(k === 0 && weight > 0.95))
            parts.push(`<path d="M${x(k)} ${y}C${x(k)} ${y + band * 0.6} ${x(q)} ${y + band * 0.4} ${x(q)} ${y + band}" stroke="${colour}" stroke-opacity="${Math.max(0.15, weight).toFixed(2)}"/>`);
        }
      y += band;
    });
    if (layer.d_mlp) {
      parts.push(`<rect x="${margin - 6}" y="${y + 3}" width="${(T - 1) * step + 12}" height="6" rx="3"/>`);
      y += 14;
    }
  });
  trace.model.values.forEach((value, i) => parts.push(`<text x="${x(i + 1)}" y="${y + 14}" text-anchor="middle">${text(typeof value === 'number' ? Math.round(value * 100) / 100 : value)}</text>`));
  const width = 2 * margin + (T - 1) * step, height = y + 22;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><style>text{font:11px sans-serif;fill:#334155}path{fill:none;stroke-width:1.4}rect{fill:#cbd5e1}</style>${parts.join('')}</svg>\n`;
}
