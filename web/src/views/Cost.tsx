// What the model costs, what causes it, and what each optimisation saves.
import { useEffect, useState } from 'preact/hooks';
import type { ModelSummary, PassName } from '../engine/protocol';
import { colour, lit, nodeLabel, pointing } from '../state/focus';
import { type Picture, ask } from '../state/live';
import { change, settings } from '../state/project';
import { Words } from './Term';
import { Ablations } from './Ablations';

const passes: [PassName, string, string][] = [
  ['fuse', 'fuse', 'chains of elementwise expressions become one MLP'],
  ['fold', 'fold', 'tables of one s-op go into W_QK, W_OV and the unembedding'],
  ['merge_heads', 'merge heads', 'aggregates with one selector share a head'],
  ['drop', 'drop', 'dimensions that nothing reads are left out'],
  ['idioms', 'idioms', '(indices+1)·mean and the like become counts'],
  ['factor', 'factor', 'W_QK and W_OV in their smallest known rank'],
  ['pack', 'pack', 'independent blocks share half-layers'],
  ['reuse', 'reuse', 'dimensions that nothing reads any more are cleared and used again'],
];
const columns = ['layers', 'heads', 'd_model', 'd_mlp', 'parameters', 'nonzeros'] as const;
const words = {
  layers: 'layers',
  heads: 'heads',
  d_model: 'd_model',
  d_mlp: 'd_mlp',
  parameters: 'parameters',
  nonzeros: 'non-zero',
};
const n = (x: number) => x.toLocaleString('en');

interface Compared {
  with: ModelSummary;
  without: Record<string, ModelSummary | null>;
  plain: ModelSummary | null;
}

export default function Cost({ p }: { p: Picture }) {
  const { compiled } = p;
  const m = compiled.model;
  const [compared, setCompared] = useState<{ of: unknown; result: Compared } | null>(null);
  useEffect(() => {
    let live = true;
    void ask({ command: 'compare_passes', limit_ms: 4000 }).then((result) => {
      if (live && result) setCompared({ of: compiled, result });
    });
    return () => {
      live = false;
    };
  }, [compiled]);
  const c = compared?.of === compiled ? compared.result : null;
  const off = new Set(settings.value.off ?? []);
  const toggle = (pass: PassName, on: boolean) => {
    const next = new Set(off);
    if (on) next.delete(pass);
    else next.add(pass);
    change({ off: next.size ? [...next] : undefined });
  };
  const byNode = new Map<number, { dimensions: number; neurons: number; heads: number }>();
  const at = (node: number) => {
    if (!byNode.has(node)) byNode.set(node, { dimensions: 0, neurons: 0, heads: 0 });
    return byNode.get(node)!;
  };
  for (const s of compiled.subspaces) at(s.node).dimensions += s.dimensions.length;
  for (const l of compiled.layers) {
    for (const g of l.neurons) at(g.node).neurons += g.end - g.begin;
    for (const h of l.heads) for (const node of new Set(h.nodes)) at(node).heads += 1;
  }
  const ranked = [...byNode].sort((a, b) => b[1].dimensions + b[1].neurons - a[1].dimensions - a[1].neurons);
  const tightest = compiled.bounds.links[0];
  return (
    <section class="cost" aria-label="Cost">
      <dl class="figures">
        {columns.map((k) => (
          <div>
            <dt>
              <Words text={words[k]} />
            </dt>
            <dd>{n(m[k])}</dd>
          </div>
        ))}
        <div>
          <dt>compiled in</dt>
          <dd>
            {Object.values(compiled.timings_ms)
              .reduce((a, b) => a + b, 0)
              .toFixed(1)}{' '}
            ms
          </dd>
        </div>
        <div>
          <dt>forward pass</dt>
          <dd>{p.trace.timings_ms.forward < 0.1 ? '< 0.1' : p.trace.timings_ms.forward.toFixed(1)} ms</dd>
        </div>
      </dl>
      <h3>Which expression costs what</h3>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">s-op</th>
              <th scope="col">dimensions</th>
              <th scope="col">neurons</th>
              <th scope="col">heads</th>
            </tr>
          </thead>
          <tbody>
            {ranked.slice(0, 40).map(([node, cost]) => (
              <tr class={lit.value.has(node) ? 'on' : ''}>
                <th scope="row">
                  <button type="button" class="link name" style={{ color: colour(node) }} {...pointing({ node })}>
                    {nodeLabel(node)}
                  </button>
                </th>
                <td>{cost.dimensions || ''}</td>
                <td>{cost.neurons || ''}</td>
                <td>{cost.heads || ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Ablations p={p} />
      <h3>What each optimisation saves</h3>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">pass</th>
              {columns.map((k) => (
                <th scope="col">{words[k]}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {passes.map(([pass, name, what]) => {
              const w = c?.without[pass];
              return (
                <tr>
                  <th scope="row">
                    <label class="check" title={what}>
                      <input
                        type="checkbox"
                        checked={!off.has(pass)}
                        onInput={(e) => toggle(pass, e.currentTarget.checked)}
                      />{' '}
                      <span>
                        {name} <small>{what}</small>
                      </span>
                    </label>
                  </th>
                  {off.has(pass) ? (
                    <td colSpan={columns.length}>off</td>
                  ) : w === null ? (
                    <td colSpan={columns.length}>does not compile without it</td>
                  ) : (
                    columns.map((k) => <td>{w ? (w[k] === m[k] ? '·' : `${n(w[k])} → ${n(m[k])}`) : ''}</td>)
                  )}
                </tr>
              );
            })}
            <tr>
              <th scope="row">all of them</th>
              {c?.plain === null ? (
                <td colSpan={columns.length}>does not compile plainly</td>
              ) : (
                columns.map((k) => (
                  <td>{c?.plain ? (c.plain[k] === m[k] ? '·' : `${n(c.plain[k])} → ${n(m[k])}`) : ''}</td>
                ))
              )}
            </tr>
          </tbody>
        </table>
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={settings.value.objective === 'depth'}
          onInput={(e) => change({ objective: e.currentTarget.checked ? 'depth' : undefined })}
        />{' '}
        prefer fewer layers to fewer parameters
      </label>
      <h3>Proof</h3>
      <p>
        {compiled.exact
          ? 'The chain of error bounds closes for every input.'
          : 'The chain of error bounds does not close.'}
        {tightest && (
          <>
            {' '}
            Tightest link: {tightest.what}
            {tightest.node >= 0 && (
              <>
                {' '}
                at{' '}
                <button type="button" class="link" {...pointing({ node: tightest.node })}>
                  {nodeLabel(tightest.node)}
                </button>
              </>
            )}
            , {Math.round(100 * tightest.margin)} % of the allowance left.
          </>
        )}
      </p>
      {compiled.bounds.reasons.length > 0 && (
        <ul class="plain">
          {compiled.bounds.reasons.map((r) => (
            <li class="caution">{r}</li>
          ))}
        </ul>
      )}
      <p class="hint">
        Weights’ fingerprint: <code>{compiled.fingerprint}</code>
      </p>
    </section>
  );
}
