// One attention head: what it computes, the selector it stands for, its pattern.
import { useComputed, useSignal } from '@preact/signals';
import { colour, focus, hover, lit, nodeLabel, pointing, subspacesOf } from '../state/focus';
import { type Picture, stale } from '../state/live';
import { experiments, selection } from '../state/project';
import { Heatmap } from './Heatmap';
import { Strip } from './Strip';
import { subspaceCells } from '../draw/cells';
import { drawnPattern, headName, headValues, headWords, place, rowSentence, selectorPattern } from '../draw/pattern';

export function Head({ p, layer, head, plain }: { p: Picture; layer: number; head: number; plain: boolean }) {
  const info = p.compiled.layers[layer]!.heads[head]!;
  const nodes = [...new Set(info.nodes)];
  const half = 2 * layer + 1;
  const on = useComputed(() => nodes.some((n) => lit.value.has(n)) || lit.value.has(info.selector) || (focus.value.layer === layer && focus.value.head === head));
  const cell = useComputed<[number, number] | null>(() => {
    const f = focus.value;
    return f.layer === layer && f.head === head && f.query !== undefined && f.key !== undefined && f.query < p.trace.T && f.key < p.trace.T ? [f.query, f.key] : null;
  });
  const painted = useSignal<{ trace: unknown; plain: boolean; values: Float32Array } | null>(null);
  if (painted.peek()?.trace !== p.trace || painted.peek()?.plain !== plain) {
    painted.value = { trace: p.trace, plain, values: (plain && selectorPattern(p, info.selector)) || drawnPattern(p, layer, head) };
  }
  const off = experiments.value.some((x) => x.kind === 'zero_head' && x.layer === layer && x.head === head);
  const replaced = experiments.value.some((x) => (x.kind === 'interpreter_pattern' || x.kind === 'set_pattern') && x.layer === layer && x.head === head);
  const target = { layer, head };
  const weight = (q: number, k: number) => headValues(p, layer, head)[q * p.trace.T + k] ?? 0;
  return (
    <article class={`box head${on.value ? ' on' : ''}${off ? ' off' : ''}`} data-item={`h${layer}.${head}`} data-head={`${layer}.${head}`} {...pointing(target)}>
      <header>
        <button type="button" class="box-title" aria-pressed={on.value} title={`${headName(layer, head)} ${headWords(info)}`}>
          {nodes.map((n) => <span class="name" style={{ color: colour(n) }}>{nodeLabel(n)}</span>)}
        </button>
        <small>{headName(layer, head)}{off ? ' · off' : ''}{replaced ? ' · pattern replaced' : ''}</small>
      </header>
      <code class="expression">{info.label}</code>
      <Heatmap
        label={`Attention of ${headName(layer, head)}, ${nodes.map(nodeLabel).join(', ')}`} tokens={p.trace.tokens} values={painted.value!.values} masked={p.compiled.model.causal} cell={cell.value}
        onCell={(at, lock) => {
          const next = at && { ...target, query: at[0], key: at[1] };
          if (lock && next) { selection.value = next; hover.value = null; } else hover.value = next ?? null;
        }}
        sentence={(q, k) => `${rowSentence(p, layer, head, q)}. Weight on ${place(p.trace.tokens, k)}: ${weight(q, k).toFixed(3)}`}
      />
      {nodes.map((n) => subspacesOf(p.compiled, n, half).slice(0, 1).map((s) => <Strip cells={subspaceCells(p, s, half)} label={`${nodeLabel(n)} after this head`} />))}
      {info.role === 'counting_width' && !plain && <p class="foot">a counting head: most weight rests on BOS; each selected key is drawn full</p>}
      {stale.value && <span class="visually-hidden">earlier result</span>}
    </article>
  );
}
