// The residual stream, read as values: one row an s-op, one column a position, after the half-layer under the scrubber.
import { halfLayer, hue, picture, selectedNode, stale } from '../state';
import { token } from '../values';

const name = (half: number) => (half === 0 ? 'after the embeddings' : `after layer ${Math.floor((half + 1) / 2)}'s ${half % 2 ? 'attention' : 'MLP'}`);

export function Residual() {
  const p = picture.value;
  if (!p) return null;
  const { compiled, trace } = p;
  const last = 2 * compiled.model.layers;
  const half = Math.min(halfLayer.value, last);
  return (
    <section class={`panel ${stale.value ? 'stale' : ''}`} aria-label="Residual stream">
      <div class="panel-head">
        <h2>Residual stream</h2>
        <label class="scrub">
          <span>{name(half)}</span>
          <input type="range" min={0} max={last} value={half} aria-label="Half-layer" aria-valuetext={name(half)} onInput={(e) => { halfLayer.value = Number(e.currentTarget.value); }} />
        </label>
      </div>
      <div class="scroll">
        <table class="residual">
          <thead><tr><th scope="col">s-op</th><th scope="col"><small>dims</small></th>{trace.tokens.slice(1).map((t, i) => <th scope="col" class="token" title={`position ${i}`}>{token(t)}</th>)}</tr></thead>
          <tbody>
            {trace.decoded.map((row) => {
              const s = compiled.subspaces[row.subspace]!;
              const h = hue(s.node);
              const cells = row.at[half] ?? [];
              return (
                <tr class={`${selectedNode.value === s.node ? 'on' : ''} ${s.written === half ? 'fresh' : ''}`}>
                  <th scope="row"><button type="button" onClick={() => { selectedNode.value = selectedNode.value === s.node ? null : s.node; }} style={{ color: h === null ? 'inherit' : `hsl(${h} var(--hue-s) var(--hue-l))` }}>{s.label}</button></th>
                  <td class="dims">{s.dimensions.length}{s.encoding === 'numerical' ? ' #' : ''}</td>
                  {cells.slice(1).map((x) => <td class={x === '' ? 'unwritten' : ''}>{x === '' ? '·' : x}</td>)}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
