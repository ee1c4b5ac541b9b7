// What the inspector says of a head or an MLP: what it computes and reads, its experiments, its weights.
import { focus } from '../state/focus';
import type { Picture } from '../state/live';
import { number, token } from '../values';
import { Term } from './Term';
import { HeadWeights, MlpWeights } from './Weights';
import { headName, headValues, headWords, place, rowSentence } from '../draw/pattern';
import { Toggle, Links } from './Linked';

/** 1, 4–6 */
export function ranges(numbers: number[]): string {
  const runs: [number, number][] = [];
  for (const n of [...numbers].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && last[1] === n - 1) last[1] = n;
    else runs.push([n, n]);
  }
  return runs.map(([a, b]) => (a === b ? `${a}` : b === a + 1 ? `${a}, ${b}` : `${a}–${b}`)).join(', ');
}

export function HeadCard({ p, layer, head }: { p: Picture; layer: number; head: number }) {
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

export function MlpCard({ layer, node }: { layer: number; node?: number }) {
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
