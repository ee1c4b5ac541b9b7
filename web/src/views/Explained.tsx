// The explanation of a word, beside it, in the top layer: nothing on the page lies over it.
import { useLayoutEffect, useRef } from 'preact/hooks';
import texts from 'virtual:glossary-texts';
import { type Shown, leave, shown as state, stay } from './Term';

const width = 320,
  margin = 8;

export default function Explained({ shown }: { shown: Shown }) {
  const { name, at } = shown,
    entry = texts[name],
    box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const b = box.current!;
    b.showPopover?.();
    const { height } = b.getBoundingClientRect(),
      below = at.bottom + 6 + height < innerHeight;
    b.style.left = `${Math.max(margin, Math.min(at.left, innerWidth - width - margin))}px`;
    b.style.top = `${below ? at.bottom + 6 : Math.max(margin, at.top - 6 - height)}px`;
    const away = (e: Event) => {
      if (!(e.target instanceof Node && b.contains(e.target))) state.value = null;
    };
    const escape = (e: KeyboardEvent) => {
      if (e.key === 'Escape') {
        e.stopPropagation();
        state.value = null;
      }
    };
    addEventListener('scroll', away, { capture: true, passive: true });
    addEventListener('keydown', escape, { capture: true });
    const tap = (e: Event) => {
      if (!(e.target instanceof Element && e.target.closest('.term, #explained'))) state.value = null;
    };
    addEventListener('pointerdown', tap);
    return () => {
      removeEventListener('scroll', away, { capture: true });
      removeEventListener('keydown', escape, { capture: true });
      removeEventListener('pointerdown', tap);
    };
  }, [shown]);
  if (!entry) return null;
  const parts = entry.text.split('`'); // `code`, as in the file
  return (
    <div
      ref={box}
      id="explained"
      role="tooltip"
      popover="manual"
      class="explained"
      onMouseEnter={stay}
      onMouseLeave={leave}
    >
      <p>
        <strong>{name}</strong> {parts.map((part, i) => (i % 2 ? <code>{part}</code> : part))}
      </p>
      <p>
        <a href={`./docs/glossary.html#${entry.anchor}`} target="_blank" rel="noopener" tabIndex={-1}>
          all words
        </a>
      </p>
    </div>
  );
}
