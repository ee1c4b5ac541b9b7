/**
 * A second input under the first, row by row in the same columns, and patching between them: what a row, a head or an
 * MLP holds at a position of the second run is put into the first, as an experiment (`set_residual`), and the score
 * marks what that changes.
 */
import { batch } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { outputCells, subspaceCells } from '../draw/cells';
import { residualName } from '../draw/residual';
import { drawnPattern, headName, place } from '../draw/pattern';
import { type Band, type Row, arcPath, arcsOf } from '../draw/score';
import type { Intervention } from '../engine/protocol';
import { colour } from '../state/focus';
import { type Picture, type Run, ask, picture, stale } from '../state/live';
import { experiments, secondText } from '../state/project';
import { second } from '../draw/second';
import { parseTokens } from '../values';

/** Does the run belong to the model that is shown? */
const current = () => (second.value && picture.value?.compiled === second.value.compiled ? second.value : null);

type Patch = Extract<Intervention, { kind: 'set_residual' }>;
const samePlace = (a: Intervention, b: Patch) =>
  a.kind === 'set_residual' &&
  a.half_layer === b.half_layer &&
  a.position === b.position &&
  a.dimensions.join() === b.dimensions.join();

/** The numbers of these subspaces after `half` at `position` (BOS at 0) of the second run. */
function patches(run: Run, subspaces: number[], half: number, position: number): Patch[] {
  const info = run.trace.tensors.find((t) => t.name === residualName(half)),
    width = run.compiled.model.d_model;
  if (!info) return [];
  return subspaces.map((s) => {
    const { dimensions } = run.compiled.subspaces[s]!;
    return {
      kind: 'set_residual',
      half_layer: half,
      position,
      dimensions,
      values: dimensions.map((d) => run.arena[info.offset + position * width + d]!),
    };
  });
}

function take(subspaces: number[], half: number, positions: number[]) {
  const run = current();
  if (!run) return;
  const made = positions.flatMap((at) => patches(run, subspaces, half, at));
  experiments.value = [...experiments.value.filter((x) => !made.some((m) => samePlace(x, m))), ...made];
}

/** Positions that both inputs have, BOS at 0 left out. */
const shared = () =>
  Array.from({ length: Math.min(picture.value?.trace.T ?? 1, second.value?.trace.T ?? 1) - 1 }, (_, i) => i + 1);

function Take({ what, subspaces, half }: { what: string; subspaces: number[]; half: number }) {
  const positions = shared(),
    tokens = second.value!.trace.tokens;
  if (subspaces.length === 0) return null;
  return (
    <select
      value=""
      aria-label={`Take ${what} from the second input`}
      onClick={(e) => e.stopPropagation()}
      onChange={(e) => {
        const { value } = e.currentTarget;
        e.currentTarget.value = '';
        if (value) take(subspaces, half, value === 'all' ? positions : [Number(value)]);
      }}
    >
      <option value="">take…</option>
      {positions.map((i) => (
        <option value={i}>at {place(tokens, i)}</option>
      ))}
      <option value="all">at every position</option>
    </select>
  );
}

const Head = (props: Parameters<typeof Take>[0]) => (
  <th scope="row">
    <small>second</small> <Take {...props} />
  </th>
);

function Cells({ line, lanes, half, notes }: { line: Row; lanes: number; half: number; notes: boolean }) {
  const run = current(),
    first = picture.value;
  if (!run || !first) return null;
  const mine = subspaceCells(run, line.subspace, half),
    theirs = subspaceCells(first, line.subspace, half);
  return (
    <tr class="second">
      <Head what={line.name} subspaces={[line.subspace]} half={half} />
      {Array.from({ length: lanes }, (_, i) => {
        const c = mine[i];
        return (
          <td class={c && c.text !== theirs[i]?.text ? 'differs' : ''}>
            {c && (
              <button
                type="button"
                class="value"
                title={`${c.full || 'nothing'}: a click takes it into the first run`}
                aria-label={`${line.name} at position ${i} of the second input: ${c.full || 'nothing'}. Take it`}
                disabled={!theirs[i]}
                onClick={() => take([line.subspace], half, [i + 1])}
              >
                {c.text || '·'}
              </button>
            )}
          </td>
        );
      })}
      {notes && <td class="note" />}
    </tr>
  );
}

function Arcs({
  line,
  lane,
  lanes,
  height,
  notes,
}: {
  line: Band;
  lane: number;
  lanes: number;
  height: number;
  notes: boolean;
}) {
  const run = current();
  if (!run) return null;
  const arcs = arcsOf(drawnPattern(run, line.layer, line.head), run.trace.T).map((pairs) =>
    pairs.filter(([q, k]) => q < lanes && k < lanes),
  );
  return (
    <tr class="second">
      <Head what={`what ${headName(line.layer, line.head)} writes`} subspaces={line.writes} half={line.half} />
      <td colSpan={lanes} class="arcs">
        <svg
          width={lane * lanes}
          height={height}
          viewBox={`0 0 ${lane * lanes} ${height}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          {arcs.map(
            (pairs, level) =>
              pairs.length > 0 && (
                <path
                  d={arcPath(pairs, lane, height)}
                  class={`level${level}`}
                  style={{ stroke: line.nodes[0] === undefined ? 'var(--muted)' : colour(line.nodes[0]) }}
                />
              ),
          )}
        </svg>
      </td>
      {notes && <td class="note" />}
    </tr>
  );
}

function Output({ lanes }: { lanes: number }) {
  const run = current();
  if (!run) return null;
  const mine = outputCells(run).model,
    theirs = picture.value ? outputCells(picture.value).model : [];
  return (
    <tr class="second">
      <th scope="row">
        model, <small>second</small>
      </th>
      {Array.from({ length: lanes }, (_, i) => (
        <td class={mine[i] && mine[i]!.text !== theirs[i]?.text ? 'differs' : ''}>{mine[i]?.text ?? ''}</td>
      ))}
    </tr>
  );
}

/** Of the positions at which the two outputs differed, how many have become the second's. */
function Gained() {
  const run = current(),
    p = picture.value;
  if (!run || !p?.baseline || experiments.value.length === 0) return null;
  const of = (q: Run) => outputCells(q).model.map((c) => c.text);
  const now = of(p),
    before = of({ ...p, trace: p.baseline }),
    other = of(run),
    both = shared().map((i) => i - 1);
  const differed = both.filter((i) => before[i] !== other[i]),
    moved = both.filter((i) => now[i] !== before[i]);
  return (
    <p class="gained" role="status">
      With what was taken the first output changes at {moved.length} of {now.length} positions
      {differed.length > 0 && (
        <>
          ; of the {differed.length} at which the two differed, {differed.filter((i) => now[i] === other[i]).length}{' '}
          have the second’s value
        </>
      )}
      .
    </p>
  );
}

export default function SecondInput({ p }: { p: Picture }) {
  const text = secondText.value ?? '',
    [problem, setProblem] = useState('');
  useEffect(() => {
    let wanted = true;
    const parsed = parseTokens(text);
    const show = (value: typeof second.value, message: string) => {
      if (wanted)
        batch(() => {
          second.value = value;
          setProblem(message);
        });
    };
    if (text === '') show(null, '');
    else if (parsed.problem || parsed.tokens === undefined) show(null, parsed.problem ?? 'Which input?');
    else
      void ask({ command: 'trace', input: parsed.tokens }).then((r) => {
        if (!r?.arena) show(null, stale.peek() ? '' : 'It has a token that the model does not know, or is too long.');
        else show({ compiled: p.compiled, trace: r, arena: r.arena, baseline: null, Take, Cells, Arcs, Output }, '');
      });
    return () => {
      wanted = false;
    };
  }, [p.compiled, text]);
  useEffect(
    () => () => {
      second.value = null;
    },
    [],
  );
  return (
    <section class="second-input" aria-label="Second input">
      <p class="on-screen">
        <label>
          second input{' '}
          <input
            type="text"
            class="mono"
            value={text}
            spellcheck={false}
            autocomplete="off"
            autocapitalize="off"
            aria-invalid={problem !== ''}
            onInput={(e) => {
              secondText.value = e.currentTarget.value;
            }}
          />
        </label>{' '}
        <button
          type="button"
          class="quiet"
          onClick={() => {
            secondText.value = null;
          }}
        >
          Remove
        </button>{' '}
        <small>
          {problem
            ? ''
            : 'A click on a value of the second run takes it into the first; “take” does so for a head, an MLP or several positions.'}
        </small>
      </p>
      <p class="problem" role="alert">
        {problem}
      </p>
      <Gained />
    </section>
  );
}
