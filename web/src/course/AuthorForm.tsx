/** The form over an assignment’s text: its fields, and those of each task. */
import { useId, useState } from 'preact/hooks';
import type { Budget, BudgetName, Task } from '../../../wasm/course/index.mjs';
import { type Typed, withoutTask } from './typed';
import { hintsText, parseHints, parseRules, rulesText } from './lines';
import {
  type Draft,
  casesText,
  newTask,
  numberOf,
  parseCases,
  parseVocabulary,
  vocabularyText,
  withTask,
} from './draft';
import type { Host } from './host';

export function Field({
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

export interface FormProps {
  host: Host;
  draft: Draft;
  edit: (d: Draft) => void;
  open: number;
  setOpen: (n: number) => void;
  typed: Typed;
  setTyped: (t: Typed) => void;
}

export function Form({ host, draft, edit, open, setOpen, typed, setTyped }: FormProps) {
  const tasks = draft.tasks ?? [],
    at = Math.min(open, tasks.length - 1),
    task = tasks[at];
  return (
    <>
      <Field label="id" mono value={String(draft.id ?? '')} onValue={(id) => edit({ ...draft, id })} />
      <Field label="title" value={String(draft.title ?? '')} onValue={(title) => edit({ ...draft, title })} />
      <Field
        label="statement"
        rows={4}
        value={String(draft.statement ?? '')}
        onValue={(statement) => edit({ ...draft, statement: statement || undefined })}
      />
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
interface Fields {
  typed: Typed;
  setTyped: (t: Typed) => void;
  at: number;
}
function TypedField<T>({
  label,
  text,
  read,
  set,
  rows,
  fields: { typed, setTyped, at },
}: {
  label: string;
  text: string;
  read: (text: string) => { value?: T; problem: string };
  set: (value: T) => void;
  rows?: number;
  fields: Fields;
}) {
  const key = `${at}/${label}`,
    { [key]: fault, ...others } = typed;
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
  text.trim() === ''
    ? { problem: '' }
    : Number.isFinite(Number(text))
      ? { value: Number(text), problem: '' }
      : { problem: 'This is not a number' };

const experiment = (text: string): { value?: Task['laboratory']; problem: string } => {
  try {
    return { value: JSON.parse(text) as Task['laboratory'], problem: '' };
  } catch {
    return { problem: 'This is not JSON' };
  }
};

function TaskForm({
  host,
  task,
  set,
  remove,
  ...fields
}: { host: Host; task: Partial<Task>; set: (part: Partial<Task>) => void; remove?: () => void } & Fields) {
  const numeric = (label: string, value: number | undefined, put: (n: number | undefined) => void) => (
    <TypedField label={label} text={value === undefined ? '' : String(value)} read={number} set={put} fields={fields} />
  );
  const cases = (label: string, list: Task['cases'] | undefined, put: (c: Task['cases']) => void) => (
    <TypedField
      label={label}
      rows={4}
      text={casesText(list)}
      read={(t) => {
        const { cases: value, problem } = parseCases(t, list);
        return { value: value ?? [], problem };
      }}
      set={put}
      fields={fields}
    />
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
      <Field
        label="task statement"
        rows={4}
        value={String(task.statement ?? '')}
        onValue={(statement) => set({ statement: statement || undefined })}
      />
      <Field label="asks for the name" mono value={asks.name} onValue={(name) => set({ asks: { ...asks, name } })} />
      <div class="field">
        <label for="course-kind">which is</label>
        <select
          id="course-kind"
          value={asks.kind}
          onChange={(e) => {
            const kind = e.currentTarget.value as Task['asks']['kind'];
            set({ asks: { ...asks, kind }, ...(kind === 'number' ? numberOf(task) : { laboratory: undefined }) });
          }}
        >
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
      <Field
        label="vocabulary"
        mono
        value={vocabularyText(task.vocabulary)}
        onValue={(v) => set({ vocabulary: parseVocabulary(v) })}
      />
      {numeric('longest input', task.max_length, (max_length) => set({ max_length }))}
      <p>
        <label class="check">
          <input
            type="checkbox"
            checked={task.causal ?? false}
            onChange={(e) => set({ causal: e.currentTarget.checked || undefined })}
          />{' '}
          causal: each position sees itself and earlier ones
        </label>
      </p>
      <Field label="starter" mono rows={5} value={task.starter ?? ''} onValue={(starter) => set({ starter })} />
      <Field
        label="reference solution"
        mono
        rows={5}
        value={task.reference ?? ''}
        onValue={(reference) => set({ reference: reference || undefined })}
      />
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
        <TypedField
          label="experiment (JSON)"
          rows={7}
          text={JSON.stringify(task.laboratory, null, 1)}
          fields={fields}
          set={(laboratory: Task['laboratory']) => set({ laboratory })}
          read={experiment}
        />
      )}
      {!task.laboratory && cases('visible cases', task.cases, (list) => set({ cases: list }))}
      {cases('hidden cases', task.hidden as Task['cases'] | undefined, (hidden) =>
        set({ hidden: hidden.length ? hidden : undefined }),
      )}
      <p class="hint">
        One case a line: <code>abc -&gt; [1, 2, 3]</code>. Without an arrow, the reference solution gives the output.
      </p>
      {numeric(
        'compare with the reference on all inputs up to length',
        task.properties?.[0]?.max_length,
        (max_length) => {
          const [first, ...rest] = task.properties ?? [];
          set({
            properties:
              max_length === undefined ? (rest.length ? rest : undefined) : [{ ...first, max_length }, ...rest],
          });
        },
      )}
      {budget('layers')}
      {budget('heads')}
      {budget('d_model')}
      {budget('parameters')}
      <TypedField
        label="rules"
        rows={3}
        text={rulesText(task.rules)}
        read={(t) => {
          const { list, problem } = parseRules(t);
          return { value: list ?? [], problem };
        }}
        set={(rules) => set({ rules: rules.length ? rules : undefined })}
        fields={fields}
      />
      <p class="hint">
        One rule a line: <code>ban sort</code>, <code>require select</code>, <code>causal</code>, <code>compiles</code>,{' '}
        <code>exact</code>, <code>at most: selectors 2</code>; then, if you like, <code>| cost 0.5</code> and{' '}
        <code>| what a student reads</code>.
      </p>
      <TypedField
        label="hints"
        rows={3}
        text={hintsText(task.hints)}
        read={(t) => {
          const { list, problem } = parseHints(t);
          return { value: list ?? [], problem };
        }}
        set={(hints) => set({ hints: hints.length ? hints : undefined })}
        fields={fields}
      />
      <p class="hint">
        Markdown; a line of <code>---</code> between hints, <code>after 3:</code> before one that comes only after three
        tries that failed.
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
