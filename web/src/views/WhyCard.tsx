// Why this number? The sum that made a value of the residual stream, and putting another value in its place.
import { useEffect, useState } from 'preact/hooks';
import type { ExplainResult, TensorDoc } from '../engine/protocol';
import { rawValues } from '../engine/raw';
import { colour, halfName, nodeLabel, pointing } from '../state/focus';
import { experimentFits } from '../state/experiment';
import { type Picture, ask } from '../state/live';
import { experiments, selection, half as scrubbed } from '../state/project';
import { residualAt, residualName } from '../draw/residual';
import { number, parseTokens, showAll, token } from '../values';
import { readAfter } from '../draw/cells';
import { headName, place } from '../draw/pattern';

function Terms({ p, half, dimension, position }: { p: Picture; half: number; dimension: number; position: number }) {
  const [got, setGot] = useState<{ key: string; result: ExplainResult } | null>(null);
  const list = experiments.value.filter((x) => experimentFits(x, p.compiled, p.trace.T - 1));
  const key = JSON.stringify([half, dimension, position]);
  useEffect(() => {
    let live = true;
    void ask({
      command: 'explain',
      input: rawValues(p.input),
      half_layer: half,
      dimension,
      position,
      interventions: list,
    }).then((result) => {
      if (live && result) setGot({ key, result });
    });
    return () => {
      live = false;
    };
  }, [p, key]);
  if (!got || got.key !== key) return <p class="hint">adding up…</p>;
  const r = got.result;
  const layer = Math.floor((half - 1) / 2);
  return (
    <div class="sum">
      <p>
        <code>{r.label}</code> = <strong>{number(r.value)}</strong>
      </p>
      <table class="terms">
        <tbody>
          {r.before !== 0 && (
            <tr>
              <td>{number(r.before)}</td>
              <th scope="row">
                <button
                  type="button"
                  class="link"
                  onClick={() => {
                    selection.value = { ...selection.value, half: half - 1 };
                    scrubbed.value = half - 1;
                  }}
                >
                  from before, after {halfName(half - 1)}
                </button>
              </th>
            </tr>
          )}
          {r.terms.map((t) => (
            <tr>
              <td>{number(t.amount)}</td>
              <th scope="row">
                {t.head !== undefined ? (
                  <button
                    type="button"
                    class="link"
                    {...pointing({ layer, head: t.head, query: position, key: t.position ?? 0 })}
                  >
                    {headName(layer, t.head)} reads {place(p.trace.tokens, t.position ?? 0)}: weight{' '}
                    {number(t.attention ?? 0)} (score {number(t.score ?? 0)})
                  </button>
                ) : t.neuron !== undefined ? (
                  <button type="button" class="link" {...pointing({ layer })}>
                    {t.text}
                  </button>
                ) : (
                  t.text
                )}
              </th>
            </tr>
          ))}
          {Math.abs(r.rest) > 1e-6 && (
            <tr>
              <td>{number(r.rest)}</td>
              <th scope="row">
                {r.terms.length < 40 && experiments.value.some((x) => x.kind === 'set_residual')
                  ? 'written by your experiment'
                  : 'all smaller terms'}
              </th>
            </tr>
          )}
          {r.terms.length === 0 && r.before === 0 && Math.abs(r.rest) <= 1e-6 && (
            <tr>
              <td>0</td>
              <th scope="row">nothing was added here</th>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

/** The half-layer that last changed these dimensions, not after `half`. */
function lastChange(p: Picture, dimensions: number[], position: number, half: number): number {
  const width = p.compiled.model.d_model;
  const at = (h: number, d: number) => residualAt(p, h)!.data[position * width + d];
  let h = half;
  while (h > 0 && dimensions.every((d) => at(h, d) === at(h - 1, d))) --h;
  return h;
}

/** Activation patching: the same place of a run on another input. */
function PatchInput({
  p,
  half,
  position,
  dimensions,
  overwrite,
}: {
  p: Picture;
  half: number;
  position: number;
  dimensions: number[];
  overwrite: (values: number[]) => void;
}) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const run = async () => {
    const { tokens, problem: bad } = parseTokens(text);
    if (bad || tokens === undefined) return setProblem(bad ?? 'Which input?');
    const other = await ask({ command: 'trace', input: tokens });
    const info = other?.tensors.find((t: TensorDoc) => t.name === residualName(half));
    if (!other?.arena || !info || position >= other.T)
      return setProblem(
        'That input has a token that the model does not know, is too long, or is too short for this position.',
      );
    setProblem('');
    const { arena } = other;
    return overwrite(dimensions.map((d) => arena[info.offset + position * p.compiled.model.d_model + d]!));
  };
  return (
    <form
      class="patch"
      onSubmit={(e) => {
        e.preventDefault();
        void run();
      }}
    >
      <label>
        patch from another input{' '}
        <input
          type="text"
          class="mono"
          size={10}
          value={text}
          aria-label="Input to patch from"
          onInput={(e) => setText(e.currentTarget.value)}
        />
      </label>{' '}
      <button type="submit" disabled={text === ''}>
        Patch
      </button>
      {problem && (
        <span class="bad" role="alert">
          {problem}
        </span>
      )}
    </form>
  );
}

export function WhyCard({
  p,
  subspace,
  half,
  position,
}: {
  p: Picture;
  subspace: number;
  half: number;
  position: number;
}) {
  const s = p.compiled.subspaces[subspace];
  const data = half <= 2 * p.compiled.model.layers ? residualAt(p, half)?.data : undefined;
  const [text, setText] = useState('');
  const [from, setFrom] = useState('');
  if (!s || !data || position >= p.trace.T) return null;
  const width = p.compiled.model.d_model;
  const nonzero = s.dimensions.filter((d) => data[position * width + d] !== 0);
  const shown = nonzero.length ? nonzero.slice(0, 6) : s.dimensions.slice(0, 1);
  const changed = lastChange(p, s.dimensions, position, half);
  const overwrite = (values: number[]) => {
    const target = { kind: 'set_residual' as const, half_layer: half, position, dimensions: s.dimensions, values };
    experiments.value = [
      ...experiments.value.filter(
        (x) =>
          !(
            x.kind === 'set_residual' &&
            x.half_layer === half &&
            x.position === position &&
            x.dimensions[0] === s.dimensions[0]
          ),
      ),
      target,
    ];
  };
  const options =
    s.encoding === 'categorical'
      ? s.classes
          .map((c, i) => ({
            label: showAll(c).slice(0, 3).join('|'),
            values: s.dimensions.map((_, d) => (d === i ? 1 : 0)),
          }))
          .concat(
            s.silent.values.length
              ? [{ label: showAll(s.silent).slice(0, 3).join('|'), values: s.dimensions.map(() => 0) }]
              : [],
          )
      : s.values.values.map((_, i) => ({ label: showAll(s.values)[i]!, values: [s.stored[i]!] }));
  const here = readAfter(p.trace, subspace, half)[position] || 'nothing';
  return (
    <div class="card">
      <h3>
        Why is{' '}
        <span class="name" style={{ color: colour(s.node) }}>
          {nodeLabel(s.node) || s.label}
        </span>{' '}
        {here}?
      </h3>
      <p>
        {place(p.trace.tokens, position)}, after {halfName(half)}
        {changed < half && <>; unchanged since {halfName(changed)}</>}
      </p>
      {shown.map((d) => (
        <Terms p={p} half={changed} dimension={d} position={position} />
      ))}
      {nonzero.length > shown.length && (
        <p class="hint">+{nonzero.length - shown.length} more dimensions that are not zero</p>
      )}
      <div class="on-screen">
        <h4>Experiments</h4>
        <p class="patch">
          {options.length > 0 && options.length <= 400 ? (
            <label>
              overwrite with{' '}
              <select
                value=""
                onChange={(e) => {
                  const o = options[Number(e.currentTarget.value)];
                  if (o) overwrite(o.values);
                  e.currentTarget.value = '';
                }}
              >
                <option value="">choose…</option>
                {options.map((o, i) => (
                  <option value={i}>{o.label}</option>
                ))}
              </select>
            </label>
          ) : (
            <label>
              overwrite with{' '}
              <input
                type="text"
                inputMode="decimal"
                size={6}
                value={text}
                onInput={(e) => setText(e.currentTarget.value)}
                onKeyDown={(e) => {
                  if (e.key === 'Enter' && text.trim() !== '' && Number.isFinite(Number(text)))
                    overwrite([Number(text)]);
                }}
              />
            </label>
          )}
        </p>
        <p class="patch">
          <label>
            patch from position{' '}
            <select
              value={from}
              onChange={(e) => {
                const t = Number(e.currentTarget.value);
                setFrom('');
                if (t) overwrite(s.dimensions.map((d) => data[t * width + d]!));
              }}
            >
              <option value="">choose…</option>
              {p.trace.tokens.map((t, i) =>
                i === 0 || i === position ? null : (
                  <option value={i}>
                    {i - 1} {token(t)}
                  </option>
                ),
              )}
            </select>
          </label>
        </p>
        <PatchInput p={p} half={half} position={position} dimensions={s.dimensions} overwrite={overwrite} />
      </div>
    </div>
  );
}
