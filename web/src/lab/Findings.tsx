// What the laboratory found, in a sentence and in tables: progress, what can still be read, attention beside the compiled
// model’s, runs of this program.
import { trainedKind } from '../../../wasm/lab/request.mjs';
import { lab } from '../state/project';
import { Pattern, percent } from './pictures';
import { estimate, exchanged, finished, key, points, progress, shown, started, status } from './run';
import { sameValue } from '../../../wasm/course/equal.mjs';

export function Progress() {
  const p = progress.value,
    s = started.value;
  if (status.value === 'starting')
    return (
      <p class="lab-progress" role="status">
        {s
          ? 'Running the methods on it…'
          : lab.value.kind === 'methods'
            ? 'Loading the laboratory, compiling, and running the methods…'
            : 'Loading the laboratory and compiling…'}
      </p>
    );
  if (!s || s.experiment.kind !== trainedKind(lab.value)) return null;
  const e = estimate.value;
  const long = (n: number) =>
    n < 90
      ? `${Math.max(1, Math.round(n))} s`
      : n < 5400
        ? `${Math.round(n / 60)} min`
        : `${(n / 3600).toFixed(1)} hours`;
  const left =
    p.secondsLeft === null
      ? ''
      : p.secondsLeft < 1.5
        ? 'a second left'
        : p.secondsLeft < 90
          ? `${Math.round(p.secondsLeft)} s left`
          : `${Math.round(p.secondsLeft / 60)} min left`;
  return (
    <div class="lab-progress">
      <progress max={p.steps} value={p.step} aria-label="Steps of training" />
      <span role="status">
        {p.diverged
          ? `The loss was no number any more after ${p.step} steps; this is the last good state. Choose a smaller learning step: another recipe, or fewer dimensions less.`
          : status.value === 'done' || p.step >= p.steps
            ? `${p.step.toLocaleString('en')} steps done`
            : `step ${p.step.toLocaleString('en')} of ${p.steps.toLocaleString('en')}${status.value === 'paused' ? ', paused' : left ? `, ${left}` : ''}`}
      </span>
      {e && (
        <small class="hint">
          {e.perSecond < 10 ? e.perSecond.toFixed(1) : Math.round(e.perSecond).toLocaleString('en')} steps a second,{' '}
          {Math.max(1, Math.round(e.megabytes))} MB
        </small>
      )}
      {e?.asked && status.value === 'paused' && (
        <p class="caution" role="alert">
          This run would take about {long(e.seconds)} on this machine. Go on, or stop it and choose fewer steps or a
          smaller model.
        </p>
      )}
    </div>
  );
}

/** What one reads off, in a sentence. */
export function Finding() {
  const s = started.value,
    v = shown.value,
    last = points.value.at(-1);
  if (!s || !v || !last) return null;
  const right = `${percent(last.held_out)} of the positions of ${s.inputs.held_out.toLocaleString('en')} inputs that were not trained on are right`;
  if (s.experiment.kind === 'twin') {
    const best = v.heads.filter((h) => h.closest && (h.similarity ?? 0) > 0.8);
    return (
      <p class="lab-finding">
        {right}.{' '}
        {best.length
          ? best
              .map(
                (h) =>
                  `Head ${h.layer + 1}.${h.head + 1} looks as the compiled head “${h.closest!.label}” does (${percent(h.similarity!)}).`,
              )
              .join(' ')
          : 'No head looks as a compiled one does.'}
      </p>
    );
  }
  let shared = 0,
    pair = '',
    most = 0;
  v.overlaps?.forEach((row, i) =>
    row.forEach((x, j) => {
      if (j <= i || Math.abs(x) < 0.2) return;
      ++shared;
      if (Math.abs(x) > most && s.model.labels[i] && s.model.labels[j]) {
        most = Math.abs(x);
        pair = `“${s.model.labels[i]}” and “${s.model.labels[j]}”`;
      }
    }),
  );
  const worst = [...(v.s_ops ?? [])].sort((a, b) => a.right - b.right)[0];
  return (
    <p class="lab-finding">
      {s.model.d_model} features live in {s.experiment.d} dimensions, and {right}.{' '}
      {shared
        ? `${shared} pairs of features share a direction, most of all ${pair}.`
        : 'No two features share a direction.'}
      {worst && worst.right < 0.995
        ? ` What is lost first: “${worst.label}” can be read at ${percent(worst.right)} of the positions.`
        : ''}
    </p>
  );
}

export function SOps() {
  const rows = shown.value?.s_ops,
    exchange = exchanged.value;
  if (!rows) return null;
  const interchange = (node: number) => {
    const a = exchange?.get(node);
    return a === undefined || a === null ? '' : percent(a);
  };
  return (
    <section aria-label="Fidelity of s-ops">
      <h3>What can still be read</h3>
      <table class="lab-table">
        <thead>
          <tr>
            <th>s-op</th>
            <th colSpan={2}>positions at which it is read right</th>
            {exchange && (
              <th title="The s-op takes the values that it has on another input, in model and program alike: how often do both still answer the same?">
                interchange accuracy
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((r, i) => (
            <tr key={i}>
              <th scope="row">{r.label}</th>
              <td>
                <span class="bar">
                  <i style={{ width: `${100 * r.right}%` }} />
                </span>
              </td>
              <td>{percent(r.right)}</td>
              {exchange && <td>{interchange(r.node)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      <table class="lab-table">
        <thead>
          <tr>
            <th>block</th>
            <th>cosine with the uncompressed block</th>
          </tr>
        </thead>
        <tbody>
          {shown.value?.blocks?.map((b) => (
            <tr>
              <th scope="row">
                {b.part === 'mlp' ? 'MLP' : 'attention'} {b.layer + 1}
              </th>
              <td>{b.cosine === null ? 'writes nothing' : b.cosine.toFixed(2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function Patterns() {
  const v = shown.value,
    s = started.value;
  if (!v || !s) return null;
  const text = v.input.values.join(' ');
  return (
    <section aria-label="Attention beside the compiled model's">
      <h3>Attention on “{text}”</h3>
      <div class="lab-patterns">
        {v.patterns.run.flatMap((heads, l) =>
          heads.map((rows, h) => {
            const mine = v.heads.find((x) => x.layer === l && x.head === h);
            const other = s.experiment.kind === 'superposition' ? { layer: l, head: h } : mine?.closest;
            const exact = other && v.patterns.exact[other.layer]?.[other.head];
            return (
              <figure key={`${l}.${h}`}>
                <div>
                  <Pattern rows={rows} name={`Head ${l + 1}.${h + 1} of this model`} />
                  {exact && (
                    <Pattern rows={exact} name={`Head ${other.layer + 1}.${other.head + 1} of the compiled model`} />
                  )}
                </div>
                <figcaption>
                  head {l + 1}.{h + 1}
                  {other
                    ? ` beside the compiled ${other.layer + 1}.${other.head + 1}${mine?.closest?.label && s.experiment.kind === 'twin' ? `, ${mine.closest.label}` : ''}`
                    : ''}
                  {mine?.similarity !== undefined && s.experiment.kind === 'twin'
                    ? ` (${percent(mine.similarity)} alike)`
                    : ''}
                </figcaption>
              </figure>
            );
          }),
        )}
      </div>
      <table class="lab-answers">
        <tbody>
          <tr>
            <th scope="row">input</th>
            {v.input.values.map((x) => (
              <td>{String(x)}</td>
            ))}
          </tr>
          <tr>
            <th scope="row">compiled</th>
            {v.answers.exact.values.map((x) => (
              <td>{String(x)}</td>
            ))}
          </tr>
          <tr>
            <th scope="row">this model</th>
            {v.answers.run.values.map((x, i) => (
              <td
                class={
                  sameValue(x, v.answers.run.types?.[i], v.answers.exact.values[i], v.answers.exact.types?.[i])
                    ? ''
                    : 'wrong'
                }
              >
                {String(x)}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </section>
  );
}

export function Runs() {
  const rows = finished.value.filter((f) => f.of === key());
  if (rows.length < 2) return null;
  return (
    <section aria-label="Runs of this program">
      <h3>Runs of this program</h3>
      <table class="lab-table">
        <thead>
          <tr>
            <th>run</th>
            <th>seed</th>
            <th colSpan={2}>held-out positions right</th>
            <th>inputs wholly right</th>
          </tr>
        </thead>
        <tbody>
          {[...rows]
            .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }) || a.seed - b.seed)
            .map((r) => (
              <tr key={`${r.name}${r.seed}`}>
                <th scope="row">{r.name}</th>
                <td>{r.seed}</td>
                <td>
                  <span class="bar">
                    <i style={{ width: `${100 * r.held}%` }} />
                  </span>
                </td>
                <td>{percent(r.held)}</td>
                <td>{percent(r.inputs)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}
