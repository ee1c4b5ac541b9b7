/** The cases of a task and what came of them, and its budgets. */
import { useEffect, useState } from 'preact/hooks';
import { type CaseResult, type Task, type TaskResult, valuesText } from '../../../wasm/course/index.mjs';
import type { Host } from './host';

/** Where a result of the laboratory is asked for: the experiment, in a tab of its own. */
export function Experiment({ host, task }: { host: Host; task: Task }) {
  const [link, setLink] = useState('');
  useEffect(() => {
    let current = true;
    setLink('');
    void host.experimentLink?.(task).then((made) => {
      if (current) setLink(made);
    });
    return () => {
      current = false;
    };
  }, [task]);
  return (
    <p class="course-experiment">
      {link && (
        <a class="button" href={link} target="_blank" rel="noopener">
          Open in the laboratory
        </a>
      )}{' '}
      Read the number off there and write it down as <code>{task.asks.name}</code>
      {task.laboratory!.measure === 'auc' ? ', to three digits' : ', in percent, as it stands there'}.
    </p>
  );
}

export function Cases({
  host,
  task,
  result,
  running,
}: {
  host: Host;
  task: Task;
  result: TaskResult | null;
  running: boolean;
}) {
  const visible = result?.cases.filter((c) => c.kind === 'visible') ?? [];
  const passed = visible.filter((c) => c.passed).length;
  return (
    <div class={`course-cases${running ? ' stale' : ''}`}>
      <h4>Cases</h4>
      <p class="hint" role="status" aria-live="polite">
        {result ? `${passed} of ${visible.length} pass` : 'Trying the cases…'}
      </p>
      {result?.locked && <p class="bad">{result.locked}.</p>}
      {result?.diagnostics
        .filter((d) => (d.severity ?? 'error') === 'error')
        .slice(0, 3)
        .map((d) => (
          <p class="bad">
            {d.file === undefined && (
              <>
                {host.goTo ? (
                  <button type="button" class="link" onClick={() => host.goTo!(d.line, d.column)}>
                    Line {d.line}
                  </button>
                ) : (
                  `Line ${d.line}`
                )}
                :{' '}
              </>
            )}
            {d.message}.{d.hint && ` ${d.hint}`}
          </p>
        ))}
      <div class="course-scroll" tabIndex={0} role="region" aria-label="Cases">
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span class="visually-hidden">Verdict</span>
              </th>
              <th scope="col">input</th>
              <th scope="col">expected</th>
              <th scope="col">got</th>
            </tr>
          </thead>
          <tbody>
            {task.cases.map((c, i) => (
              <CaseRow
                host={host}
                c={visible[i] ?? null}
                input={valuesText(c.input)}
                call={c.call ?? ''}
                expected={c.output ?? null}
              />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function CaseRow({
  host,
  c,
  input,
  call,
  expected,
}: {
  host: Host;
  c: CaseResult | null;
  input: string;
  call: string;
  expected: CaseResult['expected'];
}) {
  const wanted = c?.expected ?? expected,
    d = c?.firstDifference;
  return (
    <>
      <tr class={c ? (c.passed ? 'pass' : 'fail') : ''}>
        <td>
          {c ? (
            <span role="img" aria-label={c.passed ? 'passes' : 'fails'}>
              {c.passed ? '✓' : '✗'}
            </span>
          ) : (
            '·'
          )}
        </td>
        <td>
          <code>{input}</code>
          {call && (
            <>
              <br />
              <code>{call}</code>
            </>
          )}
        </td>
        <td>
          <Values values={wanted} other={c?.passed ? null : (c?.got ?? null)} />
        </td>
        <td>
          {c &&
            (c.got ? <Values values={c.got} other={c.passed ? null : wanted} /> : <span class="hint">nothing</span>)}
        </td>
      </tr>
      {c && !c.passed && (d || c.problem || c.note) && (
        <tr class="why">
          <td />
          <td colSpan={3}>
            {d && (
              <p>
                The first s-op that differs is{' '}
                {host.goTo && d.line ? (
                  <button type="button" class="link" onClick={() => host.goTo!(d.line!, 1)}>
                    <code>{d.name}</code>
                  </button>
                ) : (
                  <code>{d.name}</code>
                )}
                : <code>{valuesText(d.got)}</code> instead of <code>{valuesText(d.expected)}</code>.
              </p>
            )}
            {c.problem && c.got && <p>{c.problem}</p>}
            {c.note && <p>{c.note}</p>}
          </td>
        </tr>
      )}
    </>
  );
}

/** Values cell by cell; a cell that differs from its neighbour in the other list is marked, and not by colour alone. */
function Values({
  values,
  other,
}: {
  values: (string | number | boolean | null)[] | null;
  other: (string | number | boolean | null)[] | null;
}) {
  if (!values) return <span class="hint">–</span>;
  const text = (v: string | number | boolean | null) => valuesText([v]).slice(1, -1);
  return (
    <span class="course-values">
      {values.slice(0, 64).map((v, i) => {
        const same = !other || text(v) === text(other[i] ?? null);
        return <code class={same ? '' : 'differs'}>{text(v)}</code>;
      })}
      {values.length > 64 && '…'}
    </span>
  );
}

export function Gauges({ result, task }: { result: TaskResult | null; task: Task }) {
  const budgets = Object.entries(task.budgets ?? {});
  if (!budgets.length && !task.rules?.length) return null;
  return (
    <div class="course-gauges">
      {budgets.map(([what, b]) => {
        const now = result?.budgets.find((x) => x.what === what);
        return (
          <div class={`course-gauge ${now ? (now.met ? 'pass' : 'fail') : ''}`}>
            <label>
              {now?.unit ?? what}{' '}
              <meter min={0} max={Math.max(b.most, now?.value ?? 0, 1)} high={b.most} value={now?.value ?? 0} />{' '}
              <span>
                {now?.value ?? '–'} of at most {b.most}
                {now && !now.met && ' ✗'}
              </span>
            </label>
            {now?.why && <p class="hint">{now.why}</p>}
          </div>
        );
      })}
      {result && result.rules.length > 0 && (
        <ul class="course-rules">
          {result.rules.map((r) => (
            <li class={r.met ? 'pass' : 'fail'}>
              <span role="img" aria-label={r.met ? 'kept' : 'broken'}>
                {r.met ? '✓' : '✗'}
              </span>{' '}
              {r.text}
              {r.why && `: ${r.why}`}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
