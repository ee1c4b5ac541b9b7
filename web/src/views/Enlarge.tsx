// "Enlarge": a matrix over the whole page, with nothing left out; what is around it is loaded when it is wanted.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { lazy } from './lazy';

const Enlarged = lazy<{ title: string; close: () => void; children: ComponentChildren }>(() => import('./Enlarged'));

/** `children` makes what is shown large; it is called while it is open. */
export function Enlarge({ title, children }: { title: string; children: () => ComponentChildren }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="link enlarge on-screen"
        aria-label={`Enlarge: ${title}`}
        onClick={(e) => {
          e.stopPropagation();
          setOpen(true);
        }}
      >
        enlarge
      </button>
      {open && (
        <Enlarged title={title} close={() => setOpen(false)} fallback={null}>
          {children()}
        </Enlarged>
      )}
    </>
  );
}

/** A selector's 0 and 1, rows ask and columns are looked at; the first `most` of each where that is given. */
export function Matrix({
  matrix,
  tokens,
  most = matrix.length,
}: {
  matrix: string[];
  tokens?: string[];
  most?: number;
}) {
  return (
    <table class="matrix" aria-label="rows are queries, columns are keys">
      {tokens && (
        <thead>
          <tr>
            <td />
            {tokens.map((t) => (
              <th scope="col">{t}</th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>
        {matrix.slice(0, most).map((row, q) => (
          <tr>
            {tokens && <th scope="row">{tokens[q]}</th>}
            {[...row.slice(0, most)].map((c) => (
              <td class={c === '1' ? 'one' : ''} aria-label={c} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
