// Everything about what is selected: an expression, a head, an MLP, a cell of a pattern, a number of the residual
// stream.
import { useEffect, useState } from 'preact/hooks';
import type { AnyInput, ExplainResult, Intervention, TensorDoc } from '../engine/protocol';
import { rawValues } from '../engine/raw';
import { colour, focus, halfName, nodeDoc, nodeLabel, owners, placesOf, pointing, subspacesOf } from '../state/focus';
import { type Picture, analysis, ask, fits } from '../state/live';
import { embed } from '../state/options';
import { startTour, tourSeen } from '../state/tour';
import { experiments, selection, view, half as scrubbed } from '../state/project';
import { residualAt, residualName } from '../draw/residual';
import { number, parseTokens, showAll, token } from '../values';
import { Strip } from './Strip';
import { Primer } from './Primer';
import { Enlarge, Matrix } from './Enlarge';
import { Term } from './Term';
import { HeadWeights, MlpWeights } from './Weights';
import { readAfter, valueCells } from '../draw/cells';
import { headName, headValues, headWords, place, rowSentence } from '../draw/pattern';

const same = (a: Intervention, b: Intervention) => JSON.stringify(a) === JSON.stringify(b);

function Toggle({ experiment, children }: { experiment: Intervention; children: string }) {
  const on = experiments.value.some((x) => same(x, experiment));
  return (
    <label class="check experiment">
      <input
        type="checkbox"
        checked={on}
        onInput={() => {
          experiments.value = on
            ? experiments.value.filter((x) => !same(x, experiment))
            : [...experiments.value, experiment];
        }}
      />{' '}
      {children}
    </label>
  );
}

function Links({ nodes, empty = '' }: { nodes: number[]; empty?: string }) {
  if (!nodes.length) return <>{empty}</>;
  return (
    <>
      {nodes.map((n, i) => (
        <>
          {i ? ', ' : ''}
          <button type="button" class="link name" style={{ color: colour(n) }} {...pointing({ node: n })}>
            {nodeLabel(n)}
          </button>
        </>
      ))}
    </>
  );
}

function NodeCard({ p, node }: { p: Picture | null; node: number }) {
  const doc = nodeDoc(node);
  if (!doc) return null;
  const compiled = p?.compiled;
  const set = compiled?.value_sets[String(node)];
  const where = placesOf(node);
  const mine = owners(node);
  const fused = mine.length > 0 && !mine.includes(node);
  const homes = compiled ? subspacesOf(compiled, mine[0] ?? node) : [];
  return (
    <div class="card">
      <h3>
        <span class="name" style={{ color: colour(node) }}>
          {doc.name || doc.label}
        </span>{' '}
        <small>
          <Term name={doc.selector ? 'selector' : 's-op'} />
        </small>
      </h3>
      {doc.name && doc.label !== doc.name && <code class="expression">{doc.label}</code>}
      {doc.value && (
        <p>
          <Strip cells={valueCells(doc.value)} />
        </p>
      )}
      {doc.matrix && (
        <>
          <Matrix matrix={doc.matrix} most={24} />{' '}
          <Enlarge title={`${doc.name || doc.label}: rows ask, columns are looked at`}>
            {() => (
              <Matrix
                matrix={doc.matrix!}
                tokens={showAll(analysis.value?.settings.input ?? { values: [], types: '' }).map(token)}
              />
            )}
          </Enlarge>
        </>
      )}
      {doc.undefined && <p class="caution">{doc.undefined}</p>}
      <dl class="facts">
        {set && (
          <>
            <dt>can be</dt>
            <dd>
              {showAll(set).slice(0, 24).join(', ')}
              {set.values.length >= 24 ? ', …' : ''}
            </dd>
          </>
        )}
        {where.length > 0 && (
          <>
            <dt>computed by</dt>
            <dd>
              {where.slice(0, 6).map((w, i) => (
                <>
                  {i ? ', ' : ''}
                  <button
                    type="button"
                    class="link"
                    {...pointing(w.head !== undefined ? { layer: w.layer, head: w.head } : { layer: w.layer })}
                  >
                    {w.head !== undefined ? headName(w.layer, w.head) : `layer ${w.layer + 1}’s MLP`}
                  </button>
                </>
              ))}
            </dd>
          </>
        )}
        {fused && (
          <>
            <dt>part of</dt>
            <dd>
              <Links nodes={mine.slice(0, 4)} />
            </dd>
          </>
        )}
        {homes.length > 0 && compiled && (
          <>
            <dt>lives in</dt>
            <dd>
              {homes.map((s) => {
                const sub = compiled.subspaces[s]!;
                return (
                  <div>
                    <Term name={sub.encoding === 'numerical' ? 'one number' : 'one-hot'} />,{' '}
                    <Term name={sub.dimensions.length === 1 ? 'dimension' : 'dimensions'} /> {ranges(sub.dimensions)},
                    from {halfName(sub.written)} on
                    {sub.dead < 0
                      ? ''
                      : ` until ${halfName(sub.dead)} clears ${sub.dimensions.length === 1 ? 'it' : 'them'}`}
                  </div>
                );
              })}
            </dd>
          </>
        )}
        <dt>reads</dt>
        <dd>
          <Links nodes={[...new Set(doc.args)].filter((n) => nodeDoc(n)?.kind !== 'constant')} empty="nothing" />
        </dd>
        {p && !doc.selector && mine.length === 0 && where.length === 0 && (
          <>
            <dt>in the model</dt>
            <dd>not needed for the output</dd>
          </>
        )}
      </dl>
      {p && homes.length > 0 && <Interchange p={p} node={mine[0] ?? node} />}
    </div>
  );
}

/** Interchange: the s-op, in model and program alike, has the values that it has on another input. */
function Interchange({ p, node }: { p: Picture; node: number }) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const length = p.trace.T - 1;
  const run = async () => {
    const { tokens, problem: bad } = parseTokens(text);
    if (bad || tokens === undefined) return setProblem(bad ?? 'Which input?');
    const source = typeof tokens === 'string' ? tokens : (JSON.parse(tokens.raw) as Exclude<AnyInput, string>);
    if ([...source].length !== length)
      return setProblem(`Give an input of ${length} ${length === 1 ? 'token' : 'tokens'}, as the one shown.`);
    const experiment = { kind: 'interchange' as const, s_op: node, source };
    if (!(await ask({ command: 'trace', input: rawValues(p.input), interventions: [experiment] })))
      return setProblem(
        'The model cannot do that: a token that it does not know, an s-op without a value there, or one that it holds only together with others.',
      );
    setProblem('');
    experiments.value = [
      ...experiments.value.filter((x) => !(x.kind === 'interchange' && x.s_op === node)),
      experiment,
    ];
    return undefined;
  };
  return (
    <form
      class="patch"
      onSubmit={(e) => {
        e.preventDefault();
        void run();
      }}
    >
      <label title="In the model and in the program alike: where they still agree, the model computes by it what the program does">
        take its values from another input{' '}
        <input
          type="text"
          class="mono"
          size={10}
          value={text}
          aria-label="Input to interchange with"
          onInput={(e) => setText(e.currentTarget.value)}
        />
      </label>{' '}
      <button type="submit" disabled={text === ''}>
        Interchange
      </button>
      {problem && (
        <span class="bad" role="alert">
          {problem}
        </span>
      )}
    </form>
  );
}

/** 1, 4–6 */
function ranges(numbers: number[]): string {
  const runs: [number, number][] = [];
  for (const n of [...numbers].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && last[1] === n - 1) last[1] = n;
    else runs.push([n, n]);
  }
  return runs.map(([a, b]) => (a === b ? `${a}` : b === a + 1 ? `${a}, ${b}` : `${a}–${b}`)).join(', ');
}

function HeadCard({ p, layer, head }: { p: Picture; layer: number; head: number }) {
  const info = p.compiled.layers[layer]?.heads[head];
  if (!info) return null;
  const f = focus.value;
  const { T, tokens } = p.trace;
  const q = f.query !== undefined && f.query < T ? f.query : undefined,
    k = f.key !== undefined && f.key < T ? f.key : undefined;
  const scores = headValues(p, layer, head, 'scores'),
    pattern = headValues(p, layer, head);
  return (
    <div class="card">
      <h3>
        {headName(layer, head)} <small>{headWords(info)}</small>
      </h3>
      <dl class="facts">
        <dt>computes</dt>
        <dd>
          <Links nodes={[...new Set(info.nodes)]} />
        </dd>
        <dt>selects by</dt>
        <dd>{info.selector >= 0 ? <Links nodes={[info.selector]} /> : info.label}</dd>
        <dt>reads</dt>
        <dd>{[...new Set([...info.reads_query, ...info.reads_key, ...info.reads_value])].join(', ') || 'nothing'}</dd>
      </dl>
      {q !== undefined && (
        <>
          <p class="sentence">{rowSentence(p, layer, head, q)}.</p>
          <div class="scroll">
            <table class="terms">
              <caption>from {place(tokens, q)}</caption>
              <thead>
                <tr>
                  <th scope="col">
                    <Term name="key" />
                  </th>
                  <th scope="col">
                    <Term name="score" />
                  </th>
                  <th scope="col">
                    weight after <Term name="softmax" />
                  </th>
                </tr>
              </thead>
              <tbody>
                {tokens.map((t, i) => (
                  <tr class={k === i ? 'on' : ''}>
                    <th scope="row">
                      {i === 0 ? (
                        <>
                          ⊢ <Term name="BOS" />
                        </>
                      ) : (
                        `${i - 1} ${token(t)}`
                      )}
                    </th>
                    <td>{scores[q * T + i]! < -1e29 ? 'masked' : number(scores[q * T + i]!)}</td>
                    <td>{number(pattern[q * T + i]!)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
      <div class="on-screen">
        <h4>Experiments</h4>
        <Toggle experiment={{ kind: 'zero_head', layer, head }}>switch this head off</Toggle>
        {info.selector >= 0 && (
          <Toggle experiment={{ kind: 'interpreter_pattern', layer, head }}>
            use the interpreter’s selector as its pattern
          </Toggle>
        )}
      </div>
      <h4>Weights</h4>
      <HeadWeights layer={layer} head={head} />
    </div>
  );
}

function MlpCard({ layer, node }: { layer: number; node?: number }) {
  return (
    <div class="card">
      <h3>
        layer {layer + 1}’s <Term name="MLP" />
      </h3>
      <div class="on-screen">
        <h4>Experiments</h4>
        <Toggle experiment={{ kind: 'zero_mlp', layer }}>switch this MLP off</Toggle>
      </div>
      <h4>Weights</h4>
      <MlpWeights layer={layer} {...(node === undefined ? {} : { node })} />
    </div>
  );
}

function Terms({ p, half, dimension, position }: { p: Picture; half: number; dimension: number; position: number }) {
  const [got, setGot] = useState<{ key: string; result: ExplainResult } | null>(null);
  const list = experiments.value.filter((x) => fits(x, p.compiled, p.trace.T - 1));
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

function WhyCard({ p, subspace, half, position }: { p: Picture; subspace: number; half: number; position: number }) {
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

function Welcome({ p }: { p: Picture | null }) {
  const a = analysis.value;
  const named = (a?.definitions ?? []).filter(
    (d) => d.display?.node !== undefined && (d.display.kind === 's-op' || d.display.kind === 'selector'),
  );
  return (
    <div class="card">
      <p>Click an expression in the program, a head, a row or a number: what it is and why it is so appears here.</p>
      {named.length > 0 && (
        <ul class="plain">
          {[...new Map(named.map((d) => [d.name, d])).values()].slice(0, 30).map((d) => (
            <li>
              <button
                type="button"
                class="link name"
                style={{ color: colour(d.display!.node!) }}
                {...pointing({ node: d.display!.node! })}
              >
                {d.name}
              </button>{' '}
              <small>{d.display!.kind}</small>
            </li>
          ))}
        </ul>
      )}
      {!embed && !tourSeen() && (
        <p>
          <button type="button" onClick={startTour}>
            Take the tour: five steps
          </button>
        </p>
      )}
      <Primer />
      {p && (
        <p class="hint">
          Show the{' '}
          <button
            type="button"
            class="link"
            onClick={() => {
              view.value = 'cost';
            }}
          >
            cost
          </button>{' '}
          of this model.
        </p>
      )}
    </div>
  );
}

export function Inspector({ p }: { p: Picture | null }) {
  const s = selection.value;
  const f = focus.value;
  const head = s.head !== undefined && s.layer !== undefined;
  const why = s.subspace !== undefined && s.position !== undefined && s.half !== undefined;
  const empty = Object.keys(s).length === 0;
  const [inside, setInside] = useState(false); // what is pointed at here must not be replaced by its own preview
  const preview = empty && !inside && f.node !== undefined ? f.node : undefined;
  return (
    <aside
      class="inspector"
      aria-label="Inspector"
      onMouseEnter={() => setInside(true)}
      onMouseLeave={() => setInside(false)}
    >
      {!empty && (
        <button
          type="button"
          class="close on-screen"
          aria-label="Clear the selection"
          onClick={() => {
            selection.value = {};
          }}
        >
          <span class="key-name">Esc</span> ✕
        </button>
      )}
      {p && why && <WhyCard p={p} subspace={s.subspace!} half={s.half!} position={s.position!} />}
      {p && head && <HeadCard p={p} layer={s.layer!} head={s.head!} />}
      {s.node !== undefined && !why && <NodeCard p={p} node={s.node} />}
      {p && !head && s.layer !== undefined && s.layer < p.compiled.layers.length && (
        <MlpCard layer={s.layer} {...(s.node === undefined ? {} : { node: s.node })} />
      )}
      {preview !== undefined && <NodeCard p={p} node={preview} />}
      {empty && preview === undefined && <Welcome p={p} />}
    </aside>
  );
}
