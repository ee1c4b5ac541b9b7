// A band of the score: one attention head. At rest one line of arcs, from the lane of the key above to the lane of the
// query below; opened, its matrix.
import { useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { arcPath, arcsOf, type Band as BandLine, trueName } from '../draw/score';
import { writtenOf } from '../draw/written';
import { current, filled } from '../draw/lines';
import {
  drawnPattern,
  drawnScores,
  headDoes,
  headName,
  headValues,
  headWords,
  place,
  rowSentence,
  selectorPattern,
} from '../draw/pattern';
import { subspaceCells } from '../draw/cells';
import { colour, focus, hover, lit, nodeLabel, pointing } from '../state/focus';
import type { Picture } from '../state/live';
import { experiments, half as stepped, selection } from '../state/project';
import { opened, patternKind, toggle } from '../state/bands';
import { second } from '../draw/second';
import { Words } from './Term';
import { Enlarge } from './Enlarge';
import { Heatmap } from './Heatmap';
import { useNear } from './Stave';

interface Props {
  p: Picture;
  line: BandLine;
  lane: number;
  lanes: number;
  dense: boolean;
  height: number;
  mark: string;
  first: boolean;
  notes: boolean;
}

const kinds = { selected: 'selected keys', weights: 'true weights', interpreter: 'interpreter' } as const;

export function Band({ p, line, lane, lanes, dense, height, mark, first, notes }: Props) {
  const { layer, head } = line;
  const info = p.compiled.layers[layer]!.heads[head]!;
  const is = (x: { layer?: number | undefined; head?: number | undefined }) => x.layer === layer && x.head === head;
  const on = useComputed(
    () => line.nodes.some((n) => lit.value.has(n)) || lit.value.has(info.selector) || is(focus.value),
  ).value;
  const chosen =
    is(selection.value) ||
    (selection.value.node !== undefined &&
      selection.value.subspace === undefined &&
      (line.nodes.includes(selection.value.node) || info.selector === selection.value.node));
  const now = stepped.value === line.half;
  const open = opened.value.get(line.key) ?? (first || chosen || (now && p.compiled.layers[layer]!.heads.length <= 2));
  const off = experiments.value.some((x) => x.kind === 'zero_head' && is(x));
  const replaced = experiments.value.some(
    (x) => (x.kind === 'interpreter_pattern' || x.kind === 'set_pattern') && is(x),
  );
  const scoring = current.value?.half === line.half && current.value.phase === 1;
  const reached = current.value === null || (current.value.half >= line.half && !scoring);
  const truly = info.role === 'counting_width' && patternKind.value === 'weights';
  const arcs = useMemo(
    () =>
      arcsOf(truly ? headValues(p, layer, head) : drawnPattern(p, layer, head), p.trace.T).map((pairs) =>
        pairs.filter(([q, k]) => q < lanes && k < lanes),
      ),
    [p, layer, head, lanes, truly],
  );
  const [host, near] = useNear<HTMLTableSectionElement>(dense);
  const width = lane * lanes;
  const tint = line.nodes[0] === undefined ? 'var(--muted)' : colour(line.nodes[0]);
  const Other = second.value?.compiled === p.compiled ? second.value.Arcs : null;
  const asked = writtenOf(p, info.selector) || info.label; // in the program's own words
  const query =
    is(focus.value) && focus.value.query !== undefined
      ? focus.value.query - 1
      : focus.value.position !== undefined
        ? focus.value.position - 1
        : -1;
  return (
    <tbody
      class={`band box head${on ? ' on' : ''}${off ? ' off' : ''}${now ? ' now' : ''}${mark}`}
      data-item={line.key}
      data-head={`${layer}.${head}`}
      data-half={line.half}
      ref={host}
      {...pointing({ layer, head })}
    >
      <tr>
        <th scope="row">
          <button
            type="button"
            class="expander"
            aria-expanded={open ? 'true' : 'false'}
            aria-label={`Pattern of ${headName(layer, head)}`}
            onClick={(e) => {
              e.stopPropagation();
              toggle(line.key, !open);
            }}
          />
          <button
            type="button"
            class="box-title"
            aria-pressed={on}
            title={`${headName(layer, head)} ${headWords(info)} for ${line.nodes.map(nodeLabel).join(', ')}: ${info.label}`}
          >
            {headName(layer, head)}
            {off ? ' · off' : ''}
            {replaced ? ' · pattern replaced' : ''}
          </button>
        </th>
        <td colSpan={lanes} class="arcs">
          {near && (
            <svg
              width={width}
              height={height}
              viewBox={`0 0 ${width} ${height}`}
              preserveAspectRatio="none"
              aria-hidden="true"
              class={reached ? '' : 'unreached'}
            >
              {arcs.map(
                (pairs, level) =>
                  pairs.length > 0 && (
                    <path
                      d={arcPath(pairs, lane, height)}
                      style={{ stroke: tint }}
                      class={`level${level}`}
                      pathLength={1}
                    />
                  ),
              )}
              {query >= 0 && (
                <path
                  d={arcPath(
                    arcs.flat().filter(([q]) => q === query),
                    lane,
                    height,
                  )}
                  style={{ stroke: tint }}
                  class="asked"
                />
              )}
            </svg>
          )}
          {arcs.every((pairs) => pairs.length === 0) && (
            <small class="nothing">{truly ? 'the weight rests on BOS' : 'selects nothing here'}</small>
          )}
        </td>
        {notes && (
          <th class="note" title={asked}>
            <code class="clamp">{p.compiled.nodes[info.selector]?.name || asked}</code>
            {!dense && <small>{headDoes(info, (s) => trueName(p.compiled, s).name)}</small>}
          </th>
        )}
      </tr>
      {Other && near && <Other line={line} lane={lane} lanes={lanes} height={height} notes={notes} />}
      {open && (
        <tr class="opened">
          <td colSpan={lanes + (notes ? 2 : 1)}>
            <Opened p={p} line={line} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

/** The pattern as a matrix with titled axes, its outputs beside its rows. */
function Opened({ p, line }: { p: Picture; line: BandLine }) {
  const { layer, head } = line,
    info = p.compiled.layers[layer]!.heads[head]!,
    T = p.trace.T;
  const scoring = current.value?.half === line.half && current.value.phase === 1;
  const counting = info.role === 'counting_width';
  const ideal = selectorPattern(p, info.selector);
  const kind =
    patternKind.value === 'interpreter' && !ideal
      ? 'selected'
      : patternKind.value === 'weights' && !counting
        ? 'selected'
        : patternKind.value;
  const values = useMemo(
    () =>
      scoring
        ? drawnScores(p, layer, head)
        : kind === 'interpreter'
          ? ideal!
          : kind === 'weights'
            ? headValues(p, layer, head)
            : drawnPattern(p, layer, head),
    [p, kind, scoring, layer, head],
  );
  const cell = useComputed<[number, number] | null>(() => {
    const f = focus.value;
    return f.layer === layer &&
      f.head === head &&
      f.query !== undefined &&
      f.key !== undefined &&
      f.query < T &&
      f.key < T
      ? [f.query, f.key]
      : null;
  });
  const weight = (q: number, k: number) => headValues(p, layer, head)[q * T + k] ?? 0;
  const offered = [
    'selected',
    ...(counting ? ['weights'] : []),
    ...(ideal ? ['interpreter'] : []),
  ] as (keyof typeof kinds)[];
  const reads = [...new Set(line.reads.map((s) => trueName(p.compiled, s).name))];
  const outputs = (filled(line.half) ? line.writes : [])
    .slice(0, 1)
    .map((s) => subspaceCells(p, s, line.half).map((c) => c.text))[0];
  const heatmap = (most?: number) => (
    <Heatmap
      label={`Attention of ${headName(layer, head)}, ${line.nodes.map(nodeLabel).join(', ')}`}
      tokens={p.trace.tokens}
      values={values}
      masked={p.compiled.model.causal}
      cell={cell.value}
      {...(most ? { most } : {})}
      {...(outputs ? { outputs: ['', ...outputs] } : {})}
      onCell={(at, lock) => {
        const next = at && { layer, head, query: at[0], key: at[1] };
        if (lock && next) {
          selection.value = next;
          hover.value = null;
        } else hover.value = next ?? null;
      }}
      sentence={(q, k) =>
        `${rowSentence(p, layer, head, q)}. Weight on ${place(p.trace.tokens, k)}: ${weight(q, k).toFixed(3)}`
      }
    />
  );
  return (
    <div class="opened-band">
      {heatmap()}
      <div class="opened-words">
        <div class="opened-tools on-screen">
          {offered.length > 1 && (
            <div class="segmented" role="group" aria-label="What the matrix shows">
              {offered.map((k) => (
                <button
                  type="button"
                  aria-pressed={kind === k}
                  onClick={(e) => {
                    e.stopPropagation();
                    patternKind.value = k;
                  }}
                >
                  {kinds[k]}
                </button>
              ))}
            </div>
          )}
          <Enlarge title={`${headName(layer, head)}: ${info.label}`}>
            {() => (
              <>
                {heatmap(Math.min(innerWidth - 220, innerHeight - 260))}
                <p class="sentence">
                  {cell.value ? `${rowSentence(p, layer, head, cell.value[0])}.` : 'Point at a row of the matrix.'}
                </p>
              </>
            )}
          </Enlarge>
        </div>
        <p class={`sentence${scoring || cell.value ? '' : ' on-screen'}`}>
          {scoring ? (
            <Words text="Scores, before softmax: the darker, the better a key answers the query." />
          ) : cell.value ? (
            `${rowSentence(p, layer, head, cell.value[0])}. Weight on ${place(p.trace.tokens, cell.value[1])}: ${weight(...cell.value).toFixed(3)}.`
          ) : (
            'Point at a row of the matrix: it says who is looked at, and why.'
          )}
        </p>
        <p class="chips">
          <small>reads</small>{' '}
          {reads.length ? (
            reads.map((r) => <span class="chip">{r}</span>)
          ) : (
            <small>
              <Words text="nothing but BOS" />
            </small>
          )}{' '}
          <small>writes</small>{' '}
          {line.writes.map((s) => (
            <span class="chip">{trueName(p.compiled, s).name}</span>
          ))}
        </p>
        {counting && (
          <p class="foot">
            {kind === 'weights' ? (
              <Words text="The true weights: BOS takes nearly all, so that each selected key adds the same small share and the sum is exact." />
            ) : (
              <Words text="This head counts. Its true weights rest on BOS, and each selected key gets the same small share; here each is drawn full." />
            )}
          </p>
        )}
      </div>
    </div>
  );
}
