// A word that is explained where it stands: by the pointer, by focus, by a tap. Its explanation is in docs/glossary.md.
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import words from 'virtual:glossary';
import { lazy } from './lazy';

export interface Shown {
  name: string;
  at: DOMRect;
  held: boolean;
} // held: opened by a tap or a click, until another one
export const shown = signal<Shown | null>(null);
const Explained = lazy(() => import('./Explained'));

let waiting: ReturnType<typeof setTimeout> | undefined;
const later = (f: () => void, ms: number) => {
  clearTimeout(waiting);
  waiting = setTimeout(f, ms);
};
/** Away from the word; the pointer may still go into what explains it. */
export const leave = () =>
  later(() => {
    if (!shown.peek()?.held) shown.value = null;
  }, 200);
export const stay = () => clearTimeout(waiting);

function open(e: Event & { currentTarget: HTMLElement }, name: string, held: boolean, ms: number) {
  const at = e.currentTarget.getBoundingClientRect();
  later(() => {
    shown.value = { name, at, held };
  }, ms);
}

/** No `button`: that cannot be broken into lines with the sentence it stands in. `name`: the word of the glossary, where what stands there is another form of it. */
export function Term({ name, children }: { name: string; children?: ComponentChildren }) {
  const on = shown.value?.name === name;
  return (
    <span
      role="button"
      tabIndex={0}
      class="term"
      aria-expanded={on ? 'true' : 'false'}
      {...(on ? { 'aria-describedby': 'explained' } : {})}
      onMouseEnter={(e) => open(e, name, false, 250)}
      onMouseLeave={leave}
      onFocus={(e) => {
        if (e.currentTarget.matches(':focus-visible')) open(e, name, false, 0);
      }}
      onBlur={() => {
        shown.value = null;
      }}
      onClick={(e) => {
        e.stopPropagation();
        if (shown.peek()?.held && on) shown.value = null;
        else open(e, name, true, 0);
      }}
      onKeyDown={(e) => {
        if (e.key === 'Escape' && shown.peek()) {
          e.stopPropagation();
          stay();
          shown.value = null;
        }
        if (e.key === 'Enter' || e.key === ' ') {
          e.preventDefault();
          e.stopPropagation();
          open(e, name, true, 0);
        }
      }}
    >
      {children ?? name}
    </span>
  );
}

const anyWord = new RegExp(
  `(?<![\\w.(\\-])(${[...words].sort((a, b) => b.length - a.length).join('|')})(?![\\w(\\-])`,
  'g',
);

/** A sentence in which each word of the glossary is explained where it comes first. */
export function Words({ text }: { text: string }) {
  const out: ComponentChildren[] = [],
    seen = new Set<string>();
  let from = 0;
  for (const m of text.matchAll(anyWord)) {
    const word = m[1]!;
    if (seen.has(word)) continue;
    seen.add(word);
    out.push(text.slice(from, m.index), <Term name={word} />);
    from = m.index + word.length;
  }
  return (
    <>
      {out}
      {text.slice(from)}
    </>
  );
}

export function Explanation() {
  return shown.value && <Explained key={shown.value.name} shown={shown.value} fallback={null} />;
}
