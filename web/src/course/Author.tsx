/** Writing an assignment: a form over its JSON text, a check against the reference solutions, a preview, file and link. */
import { useEffect, useId, useMemo, useState } from 'preact/hooks';
import {
  type Budget,
  type BudgetName,
  type Diagnostic,
  type Task,
  type TaskResult,
  checkAssignment,
  encodeLink,
  format,
  parseAssignment,
  publish,
  randomSalt,
} from '../../../wasm/course/index.mjs';
import { type Draft, casesText, draftOf, newAssignment, newTask, parseCases, parseVocabulary, textOf, vocabularyText, withTask } from './draft';
import { type Host, linkOf, place } from './host';
import { Packages } from './Packages';
import { Copy } from './Copy';
import { Solve } from './Solve';

const draftKey = 'rasp-course-draft';
const read = () => {
  try {
    return localStorage.getItem(draftKey);
  } catch {
    return null;
  }
};

interface Checked {
  text: string;
  ok: boolean;
  tasks: { task: string; problems: string[]; reference: TaskResult | null }[];
  diagnostics: Diagnostic[];
}

export interface AuthorProps {
  host: Host;
  /** An assignment file to go on with; absent: the last draft of this browser, or a new one. */
  text?: string;
  onClose?: () => void;
}

export function Author({ host, text: given, onClose }: AuthorProps) {
  const [text, setText] = useState(() => given ?? read() ?? newAssignment());
  const [mode, setMode] = useState<'form' | 'text'>('form');
  const [open, setOpen] = useState(0);
  const [checked, setChecked] = useState<Checked | null>(null);
  const [busy, setBusy] = useState('');
  const [said, setSaid] = useState('');
  const [link, setLink] = useState('');
  const [preview, setPreview] = useState<string | null>(null);
  useEffect(() => {
    try {
      localStorage.setItem(draftKey, text);
    } catch {
      /* the file can be saved */
    }
  }, [text]);

  const { assignment, diagnostics } = useMemo(() => parseAssignment(text), [text]);
  const draft = useMemo(() => draftOf(text), [text]);
  const edit = (next: Draft) => {
    setText(textOf(next));
    setLink('');
    setSaid('');
  };

  const run = async (what: string, work: () => Promise<void>) => {
    setBusy(what);
    setSaid('');
    try {
      await work();
    } catch (error) {
      setSaid(error instanceof Error ? error.message : 'That did not work');
    } finally {
      setBusy('');
    }
  };
  const check = () =>
    run('Checking…', async () => {
      if (!assignment) return;
      setChecked({ text, ...(await checkAssignment(host, assignment)) });
    });
  const published = async (): Promise<string | null> => {
    if (!assignment) return null;
    const result = await publish(host, assignment, randomSalt());
    if (!result.assignment) {
      setChecked({ text, ok: false, tasks: [], diagnostics: result.diagnostics });
      return null;
    }
    return `${format(result.assignment)}\n`;
  };
  const load = async () => {
    const file = await host.openFile('.json');
    if (file) {
      setText(file.text);
      setChecked(null);
      setOpen(0);
    }
  };

  if (preview !== null) return <Solve host={host} text={preview} preview onClose={() => setPreview(null)} />;
  const name = assignment?.id ?? 'assignment';
  return (
    <section class="course" aria-label="Author an assignment">
      <div class="course-head">
        <h2>Write an assignment</h2>
        {onClose && (
          <button type="button" class="quiet" onClick={onClose}>
            Close
          </button>
        )}
      </div>
      <p class="course-actions">
        <button
          type="button"
          onClick={() => {
            if (window.confirm('Begin a new assignment? Save this one first if you want to keep it.')) {
              setText(newAssignment());
              setChecked(null);
              setOpen(0);
            }
          }}
        >
          New
        </button>{' '}
        <button type="button" onClick={() => void load()}>
          Open…
        </button>{' '}
        <button type="button" onClick={() => host.saveFile(`${name}.instructor.json`, text)}>
          Save
        </button>{' '}
        <button type="button" aria-pressed={mode === 'text'} onClick={() => setMode(mode === 'form' ? 'text' : 'form')}>
          Edit as JSON
        </button>
      </p>
      {mode === 'text' || !draft ? (
        <div class="field tall">
          <label for="course-json">the file</label>
          <textarea
            id="course-json"
            class="mono"
            rows={24}
            spellcheck={false}
            value={text}
            onInput={(e) => {
              setText(e.currentTarget.value);
              setLink('');
            }}
          />
        </div>
      ) : (
        <Form host={host} draft={draft} edit={edit} open={open} setOpen={setOpen} />
      )}
      {diagnostics.length > 0 && (
        <ul class="course-problems" aria-label="Problems">
          {diagnostics.slice(0, 20).map((d) => (
            <li>{place(d)}</li>
          ))}
        </ul>
      )}
      <p class="course-actions">
        <button type="button" class="primary" disabled={!assignment || busy !== ''} onClick={() => void check()}>
          Check
        </button>{' '}
        <button type="button" disabled={!assignment || busy !== ''} onClick={() => void run('Preparing…', async () => setPreview(await published()))}>
          Preview as a student
        </button>{' '}
        <button
          type="button"
          disabled={!assignment || busy !== ''}
          onClick={() =>
            void run('Preparing…', async () => {
              const t = await published();
              if (t) host.saveFile(`${name}.json`, t);
            })
          }
        >
          Save the students’ file
        </button>{' '}
        <button
          type="button"
          disabled={!assignment || busy !== ''}
          onClick={() =>
            void run('Preparing…', async () => {
              const t = await published();
              if (t) setLink(linkOf(host, await encodeLink('assignment', t)));
            })
          }
        >
          Link for students
        </button>
      </p>
      <p role="status" class="hint">
        {busy || said}
      </p>
      <Packages host={host} assignment={assignment} busy={busy !== ''} run={run} published={published} />
      {link && (
        <div class="field">
          <label for="course-share">students’ link</label>
          <input id="course-share" class="mono" readOnly value={link} onFocus={(e) => e.currentTarget.select()} />
          <Copy text={link} />
        </div>
      )}
      {link && (
        <p class="hint">Reference solutions are not in the link, outputs of hidden cases only as salted hashes. Keep your own file: final grading needs it.</p>
      )}
      {checked && <Report checked={checked} stale={checked.text !== text} />}
    </section>
  );
}

function Report({ checked, stale }: { checked: Checked; stale: boolean }) {
  return (
    <div class={`course-verdict ${checked.ok ? 'pass' : 'fail'}${stale ? ' stale' : ''}`} role="status">
      <p>
        <strong>{checked.ok ? 'Every reference solution passes everything, and no starter does.' : 'Not ready yet.'}</strong>
        {stale && ' (before the last changes)'}
      </p>
      <ul>
        {checked.diagnostics.map((d) => (
          <li>{d.message}</li>
        ))}
        {checked.tasks.map((t) => (
          <li>
            {t.task}:{' '}
            {t.problems.length
              ? t.problems.join(' ')
              : `fine${t.reference?.model ? `; the reference needs ${t.reference.model.layers} layers, ${t.reference.model.heads} heads, d_model ${t.reference.model.d_model}, ${t.reference.model.parameters} parameters` : ''}`}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Field({
  label,
  value,
  onValue,
  rows,
  mono,
  problem,
}: {
  label: string;
  value: string;
  onValue: (v: string) => void;
  rows?: number;
  mono?: boolean;
  problem?: string;
}) {
  const id = useId();
  return (
    <div class={`field${rows ? ' tall' : ''}`}>
      <label for={id}>{label}</label>
      {rows ? (
        <textarea
          id={id}
          class={mono ? 'mono' : ''}
          rows={rows}
          spellcheck={!mono}
          value={value}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? `${id}-p` : undefined}
          onInput={(e) => onValue(e.currentTarget.value)}
        />
      ) : (
        <input
          id={id}
          class={mono ? 'mono' : ''}
          value={value}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? `${id}-p` : undefined}
          onInput={(e) => onValue(e.currentTarget.value)}
        />
      )}
      {problem && (
        <p id={`${id}-p`} class="bad">
          {problem}
        </p>
      )}
    </div>
  );
}

const number = (text: string): number | undefined => (text.trim() === '' || !Number.isFinite(Number(text)) ? undefined : Number(text));

function Form({ host, draft, edit, open, setOpen }: { host: Host; draft: Draft; edit: (d: Draft) => void; open: number; setOpen: (n: number) => void }) {
  const tasks = draft.tasks ?? [],
    at = Math.min(open, tasks.length - 1),
    task = tasks[at];
  return (
    <>
      <Field label="id" mono value={String(draft.id ?? '')} onValue={(id) => edit({ ...draft, id })} />
      <Field label="title" value={String(draft.title ?? '')} onValue={(title) => edit({ ...draft, title })} />
      <Field label="statement" rows={4} value={String(draft.statement ?? '')} onValue={(statement) => edit({ ...draft, statement: statement || undefined })} />
      <ol class="course-tasks" aria-label="Tasks">
        {tasks.map((t, i) => (
          <li>
            <button type="button" aria-current={i === at ? 'step' : undefined} onClick={() => setOpen(i)}>
              {i + 1}
              <span class="visually-hidden"> {String(t.title ?? '')}</span>
            </button>
          </li>
        ))}
        <li>
          <button
            type="button"
            class="quiet"
            onClick={() => {
              edit({ ...draft, tasks: [...tasks, newTask(tasks.length + 1)] });
              setOpen(tasks.length);
            }}
          >
            Add a task
          </button>
        </li>
      </ol>
      {task && (
        <TaskForm
          key={at}
          host={host}
          task={task}
          set={(part) => edit(withTask(draft, at, part))}
          remove={
            tasks.length > 1
              ? () => {
                  if (window.confirm('Remove this task?')) {
                    edit({ ...draft, tasks: tasks.filter((_, i) => i !== at) });
                    setOpen(Math.max(0, at - 1));
                  }
                }
              : undefined
          }
        />
      )}
    </>
  );
}

function Lines({ label, cases, set }: { label: string; cases: Task['cases'] | undefined; set: (cases: Task['cases']) => void }) {
  const [typed, setTyped] = useState<{ text: string; problem: string } | null>(null);
  return (
    <Field
      label={label}
      mono
      rows={4}
      value={typed?.text ?? casesText(cases)}
      problem={typed?.problem}
      onValue={(text) => {
        const parsed = parseCases(text, cases);
        setTyped({ text, problem: parsed.problem });
        if (parsed.cases) set(parsed.cases);
      }}
    />
  );
}

function TaskForm({ host, task, set, remove }: { host: Host; task: Partial<Task>; set: (part: Partial<Task>) => void; remove?: () => void }) {
  const asks = task.asks ?? { name: '', kind: 's-op' as const };
  const budget = (what: BudgetName) => {
    const b: Budget | undefined = task.budgets?.[what];
    return (
      <Field
        label={`at most, ${what}`}
        value={b ? String(b.most) : ''}
        onValue={(v) => {
          const most = number(v),
            { [what]: _, ...rest } = task.budgets ?? {};
          const next = most === undefined ? rest : { ...rest, [what]: { ...b, most } };
          set({ budgets: Object.keys(next).length ? next : undefined });
        }}
      />
    );
  };
  const fromEditor = (part: (program: string) => Partial<Task>) => () => set(part(host.source.peek()));
  return (
    <fieldset class="course-form">
      <legend>Task</legend>
      <Field label="task id" mono value={String(task.id ?? '')} onValue={(id) => set({ id })} />
      <Field label="task title" value={String(task.title ?? '')} onValue={(title) => set({ title })} />
      <Field label="points" value={String(task.points ?? '')} onValue={(v) => set({ points: number(v) })} />
      <Field label="task statement" rows={4} value={String(task.statement ?? '')} onValue={(statement) => set({ statement: statement || undefined })} />
      <Field label="asks for the name" mono value={asks.name} onValue={(name) => set({ asks: { ...asks, name } })} />
      <div class="field">
        <label for="course-kind">which is</label>
        <select id="course-kind" value={asks.kind} onChange={(e) => set({ asks: { ...asks, kind: e.currentTarget.value as 's-op' } })}>
          <option value="s-op">an s-op</option>
          <option value="selector">a selector</option>
          <option value="function">a function</option>
        </select>
      </div>
      <Field
        label={asks.kind === 'function' ? 'called as' : 'evaluated as (if not by its name)'}
        mono
        value={task.call ?? ''}
        onValue={(call) => set({ call: call || undefined })}
      />
      <Field label="vocabulary" mono value={vocabularyText(task.vocabulary)} onValue={(v) => set({ vocabulary: parseVocabulary(v) })} />
      <Field label="longest input" value={String(task.max_length ?? '')} onValue={(v) => set({ max_length: number(v) })} />
      <p>
        <label class="check">
          <input type="checkbox" checked={task.causal ?? false} onChange={(e) => set({ causal: e.currentTarget.checked || undefined })} /> causal: each position
          sees itself and earlier ones
        </label>
      </p>
      <Field label="starter" mono rows={5} value={task.starter ?? ''} onValue={(starter) => set({ starter })} />
      <Field label="reference solution" mono rows={5} value={task.reference ?? ''} onValue={(reference) => set({ reference: reference || undefined })} />
      <p class="course-actions">
        <button type="button" onClick={fromEditor((starter) => ({ starter }))}>
          Editor → starter
        </button>{' '}
        <button type="button" onClick={fromEditor((reference) => ({ reference }))}>
          Editor → reference
        </button>{' '}
        <button type="button" class="quiet" onClick={() => host.setSource(task.reference ?? task.starter ?? '')}>
          Reference → editor
        </button>
      </p>
      <Lines label="visible cases" cases={task.cases} set={(cases) => set({ cases })} />
      <Lines label="hidden cases" cases={task.hidden as Task['cases'] | undefined} set={(hidden) => set({ hidden: hidden.length ? hidden : undefined })} />
      <p class="hint">
        One case a line: <code>abc -&gt; [1, 2, 3]</code>. Without an arrow, the reference solution gives the output.
      </p>
      <Field
        label="compare with the reference on all inputs up to length"
        value={task.properties?.[0] ? String(task.properties[0].max_length) : ''}
        onValue={(v) => {
          const max_length = number(v),
            [first, ...rest] = task.properties ?? [];
          set({ properties: max_length === undefined ? (rest.length ? rest : undefined) : [{ ...first, max_length }, ...rest] });
        }}
      />
      {budget('layers')}
      {budget('heads')}
      {budget('d_model')}
      {budget('parameters')}
      <p class="hint">Rules, hints, locked lines, weights and partial credit: edit the file as JSON.</p>
      {remove && (
        <p>
          <button type="button" class="quiet" onClick={remove}>
            Remove this task
          </button>
        </p>
      )}
    </fieldset>
  );
}
