// What the program computes on this input: interpreter beside model, and how far the model can be trusted.
import { focus } from '../state/focus';
import { type Picture, analysis, stale, stop, title, working } from '../state/live';
import { experiments } from '../state/project';
import { token } from '../values';
import { outputCells } from '../draw/cells';
import { lazy } from './lazy';
import { Term } from './Term';
import { promisesText } from '../draw/promises';
import { useEffect, useState } from 'preact/hooks';

const Experiments = lazy(() => import('./Experiments'));

/** Work that takes so long that someone may want to end it. */
export function Busy() {
  const [slow, setSlow] = useState(false);
  const busy = working.value !== '';
  useEffect(() => {
    setSlow(false);
    if (!busy) return undefined;
    const timer = setTimeout(() => setSlow(true), 800);
    return () => clearTimeout(timer);
  }, [busy]);
  if (!busy || !slow) return null;
  return (
    <>
      {working.value}…{' '}
      <button type="button" onClick={stop}>
        Stop
      </button>
    </>
  );
}

const Status = () => (
  <span class="status" role="status">
    <Busy />
    {working.value === '' && stale.value ? 'last good result' : ''}
  </span>
);

function Verdict({ p }: { p: Picture }) {
  const wrong = p.trace.agrees.filter((x) => !x).length;
  const undefined_ = p.trace.defined.filter((x) => !x).length;
  const nothing = p.trace.defined.length > 0 && undefined_ === p.trace.defined.length;
  const where = p.trace.nodes.find((n) => n.id === p.compiled.output)?.undefined;
  if (experiments.value.length)
    return (
      <p class="verdict caution">
        With your experiments the model{' '}
        {wrong
          ? `differs from the interpreter at ${wrong} ${wrong === 1 ? 'position' : 'positions'}`
          : 'still agrees with the interpreter here'}
        .
      </p>
    );
  if (nothing)
    return (
      <p class="verdict caution">
        Nothing is defined on this input{where ? `: ${where}` : ''}. There is no value that the model could agree with.
      </p>
    );
  const promises = promisesText(p.compiled.under, p.trace.broken_promises, wrong);
  // Beyond its promises a model owes nothing: no fault to report.
  if (promises && !promises.kept) return <p class="verdict caution promises">{promises.text}</p>;
  if (wrong)
    return (
      <p class="verdict bad">
        The model differs from the interpreter at {wrong} {wrong === 1 ? 'position' : 'positions'}. Please report this
        program.
      </p>
    );
  return (
    <>
      {p.compiled.exactness === 'proved' ? (
        <p class="verdict good">
          ✓ <Term name="proved" /> exact for every input up to length {p.compiled.model.max_length}
          {p.compiled.model.causal ? ', causal' : ''}
          {p.compiled.under && ', where the promises hold'}
        </p>
      ) : p.compiled.exactness === 'enumerated' ? (
        <p class="verdict good">
          ✓ <Term name="exact" /> for every input up to length {p.compiled.model.max_length}: checked on all{' '}
          {p.compiled.inputs_compared} inputs{p.compiled.under && ' that keep the promises'}
        </p>
      ) : (
        <p class="verdict caution">Agrees here, not proved for every input: {p.compiled.reasons[0]}</p>
      )}
      {promises && <p class="verdict good promises">{promises.text}</p>}
      {undefined_ > 0 && (
        <p class="verdict caution">? marks positions where the interpreter has no value{where ? `: ${where}` : ''}.</p>
      )}
    </>
  );
}

const mostColumns = 64;

/** values: the table, where the score below does not have it. */
export function Result({ p, values }: { p: Picture | null; values: boolean }) {
  const a = analysis.value;
  const f = focus.value;
  const position = f.position ?? f.query;
  const cells = p && outputCells(p);
  const count = Math.min(p?.input.values.length ?? 0, mostColumns);
  const row = (name: string, list: NonNullable<typeof cells>['model'], isToken = false) => (
    <tr class={isToken ? 'input-row' : ''}>
      <th scope="row">{name}</th>
      {list.slice(0, count).map((c, i) => (
        <td
          class={`${isToken ? 'token' : ''}${c.wrong ? ' wrong' : ''}${c.changed ? ' changed' : ''}${c.absent ? ' absent' : ''}${position === i + 1 ? ' here' : ''}${f.key === i + 1 ? ' key' : ''}`}
        >
          {isToken ? token(c.text) : c.text}
        </td>
      ))}
    </tr>
  );
  return (
    <section class="result" aria-label="Output">
      <div class="panel-bar">
        <h2>{title.value}</h2>
        {cells && <Verdict p={p} />}
        <Status />
      </div>
      {a?.description && <p class="description">{a.description}</p>}
      {cells && (
        <>
          {values && (
            <div class="scroll">
              <table class="compare">
                <tbody>
                  <tr class="positions">
                    <th scope="row">position</th>
                    {cells.input.slice(0, count).map((_, i) => (
                      <td>{i}</td>
                    ))}
                  </tr>
                  {row('input', cells.input, true)}
                  {row('interpreter', cells.interpreter)}
                  {row('model', cells.model)}
                </tbody>
              </table>
            </div>
          )}
          {values && p.input.values.length > count && (
            <p class="hint">
              the first {count} of {p.input.values.length} positions
            </p>
          )}
        </>
      )}
      {p && experiments.value.length > 0 && <Experiments p={p} fallback={null} />}
    </section>
  );
}
