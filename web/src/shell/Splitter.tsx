// The edge between two panels: dragged, or moved with the arrow keys; a double click or Enter gives the usual size
// back. Sizes are remembered.
import { type Signal, signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';

const key = 'rasp-panels',
  step = 24;
type Panel = 'left' | 'inspector' | 'console';
type Sizes = Partial<Record<Panel, number>>;
const least: Record<Panel, number> = { left: 260, inspector: 220, console: 64 };
const words: Record<Panel, string> = {
  left: 'Width of the program',
  inspector: 'Width of the details',
  console: 'Height of the problems',
};

function stored(): Sizes {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? '{}') as Record<string, unknown>;
    return Object.fromEntries(
      (Object.keys(least) as Panel[]).flatMap((p) =>
        typeof kept[p] === 'number' && kept[p] >= least[p] && kept[p] < 10_000 ? [[p, kept[p]]] : [],
      ),
    );
  } catch {
    return {};
  }
}
const sizes: Signal<Sizes> = signal(stored());

function keep(panel: Panel, size: number | undefined) {
  const { [panel]: _, ...rest } = sizes.peek();
  sizes.value = size === undefined ? rest : { ...rest, [panel]: Math.round(size) };
  try {
    localStorage.setItem(key, JSON.stringify(sizes.peek()));
  } catch {
    /* until the reload */
  }
}

/** Sizes in force, as properties for the style sheet, which has the usual ones and sees to it that the score keeps some room. */
export const panelStyle = (): Record<string, string> =>
  Object.fromEntries(Object.entries(sizes.value).map(([p, n]) => [`--${p}`, `${n}px`]));

const rectOf = (panel: Panel) => document.querySelector(`.${panel}`)?.getBoundingClientRect();

export function Splitter({ panel }: { panel: Panel }) {
  const across = panel !== 'console'; // moves sideways
  const [now, setNow] = useState({ size: 0, most: 0 });
  const measure = () => {
    const r = rectOf(panel);
    if (r)
      setNow({
        size: Math.round(across ? r.width : r.height),
        most: Math.round(across ? innerWidth * (panel === 'left' ? 0.5 : 0.3) : innerHeight * 0.6),
      });
  };
  useEffect(() => {
    measure();
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, [sizes.value]);
  const set = (size: number) => keep(panel, Math.max(least[panel], Math.min(now.most, size)));
  const to = (e: PointerEvent) => {
    const r = rectOf(panel);
    if (r)
      set(panel === 'left' ? e.clientX - r.left : panel === 'inspector' ? r.right - e.clientX : r.bottom - e.clientY);
  };
  const grow = { left: 'ArrowRight', inspector: 'ArrowLeft', console: 'ArrowUp' }[panel],
    shrink = { left: 'ArrowLeft', inspector: 'ArrowRight', console: 'ArrowDown' }[panel];
  return (
    <div
      class={`splitter split-${panel}`}
      role="separator"
      tabIndex={0}
      aria-label={words[panel]}
      aria-orientation={across ? 'vertical' : 'horizontal'}
      aria-valuemin={least[panel]}
      aria-valuemax={Math.max(now.most, now.size)}
      aria-valuenow={now.size}
      aria-valuetext={`${now.size} pixels`}
      onPointerDown={(e) => {
        e.preventDefault();
        e.currentTarget.focus();
        e.currentTarget.setPointerCapture(e.pointerId);
      }}
      onPointerMove={(e) => {
        if (e.currentTarget.hasPointerCapture(e.pointerId)) to(e);
      }}
      onDblClick={() => keep(panel, undefined)}
      onKeyDown={(e) => {
        // The next key may come before this one is drawn: the size that was asked for counts, not the one that is seen.
        const asked = Math.min(sizes.peek()[panel] ?? now.size, now.most);
        const size = { [grow]: asked + step, [shrink]: asked - step, Home: least[panel], End: now.most }[e.key];
        if (size === undefined && e.key !== 'Enter') return;
        e.preventDefault();
        e.stopPropagation();
        if (size === undefined) keep(panel, undefined);
        else set(size);
      }}
    />
  );
}
