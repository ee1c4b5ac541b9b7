// Methods against the truth: who finds the circuit that the compiler wrote?
import { areaText } from '../../../wasm/lab/request.mjs';
import { type Edge, discovered, method, names, roc, truth, truths, type Truth } from './methods';
import { percent } from './pictures';

const words: Record<Truth, string> = {
  causal: 'patching this edge alone changes some answer',
  semantic: 'an s-op that one writes is read by the other',
  structural: 'the product of their weights is not zero',
};

function Roc({ edges }: { edges: Edge[] }) {
  const S = 190,
    left = 30,
    top = 6,
    size = S - left - 14;
  const points = roc(edges, method.value, truth.value)
    .map(([x, y]) => `${left + x * size},${top + (1 - y) * size}`)
    .join(' ');
  return (
    <svg
      class="lab-roc"
      width={S}
      height={S}
      role="img"
      aria-label={`ROC curve of ${names[method.value]![0]} against ${truth.value} edges`}
    >
      <rect x={left} y={top} width={size} height={size} class="frame" />
      <line x1={left} y1={top + size} x2={left + size} y2={top} class="grid" />
      <polyline points={points} class="held" />
      <text x={left + size / 2} y={S - 0} text-anchor="middle">
        spurious
      </text>
      <text x={10} y={top + size / 2} text-anchor="middle" transform={`rotate(-90 10 ${top + size / 2})`}>
        found
      </text>
    </svg>
  );
}

export function Methods() {
  const d = discovered.value;
  if (!d) return null;
  const { nodes, readers, edges } = d.circuit;
  const true_ = edges.filter((e) => e[truth.value]).length;
  const ranked = [...edges].sort((a, b) => (b.scores[method.value] ?? 0) - (a.scores[method.value] ?? 0));
  const most = Math.max(1e-12, ...edges.map((e) => e.scores[method.value] ?? 0));
  const chosen = d.methods.find((m) => m.method === method.value);
  return (
    <>
      {chosen && (
        <p class="lab-finding">
          {names[method.value]![0]} ranks{' '}
          {chosen.auc[truth.value] === null
            ? 'the edges'
            : `a true edge above a wrong one in ${percent(chosen.auc[truth.value]!)} of the cases`}
          ; with its first {edges.filter((e) => e.causal).length} edges alone, {percent(chosen.faithfulness)} of the
          answers stay as they were.
        </p>
      )}
      <section aria-label="Methods against the truth">
        <h3>
          Area under the ROC curve{' '}
          <small>
            {d.pairs} pairs of a clean and a corrupted input; causal edges were searched on {d.witnesses}
          </small>
        </h3>
        <table class="lab-table lab-methods">
          <thead>
            <tr>
              <th>method</th>
              {truths.map((t) => (
                <th key={t}>
                  <button
                    type="button"
                    class="link"
                    aria-pressed={truth.value === t}
                    title={words[t]}
                    onClick={() => {
                      truth.value = t;
                    }}
                  >
                    {t}
                  </button>
                </th>
              ))}
              <th>faithful</th>
              <th>seconds</th>
            </tr>
          </thead>
          <tbody>
            {d.methods.map((m) => (
              <tr key={m.method} class={m.method === method.value ? 'on' : ''}>
                <th scope="row">
                  <button
                    type="button"
                    class="link"
                    onClick={() => {
                      method.value = m.method;
                    }}
                  >
                    {names[m.method]?.[0] ?? m.method}
                  </button>
                  <small>{names[m.method]?.[1]}</small>
                </th>
                {truths.map((t) => (
                  <td key={t}>{m.auc[t] === null ? '–' : areaText(m.auc[t]!)}</td>
                ))}
                <td>{percent(m.faithfulness)}</td>
                <td>{m.seconds.toFixed(3)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section class="lab-edges" aria-label="Edges">
        <h3>
          Edges by {names[method.value]![0]} <small>✓ true: {words[truth.value]}</small>
        </h3>
        <Roc edges={edges} />
        <table class="lab-table">
          <tbody>
            {ranked.slice(0, 60).map((e, i) => {
              const found = i < true_;
              const verdict = e[truth.value] ? (found ? 'found' : 'missed') : found ? 'spurious' : '';
              return (
                <tr key={`${e.from}.${e.to}`} class={verdict}>
                  <td>{e[truth.value] ? '✓' : ''}</td>
                  <th
                    scope="row"
                    title={
                      e.witness
                        ? `On ${e.witness.clean.values.join(' ')} with ${e.witness.corrupted.values.join(' ')} along this edge, an answer changes`
                        : ''
                    }
                  >
                    {nodes[e.from]!.name} → {readers[e.to]}
                  </th>
                  <td>
                    <span class="bar">
                      <i style={{ width: `${(100 * (e.scores[method.value] ?? 0)) / most}%` }} />
                    </span>
                  </td>
                  <td>{verdict}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </>
  );
}
