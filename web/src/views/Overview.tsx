// Where one is in a long score: a strip at the edge with a tick a line; a click goes there.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Line } from '../draw/score';
import { colour } from '../state/focus';

export function Overview({ lines, host }: { lines: Line[]; host: { current: HTMLElement | null } }) {
  const [seen, setSeen] = useState<[number, number]>([0, 1]),
    [tall, setTall] = useState(0);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const scroller = host.current!.closest('.centre')!;
    const measure = () => {
      const table = host.current?.querySelector('.staves')?.getBoundingClientRect(),
        room = scroller.getBoundingClientRect();
      setTall(Math.max(80, Math.min(room.bottom, innerHeight) - place.current!.getBoundingClientRect().top - 16));
      if (table)
        setSeen([
          Math.max(0, (room.top - table.top) / table.height),
          Math.min(1, (room.bottom - table.top) / table.height),
        ]);
    };
    measure();
    scroller.addEventListener('scroll', measure, { passive: true });
    addEventListener('resize', measure);
    return () => {
      scroller.removeEventListener('scroll', measure);
      removeEventListener('resize', measure);
    };
  }, [lines]);
  const go = (key: string) => host.current?.querySelector(`[data-item="${key}"]`)?.scrollIntoView({ block: 'center' });
  return (
    <div class="overview-place" ref={place}>
      <nav class="overview" aria-label="Overview of the score" style={{ height: `${tall}px` }}>
        <span class="overview-seen" style={{ top: `${100 * seen[0]}%`, bottom: `${100 * (1 - seen[1])}%` }} />
        {lines
          .filter((l) => l.kind === 'band' || l.kind === 'row')
          .map((l) => (
            <button
              type="button"
              tabIndex={-1}
              class={l.kind}
              title={l.kind === 'band' ? l.label : l.name}
              aria-label={l.kind === 'band' ? `head ${l.layer + 1}.${l.head + 1}` : l.name}
              style={{
                background: l.kind === 'band' ? (l.nodes[0] === undefined ? undefined : colour(l.nodes[0])) : undefined,
              }}
              onClick={() => go(l.key)}
            />
          ))}
      </nav>
    </div>
  );
}
