// The residual stream, read as values: one row an s-op, one column a position, after the half-layer under the scrubber.
import { useState } from 'preact/hooks';
import { colour, focus, halfName, hover, lit, nodeLabel, pointing } from '../state/focus';
import { halfInForce, residualAt } from '../draw/residual';
import { type Picture, lastHalf } from '../state/live';
import { half as chosenHalf, selection } from '../state/project';
import { number, token } from '../values';
import { subspaceCells } from '../draw/cells';

const mostRows = 60, mostColumns = 48;

const short = (label: string) => (label.length > 34 ? `${label.slice(0, 33)}…` : label);

export function Scrubber() {
  const half = halfInForce();
  const step = (d: number) => { chosenHalf.value = Math.min(lastHalf.value, Math.max(0, half + d)); };
  return (
    <div class="scrubber">
      <button type="button" aria-label="One half-layer earlier" disabled={half === 0} onClick={() => step(-1)}>‹</button>
      <input type="range" min={0} max={lastHalf.value} value={half} aria-label="Half-layer" aria-valuetext={`after ${halfName(half)}`} onInput={(e) => { chosenHalf.value = Number(e.currentTarget.value); }} />
      <button type="button" aria-label="One half-layer later" disabled={half === lastHalf.value} onClick={() => step(1)}>›</button>
      <span>after {halfName(half)}</span>
    </div>
  );
}

export function Residual({ p }: { p: Picture }) {
  const { compiled, trace } = p;
  const half = halfInForce();
  const [open, setOpen] = useState<Record<number, boolean>>({});
  const [all, setAll] = useState(false);
  const [from, setFrom] = useState(0);
  const T = trace.T, width = compiled.model.d_model;
  const data = residualAt(p, half)!.data;
  const start = Math.min(from, Math.max(1, T - mostColumns) - 1);
  const positions = Array.from({ length: Math.min(T - 1, mostColumns) }, (_, i) => start + i + 1);
  const f = focus.value;
  const rows = all ? trace.decoded : trace.decoded.slice(0, mostRows);
  // A name with several places, as parts of a sum: each says where it is written.
  const names = trace.decoded.map((row) => nodeLabel(compiled.subspaces[row.subspace]!.node));
  const twice = new Set(names.filter((x, i) => names.indexOf(x) !== i));
  const isZero = (d: number) => { for (let t = 0; t < T; ++t) if (data[t * width + d] !== 0) return false; return true; };
  return (
    <section class="residual" aria-label="Residual stream">
      <div class="panel-bar"><Scrubber />
        {T - 1 > mostColumns && <label class="check">positions from <input type="number" min={0} max={T - 1 - mostColumns} value={start} onInput={(e) => setFrom(Math.max(0, Number(e.currentTarget.value)))} /></label>}
      </div>
      <div class="scroll">
        <table>
          <thead>
            <tr><th scope="col">s-op</th>{positions.map((t) => <th scope="col" class={`token${f.position === t ? ' here' : ''}`} title={`position ${t - 1}`}>{token(trace.tokens[t]!)}</th>)}</tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const s = compiled.subspaces[row.subspace]!;
              const cells = subspaceCells(p, row.subspace, half);
              const written = s.written <= half && (s.dead < 0 || half < s.dead);
              const opened = open[row.subspace] && written;
              const zero = opened ? s.dimensions.filter(isZero).length : 0;
              return (
                <>
                  <tr class={`${lit.value.has(s.node) ? 'on' : ''}${s.written === half ? ' fresh' : ''}`}>
                    <th scope="row">
                      <button type="button" class="expander" aria-expanded={opened ? 'true' : 'false'} aria-label={`Dimensions of ${s.label}`} disabled={!written} onClick={() => setOpen({ ...open, [row.subspace]: !opened })}>{opened ? '▾' : '▸'}</button>
                      <button type="button" class="link name" style={{ color: colour(s.node) }} title={nodeLabel(s.node) || s.label} {...pointing({ node: s.node, subspace: row.subspace })}>{short(nodeLabel(s.node) || s.label)}</button>
                      <small>{s.encoding === 'numerical' ? 'number' : `${s.dimensions.length} dim`}{twice.has(nodeLabel(s.node)) ? `, ${halfName(s.written)}` : ''}{s.dead >= 0 && half >= s.dead ? ', cleared' : ''}</small>
                    </th>
                    {positions.map((t) => {
                      const c = cells[t - 1]!;
                      const target = { subspace: row.subspace, half, position: t };
                      const here = f.subspace === row.subspace && f.position === t;
                      return (
                        <td class={`${written ? '' : 'unwritten'}${c.changed ? ' changed' : ''}${here ? ' here' : ''}`}>
                          {written ? <button type="button" class="value" aria-label={`${s.label} at position ${t - 1}: ${c.text || 'nothing'}`}
                            onMouseEnter={() => { hover.value = target; }} onMouseLeave={() => { hover.value = null; }} onClick={() => { hover.value = null; selection.value = target; }}>{c.text || '·'}</button> : ''}
                        </td>
                      );
                    })}
                  </tr>
                  {opened && s.dimensions.filter((d) => !isZero(d)).map((d) => (
                    <tr class="dimension">
                      <th scope="row"><small>{d}</small> {compiled.residual_labels[d]}</th>
                      {positions.map((t) => <td class={data[t * width + d] ? '' : 'zero'}>{number(data[t * width + d]!)}</td>)}
                    </tr>
                  ))}
                  {opened && zero > 0 && <tr class="dimension"><th scope="row" colSpan={positions.length + 1}>+{zero} zero at every position</th></tr>}
                </>
              );
            })}
          </tbody>
        </table>
      </div>
      {!all && trace.decoded.length > mostRows && <button type="button" onClick={() => setAll(true)}>Show all {trace.decoded.length} s-ops</button>}
      <p class="hint">A row fills when its s-op has been written. Click a value to see the sum that made it.</p>
    </section>
  );
}
