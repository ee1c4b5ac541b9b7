// The transformer as rows, embedding to output, with the program's dataflow drawn between its boxes.
import { useComputed } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Edge, edgesOf, orderRows } from '../draw/edges';
import { colour, focus, lit, nodeLabel, pointing } from '../state/focus';
import { type Picture, analysis } from '../state/live';
import { experiments, type Selection } from '../state/project';
import { Head } from './Head';
import type { Cell } from '../draw/cells';
import { Strip } from './Strip';
import { outputCells, subspaceCells } from '../draw/cells';
import { writer } from '../draw/pattern';

interface BoxProps { item: string; node: number; target: Selection; note: string; cells: Cell[]; off?: boolean }

function Box({ item, node, target, note, cells, off }: BoxProps) {
  const on = useComputed(() => lit.value.has(node));
  return (
    <article class={`box${on.value ? ' on' : ''}${off ? ' off' : ''}`} data-item={item} {...pointing(target)}>
      <header>
        <button type="button" class="box-title" aria-pressed={on.value}><span class="name" style={{ color: colour(node) }}>{nodeLabel(node)}</span></button>
        <small>{note}</small>
      </header>
      {cells.length > 0 && <Strip cells={cells} label={`${nodeLabel(node)}: ${cells.map((c) => c.text).join(', ')}`} />}
    </article>
  );
}

function useEdges(edges: Edge[], version: unknown) {
  const host = useRef<HTMLDivElement>(null);
  const [paths, setPaths] = useState<{ d: string; edge: Edge }[]>([]);
  useEffect(() => {
    const root = host.current!;
    const measure = () => {
      const base = root.getBoundingClientRect();
      const boxes = new Map([...root.querySelectorAll<HTMLElement>('[data-item]')].map((e) => [e.dataset.item!, e.getBoundingClientRect()]));
      setPaths(edges.flatMap((edge) => {
        const a = boxes.get(edge.from), b = boxes.get(edge.to);
        if (!a || !b) return [];
        const x1 = a.left + a.width / 2 - base.left, y1 = a.bottom - base.top, x2 = b.left + b.width / 2 - base.left, y2 = b.top - base.top;
        const bend = Math.max(12, (y2 - y1) / 2);
        return [{ edge, d: `M${x1.toFixed(1)} ${y1.toFixed(1)}C${x1.toFixed(1)} ${(y1 + bend).toFixed(1)} ${x2.toFixed(1)} ${(y2 - bend).toFixed(1)} ${x2.toFixed(1)} ${y2.toFixed(1)}` }];
      }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(root);
    return () => observer.disconnect();
  }, [edges, version]);
  return { host, paths };
}

function EdgeLayer({ paths }: { paths: { d: string; edge: Edge }[] }) {
  const on = lit.value;
  const any = on.size > 0;
  return (
    <svg class={`edges${any ? ' some' : ''}`} aria-hidden="true">
      {paths.map(({ d, edge }) => <path d={d} class={on.has(edge.node) ? 'on' : ''} style={{ stroke: on.has(edge.node) ? colour(edge.node) : undefined }} />)}
    </svg>
  );
}

/** How a group of neurons computes, in the words of the page. */
const hows: Record<string, string> = { lookup: 'lookup', steps: 'steps', clean: 'sets its code to 0 and 1 again', clear: 'clears it: nobody reads it any more' };

export function Circuit({ p }: { p: Picture }) {
  const { compiled, trace } = p;
  const [plain, setPlain] = useState(false);
  const edges = useMemo(() => edgesOf(compiled), [compiled]);
  const rows = useMemo(() => {
    const embedded = compiled.subspaces.flatMap((s, i) => (s.written === 0 && writer(compiled, i) === `s${i}` ? [`s${i}`] : []));
    return orderRows([embedded, ...compiled.layers.flatMap((l, i) => [l.heads.map((_, h) => `h${i}.${h}`), l.neurons.map((_, g) => `g${i}.${g}`)]), ['out']], edges);
  }, [compiled, edges]);
  const { host, paths } = useEdges(edges, `${trace.T} ${plain}`);
  const mlpOff = (layer: number) => experiments.value.some((x) => x.kind === 'zero_mlp' && x.layer === layer);

  const box = (item: string) => {
    if (item === 'out') {
      const node = compiled.output;
      return <Box key={item} item="out" node={node} target={{ node }} note={compiled.codec.encoding === 'categorical' ? `largest of ${compiled.codec.values.values.length} logits` : 'the logit is the number'} cells={outputCells(p).model} />;
    }
    const [a, b] = item.slice(1).split('.').map(Number) as [number, number];
    if (item[0] === 's') {
      const s = compiled.subspaces[a]!;
      return <Box key={item} item={item} node={s.node} target={{ node: s.node }} note={s.encoding === 'numerical' ? 'one number' : `${s.dimensions.length} ${s.dimensions.length === 1 ? 'dimension' : 'dimensions'}`} cells={subspaceCells(p, a, 0)} />;
    }
    if (item[0] === 'h') return <Head key={item} p={p} layer={a} head={b} plain={plain} />;
    const g = compiled.layers[a]!.neurons[b]!;
    const home = compiled.subspaces.findIndex((s) => s.node === g.node && s.written === 2 * a + 2);
    const size = g.end - g.begin;
    return <Box key={item} item={item} node={g.node} target={{ layer: a, node: g.node }} note={`${size} ${size === 1 ? 'neuron' : 'neurons'} · ${hows[g.how] ?? g.how}`} cells={home < 0 ? [] : subspaceCells(p, home, 2 * a + 2)} off={mlpOff(a)} />;
  };
  const name = (row: number) => (row === 0 ? 'Embedding' : row === rows.length - 1 ? 'Output' : `Layer ${Math.ceil(row / 2)}`);
  const part = (row: number) => (row === 0 || row === rows.length - 1 ? '' : row % 2 ? 'attention' : 'MLP');
  return (
    <section class="circuit" aria-label="The transformer, row by row">
      <div class="panel-bar">
        <p class="hint">Point at anything: code and model light up together. Click to lock.</p>
        {compiled.layers.some((l) => l.heads.length) && (
          <label class="check"><input type="checkbox" checked={plain} onInput={(e) => setPlain(e.currentTarget.checked)} /> show the interpreter’s selectors</label>
        )}
      </div>
      <div class="rows" ref={host}>
        <EdgeLayer paths={paths} />
        {rows.map((row, r) => {
          const isMlp = part(r) === 'MLP';
          return (
            <div class={`row${row.length ? '' : ' empty'}${focus.value.half === r ? ' on' : ''}`} data-half={r}>
              <h3>
                {isMlp && row.length ? <button type="button" class="row-name" {...pointing({ layer: (r - 2) / 2 })}>{name(r)} <small>{part(r)}</small></button> : <span class="row-name">{name(r)} <small>{part(r)}</small></span>}
              </h3>
              <div class="boxes">{row.length ? row.map(box) : <span class="nothing">{part(r) ? `no ${part(r)} needed` : 'nothing'}</span>}</div>
            </div>
          );
        })}
      </div>
      {analysis.value?.drawn.length ? <p class="hint">draw() in the program: {[...new Set(analysis.value.drawn)].map((n) => <button type="button" class="link" {...pointing({ node: n })}>{nodeLabel(n)}</button>)}</p> : null}
    </section>
  );
}
