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
import { type Typed, withoutTask } from './typed';
import { hintsText, parseHints, parseRules, rulesText } from './lines';
import { type Draft, casesText, draftOf, newAssignment, newTask, numberOf, parseCases, parseVocabulary, textOf, vocabularyText, withTask } from './draft';
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
  const [typed, setTyped] = useState<Typed>({});  // texts of fields that are in error, and so not in the assignment
  useEffect(() => {
    try {
      localStorage.setItem(draftKey, text);
    } catch {
      /* the file can be saved */
    }
  }, [text]);

  const { assignment: parsed, diagnostics } = useMemo(() => parseAssignment(text), [text]);
  const faults = mode === 'form' ? Object.entries(typed) : [];
  const assignment = faults.length ? null : parsed;
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
      setTyped({});
      setLink('');
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
              setTyped({});
              setLink('');
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
        <Form host={host} draft={draft} edit={edit} open={open} setOpen={setOpen} typed={typed} setTyped={(t) => { setTyped(t); setLink(''); }} />
      )}
      {faults.length > 0 && (
        <p class="bad" role="alert">
          Nothing can be checked, saved for students or published before {faults.length === 1 ? 'this field is' : 'these fields are'} mended:{' '}
          {faults.map(([key]) => { const [task, label] = key.split(/\/(.*)/); return `${label} (task ${Number(task) + 1})`; }).join(', ')}.
        </p>
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


interface FormProps { host: Host; draft: Draft; edit: (d: Draft) => void; open: number; setOpen: (n: number) => void; typed: Typed; setTyped: (t: Typed) => void }

function Form({ host, draft, edit, open, setOpen, typed, setTyped }: FormProps) {
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
          typed={typed}
          setTyped={setTyped}
          at={at}
          set={(part) => edit(withTask(draft, at, part))}
          remove={
            tasks.length > 1
              ? () => {
                  if (window.confirm('Remove this task?')) {
                    edit({ ...draft, tasks: tasks.filter((_, i) => i !== at) });
                    setTyped(withoutTask(typed, at));
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

/** A field whose text may be no value: then the text stays as typed, and the assignment as it was. */
interface Fields { typed: Typed; setTyped: (t: Typed) => void; at: number }
function TypedField<T>({ label, text, read, set, rows, fields: { typed, setTyped, at } }: { label: string; text: string; read: (text: string) => { value?: T; problem: string }; set: (value: T) => void; rows?: number; fields: Fields }) {
  const key = `${at}/${label}`, { [key]: fault, ...others } = typed;
  const [local, setLocal] = useState<string | null>(null); // as it is typed: blanks and empty lines stay
  const mine = local !== null && JSON.stringify(read(local).value) === JSON.stringify(read(text).value) ? local : text;
  return (
    <Field
      label={label}
      mono
      rows={rows}
      value={fault?.text ?? mine}
      problem={fault?.problem}
      onValue={(now) => {
        const { value, problem } = read(now);
        setLocal(now);
        setTyped(problem ? { ...others, [key]: { text: now, problem } } : others);
        if (!problem) set(value as T);
      }}
    />
  );
}

const number = (text: string): { value?: number; problem: string } =>
  text.trim() === '' ? { problem: '' } : Number.isFinite(Number(text)) ? { value: Number(text), problem: '' } : { problem: 'This is not a number' };

const experiment = (text: string): { value?: Task['laboratory']; problem: string } => {
  try { return { value: JSON.parse(text) as Task['laboratory'], problem: '' }; } catch { return { problem: 'This is not JSON' }; }
};

function TaskForm({ host, task, set, remove, ...fields }: { host: Host; task: Partial<Task>; set: (part: Partial<Task>) => void; remove?: () => void } & Fields) {
  const numeric = (label: string, value: number | undefined, put: (n: number | undefined) => void) => (
    <TypedField label={label} text={value === undefined ? '' : String(value)} read={number} set={put} fields={fields} />
  );
  const cases = (label: string, list: Task['cases'] | undefined, put: (c: Task['cases']) => void) => (
    <TypedField label={label} rows={4} text={casesText(list)} read={(t) => { const { cases: value, problem } = parseCases(t, list); return { value: value ?? [], problem }; }} set={put} fields={fields} />
  );
  const asks = task.asks ?? { name: '', kind: 's-op' as const };
  const budget = (what: BudgetName) => {
    const b: Budget | undefined = task.budgets?.[what];
    return numeric(`at most, ${what}`, b?.most, (most) => {
      const { [what]: _, ...rest } = task.budgets ?? {};
      const next = most === undefined ? rest : { ...rest, [what]: { ...b, most } };
      set({ budgets: Object.keys(next).length ? next : undefined });
    });
  };
  const fromEditor = (part: (program: string) => Partial<Task>) => () => set(part(host.source.peek()));
  return (
    <fieldset class="course-form">
      <legend>Task</legend>
      <Field label="task id" mono value={String(task.id ?? '')} onValue={(id) => set({ id })} />
      <Field label="task title" value={String(task.title ?? '')} onValue={(title) => set({ title })} />
      {numeric('points', task.points, (points) => set({ points }))}
      <Field label="task statement" rows={4} value={String(task.statement ?? '')} onValue={(statement) => set({ statement: statement || undefined })} />
      <Field label="asks for the name" mono value={asks.name} onValue={(name) => set({ asks: { ...asks, name } })} />
      <div class="field">
        <label for="course-kind">which is</label>
        <select id="course-kind" value={asks.kind} onChange={(e) => {
          const kind = e.currentTarget.value as Task['asks']['kind'];
          set({ asks: { ...asks, kind }, ...(kind === 'number' ? numberOf(task) : { laboratory: undefined }) });
        }}>
          <option value="s-op">an s-op</option>
          <option value="selector">a selector</option>
          <option value="function">a function</option>
          <option value="number">a number, a result of the laboratory</option>
        </select>
      </div>
      <Field
        label={asks.kind === 'function' ? 'called as' : 'evaluated as (if not by its name)'}
        mono
        value={task.call ?? ''}
        onValue={(call) => set({ call: call || undefined })}
      />
      <Field label="vocabulary" mono value={vocabularyText(task.vocabulary)} onValue={(v) => set({ vocabulary: parseVocabulary(v) })} />
      {numeric('longest input', task.max_length, (max_length) => set({ max_length }))}
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
      {task.laboratory && (
        <TypedField label="experiment (JSON)" rows={7} text={JSON.stringify(task.laboratory, null, 1)} fields={fields} set={(laboratory: Task['laboratory']) => set({ laboratory })}
          read={experiment} />
      )}
      {!task.laboratory && cases('visible cases', task.cases, (list) => set({ cases: list }))}
      {cases('hidden cases', task.hidden as Task['cases'] | undefined, (hidden) => set({ hidden: hidden.length ? hidden : undefined }))}
      <p class="hint">
        One case a line: <code>abc -&gt; [1, 2, 3]</code>. Without an arrow, the reference solution gives the output.
      </p>
      {numeric('compare with the reference on all inputs up to length', task.properties?.[0]?.max_length, (max_length) => {
        const [first, ...rest] = task.properties ?? [];
        set({ properties: max_length === undefined ? (rest.length ? rest : undefined) : [{ ...first, max_length }, ...rest] });
      })}
      {budget('layers')}
      {budget('heads')}
      {budget('d_model')}
      {budget('parameters')}
      <TypedField label="rules" rows={3} text={rulesText(task.rules)} read={(t) => { const { list, problem } = parseRules(t); return { value: list ?? [], problem }; }} set={(rules) => set({ rules: rules.length ? rules : undefined })} fields={fields} />
      <p class="hint">
        One rule a line: <code>ban sort</code>, <code>require select</code>, <code>causal</code>, <code>compiles</code>, <code>exact</code>, <code>at most: selectors 2</code>; then, if you like, <code>| cost 0.5</code> and <code>| what a student reads</code>.
      </p>
      <TypedField label="hints" rows={3} text={hintsText(task.hints)} read={(t) => { const { list, problem } = parseHints(t); return { value: list ?? [], problem }; }} set={(hints) => set({ hints: hints.length ? hints : undefined })} fields={fields} />
      <p class="hint">
        Markdown; a line of <code>---</code> between hints, <code>after 3:</code> before one that comes only after three tries that failed.
      </p>
      <p class="hint">Locked lines, weights and partial credit: edit the file as JSON.</p>
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
