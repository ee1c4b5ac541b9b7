// Weights in labelled form: a head's W_QK and W_OV as tables, an MLP's neurons as what they read and write.
import { useEffect, useState } from 'preact/hooks';
import type { CompileResult, WeightsResult } from '../engine/protocol';
import { ask, picture } from '../state/live';
import { number } from '../values';
import { Words } from './Term';
import { Enlarge } from './Enlarge';

function useWeights(layer: number, head: number | undefined): WeightsResult | null {
  const compiled = picture.value?.compiled;
  const [got, setGot] = useState<{
    of: CompileResult | undefined;
    layer: number;
    head?: number;
    result: WeightsResult;
  } | null>(null);
  useEffect(() => {
    let live = true;
    void ask({ command: 'weights', layer, ...(head === undefined ? {} : { head }) }).then((result) => {
      if (live && result) setGot({ of: compiled, layer, head, result });
    });
    return () => {
      live = false;
    };
  }, [compiled, layer, head]);
  return got && got.of === compiled && got.layer === layer && got.head === head ? got.result : null;
}

interface TableProps {
  rows: string[];
  columns: string[];
  values: number[][];
  caption: string;
  corner: string;
}

/** What tells labels apart stands at their ends: a long one loses its middle. */
const cut = (label: string) => (label.length > 16 ? `${label.slice(0, 8)}…${label.slice(-7)}` : label);

/** `whole`: with its rows of zeros, and names in full. */
function Cells({ rows, columns, values, corner, whole }: TableProps & { whole: boolean }) {
  const largest = Math.max(1e-9, ...values.flat().map(Math.abs));
  const shade = (x: number) =>
    x === 0 ? '' : `${x > 0 ? 'plus' : 'minus'}${Math.min(4, Math.ceil((4 * Math.abs(x)) / largest))}`;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{corner}</th>
          {columns.map((c) => (
            <th scope="col" class="slanted" title={c}>
              {whole ? c : cut(c)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(
          (row, r) =>
            (whole || values[r]!.some((x) => x !== 0)) && (
              <tr>
                <th scope="row" title={row}>
                  {whole ? row : cut(row)}
                </th>
                {values[r]!.map((x) => (
                  <td class={shade(x)}>{x === 0 ? '' : number(x)}</td>
                ))}
              </tr>
            ),
        )}
      </tbody>
    </table>
  );
}

function WeightTable(table: TableProps) {
  const { caption, values } = table,
    dropped = values.filter((row) => row.every((x) => x === 0)).length;
  return (
    <figure class="weights">
      <figcaption>
        <Words text={caption} />{' '}
        <Enlarge title={caption}>
          {() => (
            <div class="weights large">
              <Cells {...table} whole />
            </div>
          )}
        </Enlarge>
      </figcaption>
      <div class="scroll">
        <Cells {...table} whole={false} />
      </div>
      {dropped > 0 && <p class="hint">+{dropped} rows of zeros</p>}
    </figure>
  );
}

export function HeadWeights({ layer, head }: { layer: number; head: number }) {
  const w = useWeights(layer, head);
  if (!w?.qk || !w.ov) return <p class="hint">reading the weights…</p>;
  return (
    <>
      <WeightTable
        rows={w.qk.rows}
        columns={w.qk.columns}
        values={w.qk.values}
        caption="W_QK: the score of a query value (row) for a key value (column)"
        corner="query ╲ key"
      />
      <WeightTable
        rows={w.ov.rows}
        columns={w.ov.columns}
        values={w.ov.values}
        caption="W_OV: what a value that is read (row) adds to the residual stream (column)"
        corner="read ╲ written"
      />
      {(w.qk as { truncated?: boolean }).truncated && (
        <p class="hint">Only the first 80 rows and columns are shown; an export has them all.</p>
      )}
    </>
  );
}

/** What the neurons of one group add up to, as its input runs over a range: drawn where they read one number. */
function Steps({ neurons }: { neurons: NonNullable<WeightsResult['mlp']>[number]['neurons'] }) {
  const inputs = new Set(neurons.flatMap((x) => x.inputs.map(([label]) => label)));
  const outputs = new Set(neurons.flatMap((x) => x.outputs.map(([label]) => label)));
  if (inputs.size !== 1 || outputs.size !== 1) return null;
  const corners = neurons.flatMap((x) => {
    const w = x.inputs[0]![1];
    return w ? [-x.bias / w] : [];
  });
  const low = Math.min(...corners),
    high = Math.max(...corners);
  if (!(high > low)) return null;
  const margin = (high - low) / 8;
  const f = (v: number) =>
    neurons.reduce((sum, x) => sum + Math.max(0, x.inputs[0]![1] * v + x.bias) * (x.outputs[0]?.[1] ?? 0), 0);
  const xs = [...corners, low - margin, high + margin].sort((a, b) => a - b),
    ys = xs.map(f);
  const bottom = Math.min(...ys),
    top = Math.max(...ys);
  const W = 260,
    H = 80;
  const px = (x: number) => 4 + ((x - low + margin) / (high - low + 2 * margin)) * (W - 8),
    py = (y: number) => H - 6 - ((y - bottom) / (top - bottom || 1)) * (H - 12);
  return (
    <figure class="steps">
      <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={`Steps from ${number(bottom)} to ${number(top)}`}>
        <polyline points={xs.map((x, i) => `${px(x).toFixed(1)},${py(ys[i]!).toFixed(1)}`).join(' ')} />
      </svg>
      <figcaption>
        {[...inputs][0]} from {number(low)} to {number(high)} ↦ {[...outputs][0]} from {number(bottom)} to {number(top)}
      </figcaption>
    </figure>
  );
}

export function MlpWeights({ layer, node }: { layer: number; node?: number }) {
  const w = useWeights(layer, undefined);
  const [all, setAll] = useState(false);
  if (!w?.mlp) return <p class="hint">reading the weights…</p>;
  const groups = w.mlp.filter((g) => node === undefined || (g as { node?: number }).node === node);
  return (
    <>
      {groups.map((g) => (
        <figure class="weights">
          <figcaption>
            {g.label}:{' '}
            <Words
              text={`${g.neurons.length + g.truncated} ${g.neurons.length + g.truncated === 1 ? 'neuron' : 'neurons'} (${g.how})`}
            />
          </figcaption>
          <Steps neurons={g.neurons} />
          <div class="scroll">
            <table class="neurons">
              <thead>
                <tr>
                  <th scope="col">neuron</th>
                  <th scope="col">reads</th>
                  <th scope="col">bias</th>
                  <th scope="col">writes</th>
                </tr>
              </thead>
              <tbody>
                {g.neurons.slice(0, all ? undefined : 24).map((x) => (
                  <tr>
                    <th scope="row">{x.label}</th>
                    <td>
                      {x.inputs.map(([label, v]) => (
                        <span class="term">
                          {number(v)}·{label}
                        </span>
                      ))}
                    </td>
                    <td>{number(x.bias)}</td>
                    <td>
                      {x.outputs.map(([label, v]) => (
                        <span class="term">
                          {number(v)}·{label}
                        </span>
                      ))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {g.truncated > 0 && <p class="hint">+{g.truncated} more in an export</p>}
        </figure>
      ))}
      {!all && groups.some((g) => g.neurons.length > 24) && (
        <button type="button" onClick={() => setAll(true)}>
          Show all neurons
        </button>
      )}
    </>
  );
}
