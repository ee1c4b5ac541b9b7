// The score: time runs down, positions run across, every row keeps the same columns. A head is a band of arcs, what it
// writes is a row below.
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Cell, outputCells, readAfter } from '../draw/cells';
import { halfInForce } from '../draw/residual';
import { anywhere, current, lines as scoreLines } from '../draw/lines';
import { bandHeight, fewHeads, joined, laneWidth, type Line, namesWidth, type Row } from '../draw/score';
import { colour, drawn, focus, lit, nodeLabel, pointing } from '../state/focus';
import { type Picture, picture } from '../state/live';
import { secondText, selection } from '../state/project';
import { token } from '../values';
import { second } from '../draw/second';
import { lazy } from './lazy';
import { whole } from '../state/bands';
import { Band } from './Band';
import { Overview } from './Overview';
import { Caption } from './Player';
import { Term, Words } from './Term';
import { Stave, useNear } from './Stave';

const Second = lazy(() => import('./Second'));
const Whole = lazy(() => import('./Whole'));

const mostLanes = 200;
const notesWidth = 176;

/** The room for lanes: what the names and notes leave of the view. */
function useRoom(host: { current: HTMLElement | null }): number {
  const [room, setRoom] = useState(400);
  useEffect(() => {
    const measure = () => {
      if (host.current) setRoom(host.current.clientWidth);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(host.current!);
    measure();
    return () => observer.disconnect();
  }, []);
  return room;
}

function Values({
  name,
  cells,
  isToken = false,
  lazy = false,
  note,
}: {
  name: string;
  cells: Cell[];
  isToken?: boolean;
  lazy?: boolean;
  note?: string;
}) {
  const [host, near] = useNear<HTMLTableRowElement>(lazy);
  const f = focus.value,
    position = f.position ?? f.query;
  return (
    <tr ref={host} class={isToken ? 'input-row' : ''}>
      <th scope="row">{name}</th>
      {!near ? (
        <td colSpan={cells.length} />
      ) : (
        cells.map((c, i) => (
          <td
            class={`${isToken ? 'token' : ''}${c.wrong ? ' wrong' : ''}${c.changed ? ' changed' : ''}${c.absent ? ' absent' : ''}${position === i + 1 ? ' here' : ''}${f.key === i + 1 ? ' key' : ''}`}
            title={c.text}
          >
            {isToken ? token(c.text) : c.text}
          </td>
        ))
      )}
      {note !== undefined && (
        <th class="note" aria-hidden={note ? undefined : 'true'}>
          <small class="clamp">{note}</small>
        </th>
      )}
    </tr>
  );
}

function Heading({ line, columns }: { line: Extract<Line, { kind: 'heading' }>; columns: number }) {
  const other = line.mlp && second.value?.compiled === picture.value?.compiled ? second.value : null;
  return (
    <tr class="heading" data-half={line.half}>
      <th scope="rowgroup" colSpan={columns}>
        {line.mlp ? (
          <button type="button" class="row-name" {...pointing({ layer: line.layer })}>
            {line.text}
          </button>
        ) : (
          <span class="row-name">
            {line.half === 0 ? <Term name="embedding">Embedding</Term> : <Words text={line.text} />}
          </span>
        )}
        {other && (
          <other.Take
            what={`all that layer ${line.layer + 1}’s MLP writes`}
            half={line.half}
            subspaces={other.compiled.subspaces.flatMap((s, i) => (s.written === line.half ? [i] : []))}
          />
        )}
      </th>
    </tr>
  );
}

/** What is chosen elsewhere is brought into view here. */
function useInView(host: { current: HTMLElement | null }) {
  const s = selection.value;
  useEffect(() => {
    if (s.node === undefined && s.layer === undefined && s.subspace === undefined) return;
    // others of the same s-op are lit with it
    const itself = s.head === undefined ? '' : `[data-head="${s.layer}.${s.head}"]`;
    const on = [...host.current!.querySelectorAll<HTMLElement>(`.on${itself}`)];
    if (!on.length) return;
    const phone = innerWidth <= 800; // details come from below there: what was tapped goes to the top
    const seen = (e: HTMLElement) => {
      const r = e.getBoundingClientRect();
      return r.top >= 60 && (phone ? r.top <= 0.4 * innerHeight : r.bottom <= innerHeight);
    };
    if (!on.some(seen)) on[0]!.scrollIntoView({ block: phone ? 'start' : 'center' });
  }, [s]);
}

/** The player's step is followed: what it draws comes under the bar and the caption, which stay where they are meanwhile. */
function useFollowed(host: { current: HTMLElement | null }) {
  const s = current.value;
  useEffect(() => {
    const first = s && host.current!.querySelector(`.staves [data-half="${s.half}"]`);
    if (!first) return;
    const bar = document.querySelector<HTMLElement>('.views-bar');
    host.current!.style.setProperty('--bar', `${bar?.offsetHeight ?? 0}px`);
    const { top, bottom } = first.getBoundingClientRect(),
      above = host.current!.querySelector('.caption')!.getBoundingClientRect().bottom;
    if (top < above || bottom > 0.75 * innerHeight) first.scrollIntoView({ block: 'center' });
  }, [s]);
}

export function Score({ p }: { p: Picture }) {
  const { compiled, trace } = p;
  const host = useRef<HTMLElement>(null);
  const room = useRoom(host);
  const lines = scoreLines.value;
  const lanes = Math.min(trace.T - 1, mostLanes);
  const narrow = room < 520;
  const heads = lines.filter((l) => l.kind === 'band').length;
  const wanted = namesWidth(lines.flatMap((l) => (l.kind === 'row' ? [l.name] : [])));
  const least = Math.min(narrow ? 104 : 172, wanted),
    fits = !narrow && laneWidth(room - least - notesWidth - 8, lanes) * lanes <= room - least - notesWidth;
  const notes = fits ? notesWidth : 0; // where the lanes need the room, a name tells it
  // Names are read whole where lanes stay wide enough for it.
  const lane = narrow
    ? Math.min(48, laneWidth(room - least - 8, lanes))
    : Math.max(Math.min(40, laneWidth(room - least - notes - 8, lanes)), laneWidth(room - wanted - notes - 8, lanes));
  // What is left is for names, and beyond what they want for notes.
  const left = room - 8 - lane * lanes;
  const names = narrow ? Math.max(least, left) : Math.max(least, Math.min(wanted, left - notes));
  const width = names + lane * lanes + (fits ? Math.max(notes, left - names) : 0);
  const dense = heads > fewHeads;
  // what a short score is about stands open
  const answer = heads <= 2 ? lines.findLast((l) => l.kind === 'band') : undefined;
  const step = halfInForce();
  useInView(host);
  useFollowed(host);

  const chosen =
    lines.find((l) => l.kind === 'band' && focus.value.layer === l.layer && focus.value.head === l.head) ??
    lines.find(
      (l) =>
        (l.kind === 'band' || l.kind === 'row') &&
        l.half > 0 &&
        lit.value.has(l.kind === 'band' ? l.nodes[0]! : l.node),
    );
  const { reads, writes } = joined(lines, chosen?.key ?? '');
  const ends = [...reads, ...writes, chosen?.key]
    .map((key) => lines.findIndex((l) => l.key === key))
    .filter((i) => i >= 0);
  const first = Math.min(...ends),
    last = Math.max(...ends);
  const gutter = (line: Line, i: number) =>
    `${reads.has(line.key) ? ' reads' : ''}${writes.has(line.key) ? ' writes' : ''}${reads.size && i > first && i < last ? ' between' : ''}`;

  const cells = outputCells(p);
  const input = lines.find(
    (l) =>
      l.kind === 'row' &&
      l.half === 0 &&
      compiled.nodes[l.node]?.name === '' &&
      compiled.nodes[l.node]?.kind === 'tokens' &&
      same(p, l.subspace, cells.input),
  );
  const embedding = lines.filter((l) => l.half === 0 && l !== input);
  const body = lines.filter((l) => l.half > 0);
  const draw = (line: Line) => {
    const i = lines.indexOf(line),
      mark = gutter(line, i);
    if (line.kind === 'heading')
      return (
        <tbody key={line.key}>
          <Heading line={line} columns={lanes + (fits ? 2 : 1)} />
        </tbody>
      );
    if (line.kind === 'band')
      return (
        <Band
          key={line.key}
          p={p}
          line={line}
          lane={lane}
          lanes={lanes}
          dense={dense}
          height={bandHeight(heads)}
          mark={mark}
          first={line === answer}
          notes={fits}
        />
      );
    return <Stave key={line.key} p={p} line={line} lanes={lanes} step={step} mark={mark} dense={dense} notes={fits} />;
  };
  const more = secondText.value === null && (
    <button
      type="button"
      class="link on-screen"
      onClick={() => {
        secondText.value = '';
      }}
    >
      compare a second input
    </button>
  );
  const Other = second.value?.compiled === compiled ? second.value.Output : null;
  return (
    <section
      class={`score${dense ? ' dense' : ''}${narrow ? ' narrow' : ''}`}
      aria-label="The score: positions across, layers down"
      ref={host}
    >
      <Caption />
      {secondText.value !== null && <Second p={p} fallback={null} />}
      {dense && (
        <p class="score-tools on-screen">
          <button
            type="button"
            aria-pressed={whole.value}
            onClick={() => {
              whole.value = !whole.value;
            }}
          >
            Whole score
          </button>{' '}
          <small>
            {heads} heads{whole.value ? '; a click on one goes there' : ''}
          </small>
        </p>
      )}
      {dense && !whole.value && <Overview lines={lines} host={host} />}
      {dense && whole.value ? (
        <Whole p={p} room={room} fallback={null} />
      ) : (
        <>
          <div class="scroll staves-scroll">
            <table class="staves compare" style={{ width: `${width}px` }}>
              <colgroup>
                <col class="names-column" style={{ width: `${names}px` }} />
                {Array.from({ length: lanes }, () => (
                  <col style={{ width: `${lane}px` }} />
                ))}
                {notes > 0 && <col class="notes-column" />}
              </colgroup>
              <thead>
                <tr class="positions">
                  <th scope="row">position</th>
                  {Array.from({ length: lanes }, (_, i) => (
                    <td>{lane >= 18 || i % 5 === 0 ? i : ''}</td>
                  ))}
                  {fits && <th class="note">{more || <small>second in italics</small>}</th>}
                </tr>
              </thead>
              {input ? (
                <Stave
                  p={p}
                  line={{ ...input, name: 'input', note: `tokens · ${(input as Row).note}` } as Row}
                  lanes={lanes}
                  step={step}
                  mark={gutter(input, lines.indexOf(input))}
                  tokens
                  dense={dense}
                  notes={fits}
                />
              ) : (
                <tbody>
                  <Values name="input" cells={cells.input.slice(0, lanes)} isToken />
                </tbody>
              )}
              {embedding.length > 1 && embedding.map(draw)}
              {body.map(draw)}
              <tbody class="end" style={{ '--tint': colour(compiled.output) }}>
                <tr class="heading">
                  <th scope="rowgroup" colSpan={lanes + (fits ? 2 : 1)}>
                    <button type="button" class="row-name" {...pointing({ node: compiled.output })}>
                      Output <small>{nodeLabel(compiled.output)}</small>
                    </button>
                  </th>
                </tr>
                <Values
                  name="model"
                  cells={cells.model.slice(0, lanes).map((c) => (current.value ? { text: '' } : c))}
                  lazy={dense}
                  {...(fits ? { note: current.value ? '' : agreement(cells.model) } : {})}
                />
                <Values
                  name="interpreter"
                  cells={cells.interpreter.slice(0, lanes)}
                  lazy={dense}
                  {...(fits ? { note: 'what the program means' } : {})}
                />
                {Other && <Other lanes={lanes} />}
              </tbody>
            </table>
          </div>
        </>
      )}
      {!fits && more && <p class="hint on-screen">{more}</p>}
      {anywhere.value && (
        <p class="hint">∗ any of several values: nothing later tells them apart, so the model does not either</p>
      )}
      {trace.T - 1 > lanes && (
        <p class="hint">
          the first {lanes} of {trace.T - 1} positions
        </p>
      )}
      {drawn.value.length > 0 && (
        <p class="hint">
          draw() in the program:{' '}
          {drawn.value.map((n) => (
            <button type="button" class="link" {...pointing({ node: n })}>
              {nodeLabel(n)}
            </button>
          ))}
        </p>
      )}
    </section>
  );
}

/** Model beside interpreter, in words. */
function agreement(model: Cell[]): string {
  const wrong = model.filter((c) => c.wrong).length,
    defined = model.filter((c) => !c.absent).length;
  if (wrong) return `✗ differs at ${wrong} ${wrong === 1 ? 'position' : 'positions'}`;
  return defined ? '✓ as the interpreter' : 'nothing is defined here';
}

/** Does the subspace hold just the input, so that it need not be drawn twice? */
function same(p: Picture, subspace: number, input: Cell[]): boolean {
  const row = readAfter(p.trace, subspace, 0);
  return input.every((c, i) => row[i + 1] === c.text);
}
