// The view Laboratory: the compiled model in fewer dimensions, and the same task from random weights. Pictures are
// sections, so that Export takes them.
import { useEffect } from 'preact/hooks';
import { trainedKind } from '../../../wasm/lab/request.mjs';
import { analysis, analyzedSource } from '../state/live';
import { lab, source, type LabSettings } from '../state/project';
import { Lesson } from './Lesson';
import { Methods } from './Methods';
import { discovered, discoveredOf } from './methods';
import { Curve, Overlaps, Pattern, percent } from './pictures';
import {
  estimate,
  exchanged,
  exported,
  finished,
  key,
  look,
  pause,
  points,
  problem,
  progress,
  ranOn,
  resume,
  shown,
  start,
  started,
  status,
  stop,
} from './run';
import './lab.css';
import { sameValue } from '../../../wasm/course/equal.mjs';

const change = (part: Partial<LabSettings>) => {
  lab.value = { ...lab.peek(), ...part };
};

function NumberField({
  label,
  name,
  most,
  placeholder,
  hint,
}: {
  label: string;
  name: 'd' | 'seed' | 'steps' | 'layers' | 'heads' | 'width';
  most: number;
  placeholder: string;
  hint: string;
}) {
  return (
    <label title={hint}>
      {label}
      <input
        type="number"
        min={name === 'seed' ? 0 : 1}
        max={most}
        step={1}
        value={lab.value[name] ?? ''}
        placeholder={placeholder}
        onInput={(e) => {
          const v = e.currentTarget.valueAsNumber;
          change({ [name]: Number.isInteger(v) && v >= 0 && v <= 1e7 ? v : undefined });
        }}
      />
    </label>
  );
}

function Form({ save }: { save: (name: string, content: BlobPart, type: string) => void }) {
  const s = lab.value;
  const busy = status.value === 'running' || status.value === 'starting' || status.value === 'paused';
  const D = started.value?.model.d_model,
    kind = trainedKind(s);
  return (
    <form
      class="lab-form"
      onSubmit={(e) => {
        e.preventDefault();
        change({ run: true });
        void start();
      }}
    >
      <fieldset class="lab-kinds">
        <legend class="visually-hidden">Experiment</legend>
        {(
          [
            ['superposition', 'Compress', 'the same model in fewer dimensions'],
            ['twin', 'Train a twin', 'the same task from random weights'],
            ['methods', 'Find the circuit', 'methods against the truth'],
          ] as const
        ).map(([kind, name, what]) => (
          <label class={s.kind === kind ? 'on' : ''}>
            <input type="radio" name="kind" checked={s.kind === kind} onChange={() => change({ kind })} /> {name}
            <small>{what}</small>
          </label>
        ))}
      </fieldset>
      <div class="lab-fields">
        {s.kind === 'methods' && (
          <label title="What the methods look at">
            Model
            <select
              value={s.of ?? ''}
              onChange={(e) => change({ of: (e.currentTarget.value || undefined) as LabSettings['of'] })}
            >
              <option value="">compiled</option>
              <option value="superposition">compressed, trained first</option>
              <option value="twin">a twin, trained first</option>
            </select>
          </label>
        )}
        {kind === 'superposition' ? (
          <>
            <NumberField
              label="Dimensions d"
              name="d"
              most={D ?? 4096}
              placeholder="half"
              hint="What the residual stream has after compression"
            />
            <label title="How W begins">
              Start
              <select
                value={s.recipe ?? ''}
                onChange={(e) => change({ recipe: (e.currentTarget.value || undefined) as LabSettings['recipe'] })}
              >
                <option value="">automatic</option>
                <option value="orthonormal">orthonormal</option>
                <option value="principal">principal directions</option>
                <option value="paper">as in the paper (long)</option>
              </select>
            </label>
            <label class="check" title="Our optimised models have little left to compress">
              <input
                type="checkbox"
                checked={!s.optimised}
                onChange={(e) => change({ optimised: !e.currentTarget.checked || undefined })}
              />{' '}
              plain construction
            </label>
          </>
        ) : (
          kind === 'twin' && (
            <>
              <NumberField
                label="Layers"
                name="layers"
                most={8}
                placeholder="predicted"
                hint="Where empty: as many as the compiled model has with heads"
              />
              <NumberField
                label="Heads a layer"
                name="heads"
                most={8}
                placeholder="predicted"
                hint="Where empty: as the compiled model"
              />
              <NumberField label="Width" name="width" most={256} placeholder="32" hint="Of its residual stream" />
              <label class="check" title="The loss asks the heads to attend as the compiled ones do, too">
                <input
                  type="checkbox"
                  checked={s.patterns ?? false}
                  onChange={(e) => change({ patterns: e.currentTarget.checked || undefined })}
                />{' '}
                show it the compiled attention
              </label>
            </>
          )
        )}
        {kind && (
          <NumberField
            label="Steps"
            name="steps"
            most={1_000_000}
            placeholder={kind === 'twin' ? '6000' : '4000'}
            hint="Of training"
          />
        )}
        <NumberField
          label="Seed"
          name="seed"
          most={4294967295}
          placeholder="1"
          hint="The same seed gives the same run, everywhere"
        />
      </div>
      <p class="lab-buttons">
        {!busy && (
          <button type="submit" class="primary">
            Start
          </button>
        )}
        {status.value === 'running' && (
          <button type="button" onClick={pause}>
            Pause
          </button>
        )}
        {status.value === 'paused' && (
          <button type="button" class="primary" onClick={resume}>
            Go on
          </button>
        )}
        {busy && (
          <button type="button" onClick={stop}>
            Stop
          </button>
        )}
        {started.value && status.value !== 'starting' && s.kind !== 'methods' && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              exported().then(
                (bytes) => save('laboratory.safetensors', bytes, 'application/octet-stream'),
                (e: Error) => {
                  problem.value = e.message;
                },
              );
            }}
          >
            Weights
          </button>
        )}
      </p>
    </form>
  );
}

function Progress() {
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
function Finding() {
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

function SOps() {
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

function Patterns() {
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

function Runs() {
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

export default function Laboratory({ save }: { save: (name: string, content: BlobPart, type: string) => void }) {
  // A link whose author ran it runs again.
  useEffect(() => {
    const begin = () => {
      if (
        lab.peek().run &&
        status.peek() === 'idle' &&
        !started.peek() &&
        !discovered.peek() &&
        !problem.peek() &&
        analysis.peek() &&
        analyzedSource.peek() === source.peek()
      )
        void start();
    };
    begin();
    return analysis.subscribe(begin);
  }, []);
  const methods = lab.value.kind === 'methods';
  const s = methods || (started.value && started.value.experiment.kind !== lab.value.kind) ? null : started.value;
  const v = s ? shown.value : null;
  const old = methods ? discovered.value && discoveredOf.value !== key() : s && ranOn.value !== key();
  return (
    <section class="lab" aria-label="Laboratory">
      <Lesson />
      <Form save={save} />
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {s?.diagnostics
        .filter((d) => d.code === 'few-examples')
        .map((d) => (
          <p class="info">
            {d.message}. {d.hint}
          </p>
        ))}
      {old && <p class="info">The program has changed since this run.</p>}
      <Progress />
      {methods ? <Methods /> : s && <Finding />}
      {s && (
        <section aria-label="Accuracy against steps">
          <h3>
            Held-out accuracy{' '}
            <small>
              solid; trained on: thin; losses, logarithmic: grey
              {s.experiment.kind === 'twin' ? '' : ' (layers: dashed)'}. Click a point to go back to it.
            </small>
          </h3>
          <Curve
            points={points.value}
            steps={progress.value.steps}
            at={v?.step ?? -1}
            onStep={(step) => void look(step)}
          />
        </section>
      )}
      {v?.overlaps && s && (
        <section aria-label="Features that share directions" tabIndex={0}>
          <h3>
            Features that share directions{' '}
            <small>
              W·Wᵀ: a feature with itself on the diagonal; what stands beside it shares a direction with another
            </small>
          </h3>
          <Overlaps overlaps={v.overlaps} labels={s.model.labels} />
        </section>
      )}
      {s && (
        <>
          <SOps />
          <Patterns />
        </>
      )}
      {!methods && <Runs />}
      {!s && !discovered.value && (
        <p class="empty">
          {methods
            ? 'The compiled model’s circuit is known. Seven methods that look for circuits are run on it and scored: who finds it, and on which mechanism not?'
            : lab.value.kind === 'twin'
              ? 'A transformer with random weights learns this program from its inputs and outputs. Does gradient descent find the mechanism that the compiler wrote?'
              : 'One matrix W is learned that squeezes the residual stream into d dimensions; all other weights stay as compiled. Watch which features come to share a direction, and what goes wrong first.'}{' '}
          <a href="./docs/laboratory.html" target="_blank" rel="noopener">
            More about the laboratory
          </a>
        </p>
      )}
    </section>
  );
}
