// A pattern as a picture: one canvas pixel a cell, scaled by CSS; labels, a crosshair by mouse or arrow keys, a
// sentence for the cell.
import { useEffect, useRef, useState } from 'preact/hooks';
import { channels, table } from '../draw/colour';
import { theme } from '../state/theme';
import { token } from '../values';

interface Props {
  label: string;
  tokens: string[]; // BOS first
  values: Float32Array | number[]; // [n·n], row = query, 0..1
  masked: boolean; // later keys are hidden by the causal mask
  cell: [number, number] | null;
  onCell: (cell: [number, number] | null, lock: boolean) => void;
  sentence: (query: number, key: number) => string;
  most?: number; // longest side of the cells, in pixels
  outputs?: string[]; // what each query gets, beside its row; BOS first
}

const mark = (t: string, i: number) => (i === 0 ? '⊢' : token(t));

export function Heatmap({ label, tokens, values, masked, cell, onCell, sentence, outputs, most = 216 }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [spoken, setSpoken] = useState('');
  const n = tokens.length;
  const scheme = theme.value;
  useEffect(() => {
    const c = canvas.current!;
    const context = c.getContext('2d')!;
    const scale = table(channels(c, '--heat-low'), channels(c, '--heat-high'));
    const image = context.createImageData(n, n);
    for (let i = 0; i < n * n; ++i) {
      const at = 4 * Math.round(255 * Math.min(1, Math.max(0, values[i] ?? 0)));
      image.data.set(scale.subarray(at, at + 4), 4 * i);
      if (masked && i % n > Math.floor(i / n)) image.data[4 * i + 3] = 60;
    }
    context.putImageData(image, 0, 0);
  }, [values, n, masked, scheme]);
  const size = Math.max(3, Math.min(most > 216 ? 40 : 22, Math.floor(most / n)));
  const px = (x: number) => `${x}px`;
  const every = size >= 12 ? 1 : Math.ceil(12 / size);
  const at = (e: MouseEvent & { currentTarget: HTMLElement }): [number, number] => {
    const r = e.currentTarget.getBoundingClientRect();
    const limit = (x: number) => Math.min(n - 1, Math.max(0, Math.floor(x)));
    return [limit(((e.clientY - r.top) / r.height) * n), limit(((e.clientX - r.left) / r.width) * n)];
  };
  const labels = (className: string, index: number | undefined, style: preact.CSSProperties) => (
    <div class={className} aria-hidden="true" style={style}>
      {tokens.map((t, i) => (
        <span class={index === i ? 'on' : ''}>{index === i || i % every === 0 ? mark(t, i) : ''}</span>
      ))}
    </div>
  );
  return (
    <div
      class="heatmap"
      style={{ gridTemplateColumns: `auto auto ${px(size * n)} auto`, gridTemplateRows: `auto auto ${px(size * n)}` }}
    >
      <span class="axis axis-keys" aria-hidden="true">
        key: who is looked at →
      </span>
      <span class="axis axis-queries" aria-hidden="true">
        query: who looks →
      </span>
      <span class="corner" aria-hidden="true" />
      {labels('heat-keys', cell?.[1], { gridTemplateColumns: `repeat(${n}, ${px(size)})` })}
      {labels('heat-queries', cell?.[0], { gridTemplateRows: `repeat(${n}, ${px(size)})` })}
      <div class="heat-cells">
        <canvas
          ref={canvas}
          width={n}
          height={n}
          tabIndex={0}
          role="application"
          aria-roledescription="heatmap"
          aria-label={`${label}. Rows are queries, columns are keys. Arrow keys move, Enter locks.`}
          style={{ width: px(size * n), height: px(size * n) }}
          onMouseMove={(e) => onCell(at(e), false)}
          onMouseLeave={() => onCell(null, false)}
          onClick={(e) => {
            e.stopPropagation();
            onCell(at(e), true);
          }}
          onKeyDown={(e) => {
            const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[e.key];
            const [q, k] = cell ?? [Math.min(1, n - 1), Math.min(1, n - 1)];
            if (step) {
              e.preventDefault();
              const to = cell
                ? ([q + step[0]!, k + step[1]!].map((x) => Math.min(n - 1, Math.max(0, x))) as [number, number])
                : ([q, k] as [number, number]);
              setSpoken(sentence(...to));
              onCell(to, false);
            } else if (e.key === 'Enter' && cell) {
              onCell(cell, true);
            }
          }}
          onBlur={() => {
            setSpoken('');
            onCell(null, false);
          }}
        />
        {cell && <div class="cross-row" style={{ top: px(cell[0] * size), height: px(size) }} />}
        {cell && <div class="cross-column" style={{ left: px(cell[1] * size), width: px(size) }} />}
        {cell && (
          <div
            class="crosshair"
            style={{ left: px(cell[1] * size), top: px(cell[0] * size), width: px(size), height: px(size) }}
          />
        )}
      </div>
      {outputs && (
        <span class="axis axis-outputs" aria-hidden="true">
          gets
        </span>
      )}
      {outputs && (
        <div class="heat-outputs" aria-hidden="true" style={{ gridTemplateRows: `repeat(${n}, ${px(size)})` }}>
          {outputs.map((text, i) => (
            <span class={cell?.[0] === i ? 'on' : ''}>{cell?.[0] === i || i % every === 0 ? text : ''}</span>
          ))}
        </div>
      )}
      <span class="visually-hidden" aria-live="polite">
        {spoken}
      </span>
    </div>
  );
}
