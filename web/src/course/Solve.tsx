/** A student's view of an assignment: statement, cases, budgets and hints beside the editor. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import {
  type Assignment,
  type Diagnostic,
  type Prepared,
  type Task,
  type TaskResult,
  callOf,
  findLocked,
  fingerprint as fingerprintOf,
  isPublished,
  parseAssignment,
  prepare,
  tokensOf,
  valuesText,
} from '../../../wasm/course/index.mjs';
import { Handing } from './handing';
import { type Host, place } from './host';
import { Live } from './live';
import { Markdown } from './Markdown';
import {
  type Progress,
  type Store,
  afterCheck,
  emptyProgress,
  hasProgress,
  hintsOf,
  readProgress,
  writeProgress,
} from './progress';
import { Cases, Experiment, Gauges } from './Cases';
import { HandIn, ToCourse } from './HandIn';

export interface Opened {
  assignment: Assignment;
  fingerprint: string;
  prepared: Prepared;
  /** Where a course system keeps the work: how to hand it over, and what it kept. */
  handing?: Handing;
  kept?: Progress;
}

const store = (): Store => {
  try {
    localStorage.getItem('rasp-course');
    return localStorage;
  } catch {
    const kept = new Map<string, string>();
    return {
      getItem: (k) => kept.get(k) ?? null,
      setItem: (k, v) => {
        kept.set(k, v);
      },
    };
  }
};

export interface SolveProps {
  host: Host;
  /** The assignment file's text. */
  text: string;
  /** An author's preview: nothing is kept. */
  preview?: boolean;
  onClose?: () => void;
}

export function Solve({ host, text, preview = false, onClose }: SolveProps) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const [problems, setProblems] = useState<Diagnostic[]>([]);
  useEffect(() => {
    let current = true;
    setOpened(null);
    setProblems([]);
    const { assignment, diagnostics } = parseAssignment(text);
    if (!assignment) {
      setProblems(diagnostics);
      return;
    }
    void (async () => {
      const prepared = await prepare(host, assignment);
      const fingerprint = globalThis.crypto?.subtle ? await fingerprintOf(assignment) : 'unknown';
      if (!current) return;
      if (prepared.diagnostics.length) return setProblems(prepared.diagnostics);
      const handing =
        host.lms && !preview ? new Handing(host.lms, assignment, fingerprint, host.engineVersion) : undefined;
      const kept = await handing?.begin();
      if (current) setOpened({ assignment, fingerprint, prepared, ...(handing && kept ? { handing, kept } : {}) });
    })();
    return () => {
      current = false;
    };
  }, [text]);
  if (problems.length) {
    return (
      <section class="course" aria-label="Assignment">
        <div class="course-head">
          <h2>This assignment cannot be opened</h2>
          {onClose && (
            <button type="button" class="quiet" onClick={onClose}>
              Close
            </button>
          )}
        </div>
        <ul class="course-problems">
          {problems.map((d) => (
            <li>{place(d)}</li>
          ))}
        </ul>
      </section>
    );
  }
  if (!opened)
    return (
      <section class="course" aria-label="Assignment">
        <p class="hint">Opening the assignment…</p>
      </section>
    );
  return (
    <Assignments key={opened.fingerprint + preview} host={host} opened={opened} preview={preview} onClose={onClose} />
  );
}

function Assignments({
  host,
  opened,
  preview,
  onClose,
}: {
  host: Host;
  opened: Opened;
  preview: boolean;
  onClose?: () => void;
}) {
  const { assignment, fingerprint, prepared, handing } = opened;
  const keep = useMemo(store, []);
  const [progress, setProgress] = useState<Progress>(() =>
    opened.kept
      ? opened.kept
      : preview
        ? readProgress({ getItem: () => null, setItem: () => {} }, assignment, fingerprint)
        : readProgress(keep, assignment, fingerprint),
  );
  const latest = useRef(progress);
  const [full, setFull] = useState(false);
  const live = useMemo(() => new Live(host, prepared), [host, prepared]);
  const [checked, setChecked] = useState<Record<string, TaskResult>>({});
  const task = assignment.tasks.find((t) => t.id === progress.task)!;
  const source = host.source.value;

  const update = (next: Progress) => {
    latest.current = next;
    setProgress(next);
    if (handing) handing.later(next);
    else if (!preview) setFull(!writeProgress(keep, fingerprint, next));
  };
  const show = (t: Task, p: Progress) => {
    live.stop();
    host.setSource(p.programs[t.id] ?? t.starter);
    host.setUp?.({
      vocabulary: tokensOf(t.vocabulary),
      maxLength: t.max_length,
      causal: t.causal ?? false,
      input: tokensOf((t.cases[0] ?? t.hidden![0]!).input),
      output: callOf(t, t.cases[0]),
    });
  };
  const choose = (id: string) => {
    const next = {
      ...latest.current,
      task: id,
      programs: { ...latest.current.programs, [task.id]: host.source.peek() },
    };
    update(next);
    show(assignment.tasks.find((t) => t.id === id)!, next);
  };

  useEffect(() => {
    show(task, progress);
    return () => {
      live.stop();
      host.setLocked?.([]);
    };
  }, []);

  // As one types: kept, and tried on the visible cases. The first run belongs to the text that `show` has just put
  // there.
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      if (source !== (progress.programs[task.id] ?? task.starter)) return;
    }
    if (
      latest.current.programs[task.id] !== source &&
      (source !== task.starter || latest.current.programs[task.id] !== undefined)
    )
      update({ ...latest.current, programs: { ...latest.current.programs, [task.id]: source } });
    if (task.locked?.length) host.setLocked?.(findLocked(task, source).ranges);
    else host.setLocked?.([]);
    live.edited(task, source);
  }, [source, task.id]);

  const check = async () => {
    const program = host.source.peek();
    const result = await live.check(task, program);
    if (!result) return;
    update(afterCheck(latest.current, task.id, program, result.score, result.status === 'right'));
    handing?.now(latest.current);
    setChecked((before) => ({ ...before, [task.id]: result }));
  };

  const result = live.result.value?.task === task.id ? live.result.value : null;
  const failed = progress.attempts[task.id]?.length ?? 0;
  return (
    <section class="course" aria-label="Assignment">
      <div class="course-head">
        <h2>{assignment.title}</h2>
        {onClose && (
          <button type="button" class="quiet" onClick={onClose}>
            {preview ? 'End the preview' : 'Close'}
          </button>
        )}
      </div>
      {assignment.statement && <Markdown text={assignment.statement} />}
      <ol class="course-tasks" aria-label="Tasks">
        {assignment.tasks.map((t, i) => {
          const best = progress.best[t.id],
            done = best !== undefined && best >= t.points;
          return (
            <li>
              <button
                type="button"
                aria-current={t.id === task.id ? 'step' : undefined}
                class={done ? 'done' : ''}
                onClick={() => choose(t.id)}
              >
                {i + 1}
                <span class="visually-hidden"> {t.title}</span>
                {done && <span aria-label="done"> ✓</span>}
              </button>
            </li>
          );
        })}
      </ol>
      <article class="course-task" aria-label={task.title}>
        <h3>
          {task.title} <small>{task.points} points</small>
        </h3>
        {task.statement && <Markdown text={task.statement} />}
        <p class="hint">
          Wanted: the {task.asks.kind} <code>{task.asks.name}</code>
          {task.causal && ', each position sees itself and earlier ones only'}.
        </p>
        {task.laboratory && <Experiment host={host} task={task} />}
        {task.cases.length > 0 && <Cases host={host} task={task} result={result} running={live.running.value} />}
        <Gauges result={result} task={task} />
        <p class="course-actions">
          <button type="button" class="primary" disabled={live.running.value && !result} onClick={() => void check()}>
            Check everything
          </button>{' '}
          <button
            type="button"
            class="quiet"
            onClick={() => {
              if (window.confirm('Replace your program by the starter?')) host.setSource(task.starter);
            }}
          >
            Start again
          </button>
        </p>
        <Verdict
          result={checked[task.id] ?? null}
          stale={(checked[task.id] ?? null) !== result}
          published={isPublished(assignment)}
        />
        <Hints task={task} failed={failed} />
      </article>
      {host.lms === null && !preview && (
        <p class="caution">
          This page was opened from a package, but there is no course system around it: nobody is told of your points.
          Export your submission, and hand in the file.
        </p>
      )}
      {handing && (
        <ToCourse handing={handing} progress={progress} latest={() => latest.current} assignment={assignment} />
      )}
      <HandIn
        host={host}
        opened={opened}
        progress={progress}
        current={() => ({ ...latest.current.programs, [latest.current.task]: host.source.peek() })}
        update={update}
        switchStudent={(name) => {
          const before = latest.current;
          if (name === before.student.name) return;
          // Work done before a name was given is that person's; otherwise a new name may be a new person or a slip of
          // the pen.
          const carry =
            !hasProgress(keep, fingerprint, name) &&
            (before.student.name === '' ||
              window.confirm(`Go on with this work as ${name || 'someone without a name'}? Cancel begins anew.`));
          const read = readProgress(keep, assignment, fingerprint, name);
          const next = carry
            ? { ...before, student: { ...before.student, name } }
            : { ...read, student: { ...read.student, name } };
          if (carry && before.student.name === '' && !preview)
            writeProgress(keep, fingerprint, emptyProgress(assignment));
          update(next);
          if (!carry) show(assignment.tasks.find((t) => t.id === next.task)!, next);
        }}
        take={(programs) => {
          const next = { ...latest.current, programs: { ...latest.current.programs, ...programs } };
          update(next);
          show(task, next);
        }}
      />
      {full && <p class="caution">This browser keeps nothing: export your work before you close the page.</p>}
    </section>
  );
}

function Verdict({ result, stale, published }: { result: TaskResult | null; stale: boolean; published: boolean }) {
  if (!result) return <p role="status" class="hint" />;
  const hidden = result.cases.filter((c) => c.kind === 'hidden'),
    property = result.cases.filter((c) => c.kind === 'property');
  return (
    <div role="status" class={`course-verdict ${result.status === 'right' ? 'pass' : 'fail'}${stale ? ' stale' : ''}`}>
      <p>
        <strong>
          {result.score} of {result.points} points
        </strong>
        {stale && ' for the program that was checked last'}
      </p>
      {hidden.length > 0 && (
        <p>
          Hidden cases: {hidden.filter((c) => c.passed).length} of {hidden.length} pass.
        </p>
      )}
      {hidden
        .filter((c) => !c.passed)
        .slice(0, 3)
        .map((c) => (
          <p class="hint">
            On <code>{valuesText(c.input)}</code> the output <code>{c.got ? valuesText(c.got) : 'nothing'}</code> is not
            right.
          </p>
        ))}
      {property.map((p) => (
        <p>
          All {p.inputs ?? ''} inputs up to length {p.max_length}: {p.passed ? 'right' : 'not all are right'}.
        </p>
      ))}
      {!result.complete && (
        <p class="caution">Hidden cases cannot be checked here: the page was not opened over https.</p>
      )}
      {published && <p class="hint">Your instructor’s own check is the one that counts.</p>}
    </div>
  );
}

function Hints({ task, failed }: { task: Task; failed: number }) {
  const hints = hintsOf(task, failed);
  if (!hints.length) return null;
  const open = hints.filter((h) => h.missing === 0),
    next = hints.find((h) => h.missing > 0);
  return (
    <div class="course-hints">
      {open.map((h, i) => (
        <details>
          <summary>Hint {i + 1}</summary>
          <Markdown text={h.text} />
        </details>
      ))}
      {next && (
        <p class="hint">
          {open.length ? 'Another hint' : 'A hint'} opens after {next.missing} more{' '}
          {next.missing === 1 ? 'program that fails' : 'different programs that fail'} the check.
        </p>
      )}
    </div>
  );
}
