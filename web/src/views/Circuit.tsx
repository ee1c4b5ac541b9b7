// The transformer's layers: heads with their patterns, and what each MLP computes.
import { useState } from 'preact/hooks';
import { hue, picture, selectedNode, stale } from '../state';
import { Heatmap } from './Heatmap';

const colour = (node: number) => {
  const h = hue(node);
  return h === null ? 'var(--muted)' : `hsl(${h} var(--hue-s) var(--hue-l))`;
};

export function Circuit() {
  const p = picture.value;
  const [plain, setPlain] = useState(false);
  if (!p) return <section class="panel"><h2>Attention</h2><p class="empty">The model appears here as soon as the program compiles.</p></section>;
  const { compiled, trace, arena } = p;
  const T = trace.T;
  const pattern = (layer: number, head: number, counting: number) => {
    const tensor = trace.tensors.find((t) => t.name === `blocks.${layer}.attn.pattern`)!;
    const base = tensor.offset + head * T * T;
    // A counting head gives BOS nearly all of the weight; what is left is shown as 1 for a selected key.
    return (q: number, k: number) => { const w = arena[base + q * T + k]!; return counting && k > 0 ? Math.min(1, w * counting) : w; };
  };
  const selector = (node: number) => trace.nodes.find((x) => x.id === node)?.matrix;
  const choose = (node: number) => { selectedNode.value = selectedNode.value === node ? null : node; };
  return (
    <section class={`panel circuit ${stale.value ? 'stale' : ''}`} aria-label="The transformer, layer by layer">
      <div class="panel-head">
        <h2>Attention</h2>
        <label class="switch"><input type="checkbox" checked={plain} onInput={(e) => setPlain(e.currentTarget.checked)} /> interpreter's selectors</label>
      </div>
      {compiled.layers.length === 0 && <p class="empty">This program needs no layer: the output is read from the embeddings.</p>}
      {compiled.layers.map((layer, l) => (
        <div class="layer">
          <h3>Layer {l + 1}</h3>
          {layer.heads.length === 0 && <p class="note">no attention needed</p>}
          <div class="heads">
            {layer.heads.map((head, h) => {
              const matrix = plain ? selector(head.selector) : undefined;
              const on = selectedNode.value !== null && (head.nodes.includes(selectedNode.value) || head.selector === selectedNode.value);
              const counting = head.role === 'counting_width' ? head.count_scale : 0;
              return (
                <article class={`head ${on ? 'on' : ''}`} data-head={`${l}.${h}`}>
                  <button type="button" class="head-title" aria-pressed={on} onClick={() => choose(head.nodes[0]!)}>
                    <span class="head-name">head {l + 1}.{h + 1}</span>
                    {[...new Set(head.nodes)].map((n) => <span class="dot" style={{ color: colour(n) }}>{compiled.nodes[n]?.label}</span>)}
                  </button>
                  <code class="selector">{head.label}</code>
                  <Heatmap
                    label={`Attention of head ${l + 1}.${h + 1}`} tokens={trace.tokens} causal={compiled.model.causal}
                    value={matrix ? (q, k) => (q > 0 && k > 0 && matrix[q - 1]?.[k - 1] === '1' ? 1 : 0) : pattern(l, h, counting)}
                  />
                  {counting > 0 && !matrix && <p class="note">counts: the rest of the weight rests on BOS; shown so that a selected key is 1</p>}
                </article>
              );
            })}
          </div>
          {layer.neurons.length > 0 && (
            <p class="mlp"><span class="mlp-name">MLP</span> {layer.neurons.map((g) => (
              <button type="button" class={`chip ${selectedNode.value === g.node ? 'on' : ''}`} style={{ color: colour(g.node) }} onClick={() => choose(g.node)}>{g.label} <small>{g.end - g.begin} {g.end - g.begin === 1 ? 'neuron' : 'neurons'}</small></button>
            ))}</p>
          )}
        </div>
      ))}
    </section>
  );
}
