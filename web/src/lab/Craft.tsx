// The view Craft: the compiled model as a listing, beside its program. A part selects its expression, an expression
// marks its parts.
import { effect, signal, useComputed } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { CompileSummary, Failure } from '../engine/protocol';
import { tabulate } from '../engine/start';
import { colour, focus, lit, pointing } from '../state/focus';
import { type Picture, orderOf, title } from '../state/live';
import { selection } from '../state/project';
import { type Part, partsOf } from './listing';
import { lister } from './thread';
import './lab.css';

const text = signal<{ of: unknown; listing: string } | null>(null); // kept while other views are shown
const problem = signal('');
const mostLines = 5000; // of a larger model the rest is in the file

async function load(p: Picture, live: () => boolean) {
  const order = orderOf(p);
  if (!order || text.peek()?.of === p.compiled) return;
  problem.value = '';
  try {
    const request = { command: 'compile' as const, limit_ms: 30_000, format: 'craft' as const, ...order };
    const python = await tabulate(request as never);
    if (python && 'refused' in python)
      throw new Error(python.refused.diagnostics[0]?.message ?? 'The program was refused');
    const { result, bytes } = await lister.ask(python ? { ...request, graph: python.graph } : request);
    const r = result as CompileSummary | Failure;
    if (!live()) return;
    if (!r.ok || !bytes)
      throw new Error((r.ok ? undefined : r.diagnostics[0]?.message) ?? 'The listing could not be written');
    if (r.fingerprint !== p.compiled.fingerprint)
      throw new Error('This listing would be of another model than the one that is shown: reload the page');
    text.value = { of: p.compiled, listing: new TextDecoder().decode(bytes) };
  } catch (error) {
    if (live()) problem.value = `${(error as Error).message}.`.replace(/\.\.$/, '.');
  }
}

const Words = ({ part }: { part: Part }) => (
  <>
    {part.lines.map((line, i) => (
      <div class="craft-line" key={i}>
        {line.map((w, k) =>
          w.kind === 'name' ? (
            <span style={{ color: colour(w.node!) }}>{w.text}</span>
          ) : i === 0 && k === 0 && part.target ? (
            <button type="button" class="link key">
              {w.text}
            </button>
          ) : w.kind ? (
            <span class={w.kind}>{w.text}</span>
          ) : (
            w.text
          ),
        )}
        {line.length ? '' : '\n'}
      </div>
    ))}
  </>
);

function Block({ part, own }: { part: Part; own: () => void }) {
  const on = useComputed(() => {
    const f = focus.value,
      t = part.target;
    if (!t) return false;
    return f.head !== undefined && t.head !== undefined
      ? f.layer === t.layer && f.head === t.head
      : part.nodes.some((n) => lit.value.has(n));
  });
  if (!part.target)
    return (
      <div class="craft-part">
        <Words part={part} />
      </div>
    );
  const handlers = pointing(part.target);
  const select = (e: Event) => {
    if (getSelection()?.isCollapsed !== false) {
      own();
      handlers.onClick(e);
    }
  }; // not where text is being marked to be copied
  return (
    <div class={`craft-part to${on.value ? ' on' : ''}`} {...handlers} {...{ onClick: select }}>
      <Words part={part} />
    </div>
  );
}

export default function Craft({
  p,
  save,
}: {
  p: Picture;
  save: (name: string, content: BlobPart, type: string) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const own = useRef(false); // the selection was made here: it is in sight
  useEffect(() => {
    let current = true;
    void load(p, () => current);
    return () => {
      current = false;
    };
  }, [p.compiled]);
  const listing = text.value?.of === p.compiled ? text.value.listing : null;
  const parts = useMemo(() => (listing === null ? [] : partsOf(listing, p.compiled)), [listing, p.compiled]);
  useEffect(
    () =>
      effect(() => {
        if (!Object.keys(selection.value).length) return;
        if (own.current) {
          own.current = false;
          return;
        }
        requestAnimationFrame(() => {
          // marked by then
          const at = box.current?.querySelector<HTMLElement>('.craft-part.on');
          if (at) box.current!.scrollTo({ top: at.offsetTop - box.current!.clientHeight / 4 });
        });
      }),
    [parts],
  );
  if (problem.value && listing === null)
    return (
      <p class="problem" role="alert">
        {problem.value}{' '}
        <button type="button" onClick={() => void load(p, () => true)}>
          Try again
        </button>
      </p>
    );
  if (listing === null) return <p class="empty">Writing the listing…</p>;
  const fitting: Part[] = [];
  let lines = 0;
  for (const part of parts) {
    if (lines + part.lines.length > mostLines && fitting.length) break;
    fitting.push(part);
    lines += part.lines.length;
  }
  const all = parts.reduce((n, part) => n + part.lines.length, 0);
  return (
    <section class="craft" aria-label="Craft">
      <div class="panel-bar">
        <p class="hint">
          The same model in words: what each direction, head and neuron is for, and its weights to the last bit.{' '}
          <a href="./docs/craft.html" target="_blank" rel="noopener">
            How to read it
          </a>
        </p>
        <button type="button" onClick={() => save(`${title.peek() || 'model'}.craft`, listing, 'text/plain')}>
          Download the listing
        </button>
      </div>
      {/* A box that scrolls takes the keyboard. */}
      <div class="craft-listing" ref={box} tabIndex={0} role="region" aria-label="Listing">
        {fitting.map((part, i) => (
          <Block
            key={i}
            part={part}
            own={() => {
              own.current = true;
            }}
          />
        ))}
      </div>
      {lines < all && <p class="hint">{(all - lines).toLocaleString('en')} more lines are in the file.</p>}
    </section>
  );
}
