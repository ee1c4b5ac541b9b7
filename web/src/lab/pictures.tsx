// The laboratory's pictures, as SVG so that they can be exported. Drawn in pixels of the page, never scaled: words keep
// their size.
import { useEffect, useRef, useState } from 'preact/hooks';
import { percentText } from '../../../wasm/lab/request.mjs';
import type { Point } from './protocol';

const percent = (x: number) => `${percentText(x)} %`;
export { percent };

/** The width that the page gives, at most so much. */
function useWidth(most: number) {
  const host = useRef<SVGSVGElement>(null);
  const [width, setWidth] = useState(most);
  useEffect(() => {
    const room = host.current!.parentElement!,
      measure = () => setWidth(Math.max(200, Math.min(most, Math.floor(room.clientWidth))));
    const observer = new ResizeObserver(measure);
    observer.observe(room);
    measure();
    return () => observer.disconnect();
  }, [most]);
  return [host, width] as const;
}

/** Accuracy (and losses, on a logarithmic scale) against steps; a click goes back to a step. */
export function Curve({
  points,
  steps,
  at,
  onStep,
}: {
  points: Point[];
  steps: number;
  at: number;
  onStep: (step: number) => void;
}) {
  const [host, W] = useWidth(640),
    H = 190,
    left = 46,
    bottom = 20,
    top = 8;
  const x = (s: number) => left + (s / Math.max(1, steps)) * (W - left - 8);
  const y = (v: number) => top + (1 - v) * (H - top - bottom);
  const losses = points
    .flatMap((p) => (p.step > 0 ? [p.output_loss ?? 0, p.layers_loss ?? 0] : []))
    .filter((v) => v > 0);
  const high = Math.log10(Math.max(...losses, 1e-9)),
    low = Math.min(high - 1, Math.log10(Math.max(Math.min(...losses, 1), 1e-9)));
  const line = (value: (p: Point) => number | undefined, log = false) =>
    points
      .flatMap((p) => {
        const v = value(p);
        if (v === undefined || (log && v <= 0)) return [];
        return [`${x(p.step).toFixed(1)},${y(log ? (Math.log10(v) - low) / (high - low) : v).toFixed(1)}`];
      })
      .join(' ');
  return (
    <svg
      class="lab-curve"
      ref={host}
      width={W}
      height={H}
      viewBox={`0 0 ${W} ${H}`}
      role="group"
      aria-label={`Accuracy against steps: ${points.length ? percent(points.at(-1)!.held_out) : '0 %'} of held-out positions are right`}
    >
      {[0, 0.5, 1].map((v) => (
        <g key={v}>
          <line x1={left} x2={W - 8} y1={y(v)} y2={y(v)} class="grid" />
          <text x={left - 4} y={y(v) + 4} text-anchor="end">
            {100 * v} %
          </text>
        </g>
      ))}
      <text x={W - 8} y={H - 5} text-anchor="end">
        {steps} steps
      </text>
      <polyline points={line((p) => p.output_loss, true)} class="loss" />
      <polyline points={line((p) => p.layers_loss || undefined, true)} class="loss dashed" />
      <polyline points={line((p) => p.trained)} class="trained" />
      <polyline points={line((p) => p.held_out)} class="held" />
      {points.map((p) => {
        const words = `step ${p.step}: ${percent(p.held_out)} of held-out positions, ${percent(p.trained)} of those trained on`;
        return (
          <circle
            key={p.step}
            cx={x(p.step)}
            cy={y(p.held_out)}
            r={p.step === at ? 5 : 3}
            class={`held-point${p.step === at ? ' on' : ''}`}
            role="button"
            tabindex={0}
            aria-label={words}
            onClick={() => onStep(p.step)}
            onKeyDown={(e) => {
              if (e.key === 'Enter' || e.key === ' ') {
                e.preventDefault();
                onStep(p.step);
              }
            }}
          >
            <title>{words}</title>
          </circle>
        );
      })}
    </svg>
  );
}

const heat = (v: number) =>
  v >= 0 ? `rgb(var(--plus) / ${Math.min(1, v)})` : `rgb(var(--minus) / ${Math.min(1, -v)})`;

/** W·Wᵀ with the features' names: what stands off the diagonal shares a direction. */
export function Overlaps({ overlaps, labels }: { overlaps: number[][]; labels: string[] }) {
  const n = overlaps.length,
    cell = n > 60 ? 7 : n > 24 ? 13 : 18,
    left = 160,
    every = Math.ceil(13 / cell); // a word needs 13 pixels of height
  const size = left + n * cell + 4;
  const cut = (s: string) => (s.length > 22 ? `${s.slice(0, 21)}…` : s);
  return (
    <svg
      class="lab-overlaps"
      width={size}
      height={n * cell + 6}
      viewBox={`0 0 ${size} ${n * cell + 6}`}
      role="img"
      aria-label="Which features share directions: W times its transpose"
    >
      {overlaps.map((row, i) => (
        <g key={i}>
          {i % every === 0 && (
            <text x={left - 6} y={2 + i * cell + Math.max(cell, 13) / 2 + 4} text-anchor="end">
              <title>{labels[i] ?? ''}</title>
              {cut(labels[i] ?? '')}
            </text>
          )}
          {row.map((v, j) => (
            <rect
              key={j}
              x={left + j * cell}
              y={2 + i * cell}
              width={cell - 1}
              height={cell - 1}
              fill={heat(v)}
              class="cell"
            >
              <title>{`${labels[i]} · ${labels[j]} = ${v.toFixed(2)}`}</title>
            </rect>
          ))}
        </g>
      ))}
    </svg>
  );
}

/** One attention pattern: rows are queries, columns keys. */
export function Pattern({ rows, name }: { rows: number[][]; name: string }) {
  const n = rows.length,
    cell = Math.max(4, Math.min(14, Math.floor(120 / n)));
  return (
    <svg class="lab-pattern" width={n * cell + 2} height={n * cell + 2} role="img" aria-label={name}>
      {rows.map((row, q) =>
        row.map((v, k) => (
          <rect
            key={`${q}.${k}`}
            x={1 + k * cell}
            y={1 + q * cell}
            width={cell - 1}
            height={cell - 1}
            fill={`rgb(var(--minus) / ${Math.min(1, v)})`}
            class="cell"
          />
        )),
      )}
    </svg>
  );
}
