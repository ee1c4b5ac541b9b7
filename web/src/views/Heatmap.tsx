// One head's pattern: a canvas of one pixel a cell, labels, a crosshair by mouse or arrow keys, and a sentence.
import { useEffect, useRef, useState } from 'preact/hooks';
import { token } from '../values';

interface Props {
  label: string;
  tokens: string[];                       // BOS first
  value: (query: number, key: number) => number;  // 0..1
  causal: boolean;
}

export function Heatmap({ label, tokens, value, causal }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cell, setCell] = useState<[number, number] | null>(null);
  const n = tokens.length;
  useEffect(() => {
    const c = canvas.current!;
    const context = c.getContext('2d')!;
    const style = getComputedStyle(c);
    const channels = (name: string) => style.getPropertyValue(name).trim().split(/\s+/).map(Number);
    const low = channels('--heat-low'), high = channels('--heat-high');
    const image = context.createImageData(n, n);
    for (let q = 0; q < n; ++q) {
      for (let k = 0; k < n; ++k) {
        const x = Math.min(1, Math.max(0, value(q, k)));
        for (let i = 0; i < 3; ++i) image.data[4 * (q * n + k) + i] = (low[i] ?? 0) + x * ((high[i] ?? 0) - (low[i] ?? 0));
        image.data[4 * (q * n + k) + 3] = causal && k > q ? 70 : 255;
      }
    }
    context.putImageData(image, 0, 0);
  });
  const size = Math.max(6, Math.min(26, Math.floor(250 / n)));
  const move = (dq: number, dk: number) => setCell((at) => { const [q, k] = at ?? [1, 1]; return [Math.min(n - 1, Math.max(0, q + dq)), Math.min(n - 1, Math.max(0, k + dk))]; });
  const sentence = () => {
    if (!cell) return 'Point at a cell, or use the arrow keys.';
    const [q, k] = cell;
    const who = (p: number) => (p === 0 ? 'BOS' : `position ${p - 1} "${token(tokens[p]!)}"`);
    return `${who(q)} looks at ${who(k)} with weight ${value(q, k).toFixed(3)}`;
  };
  const small = size < 12;
  return (
    <figure class="heatmap">
      <div class="heat-grid" style={{ gridTemplateColumns: `auto ${size * n}px`, gridTemplateRows: `auto ${size * n}px` }}>
        <span />
        <div class="heat-keys" aria-hidden="true" style={{ gridTemplateColumns: `repeat(${n}, ${size}px)` }}>{tokens.map((t, i) => <span class={cell?.[1] === i ? 'on' : ''}>{small && i % 4 ? '' : i === 0 ? '⊢' : token(t)}</span>)}</div>
        <div class="heat-queries" aria-hidden="true" style={{ gridTemplateRows: `repeat(${n}, ${size}px)` }}>{tokens.map((t, i) => <span class={cell?.[0] === i ? 'on' : ''}>{small && i % 4 ? '' : i === 0 ? '⊢' : token(t)}</span>)}</div>
        <div class="heat-cells">
          <canvas
            ref={canvas} width={n} height={n} tabIndex={0} role="img" aria-label={`${label}: ${sentence()}`}
            style={{ width: `${size * n}px`, height: `${size * n}px` }}
            onMouseMove={(e) => { const r = e.currentTarget.getBoundingClientRect(); setCell([Math.min(n - 1, Math.floor((e.clientY - r.top) / size)), Math.min(n - 1, Math.floor((e.clientX - r.left) / size))]); }}
            onMouseLeave={() => setCell(null)}
            onKeyDown={(e) => {
              const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[e.key];
              if (step) { e.preventDefault(); move(step[0]!, step[1]!); } else if (e.key === 'Escape') setCell(null);
            }}
          />
          {cell && <div class="crosshair" style={{ left: `${cell[1] * size}px`, top: `${cell[0] * size}px`, width: `${size}px`, height: `${size}px` }} />}
        </div>
      </div>
      <figcaption aria-live="polite">{sentence()}</figcaption>
    </figure>
  );
}
