// What the inspector says of an expression: its value, where it is held and who reads it; interchange with another input.
import { useState } from 'preact/hooks';
import type { AnyInput } from '../engine/protocol';
import { rawValues } from '../engine/raw';
import { colour, halfName, nodeDoc, owners, placesOf, subspacesOf, pointing } from '../state/focus';
import { type Picture, analysis, ask } from '../state/live';
import { experiments } from '../state/project';
import { parseTokens, showAll, token } from '../values';
import { Strip } from './Strip';
import { Enlarge, Matrix } from './Enlarge';
import { Term } from './Term';
import { valueCells } from '../draw/cells';
import { headName } from '../draw/pattern';
import { Links } from './Linked';
import { ranges } from './HeadCard';

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

export function NodeCard({ p, node }: { p: Picture | null; node: number }) {
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
