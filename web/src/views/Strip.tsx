// Values over positions, one small cell each: how every s-op is shown.
import type { Cell } from '../draw/cells';
import { focus } from '../state/focus';

const mostCells = 32;

export function Strip({ cells, label }: { cells: Cell[]; label?: string }) {
  const f = focus.value;
  const position = f.position ?? f.query;
  const shown = cells.slice(0, mostCells);
  return (
    <span class="strip" role="img" aria-label={label ?? cells.map((c) => c.text || 'nothing').join(', ')}>
      {shown.map((c, i) => (
        <span
          class={`cell${c.wrong ? ' wrong' : ''}${c.changed ? ' changed' : ''}${c.absent ? ' absent' : ''}${position === i + 1 ? ' here' : ''}${f.key === i + 1 ? ' key' : ''}`}
        >
          {c.text}
        </span>
      ))}
      {cells.length > mostCells && <span class="more">+{cells.length - mostCells}</span>}
    </span>
  );
}
