// While one points at something whose other end is out of sight: a mark at that edge, such as "↓ head 2.1" or "↑ line
// 4".
import { useEffect, useState } from 'preact/hooks';
import { codeEdge } from '../state/edge';
import { hover } from '../state/focus';

interface Mark {
  text: string;
  up: boolean;
  x: number;
  y: number;
}

/** The nearest lit line of the score, where none is in sight. */
function inScore(): Mark | null {
  const room = document.querySelector('.centre')?.getBoundingClientRect(),
    lit = [...document.querySelectorAll<HTMLElement>('.score tbody.on')];
  if (!room?.width || !lit.length) return null;
  const low = Math.min(room.bottom, innerHeight),
    places = lit.map((e) => ({ e, r: e.getBoundingClientRect() }));
  if (places.some(({ r }) => r.bottom > room.top + 8 && r.top < low - 8)) return null;
  const up = places.every(({ r }) => r.bottom <= room.top + 8),
    { e } = up ? places.at(-1)! : places.find(({ r }) => r.top >= low - 8)!;
  const name = e.querySelector('.box-title, .name')?.textContent ?? '';
  return { text: name, up, x: (room.left + room.right) / 2, y: up ? room.top + 4 : low - 32 };
}

function inCode(): Mark | null {
  const edge = codeEdge(),
    room = document.querySelector('.editor')?.getBoundingClientRect();
  return edge && room?.width
    ? {
        text: `line ${edge.line}`,
        up: edge.up,
        x: (room.left + room.right) / 2,
        y: edge.up ? room.top + 4 : room.bottom - 32,
      }
    : null;
}

export function EdgeMarks() {
  const [marks, setMarks] = useState<Mark[]>([]);
  const h = hover.value;
  useEffect(() => {
    if (!h) {
      setMarks([]);
      return undefined;
    }
    // once what is lit is drawn
    const timer = setTimeout(() => setMarks([inScore(), inCode()].filter((m) => m !== null)), 60);
    return () => clearTimeout(timer);
  }, [h]);
  return (
    <>
      {marks.map((m) => (
        <span class="edge-mark" aria-hidden="true" style={{ left: `${m.x}px`, top: `${m.y}px` }}>
          {m.up ? '↑' : '↓'} {m.text}
        </span>
      ))}
    </>
  );
}
