/** Writing an assignment: a form over its JSON text, a check against the reference solutions, a preview, file and link. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import {
  type Diagnostic,
  type TaskResult,
  checkAssignment,
  encodeLink,
  format,
  parseAssignment,
  publish,
  randomSalt,
} from '../../../wasm/course/index.mjs';
import type { Typed } from './typed';
import { type Draft, draftOf, newAssignment, textOf } from './draft';
import { type Host, linkOf, place } from './host';
import { Packages } from './Packages';
import { Copy } from './Copy';
import { Solve } from './Solve';
import { Form } from './AuthorForm';

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
  const [typed, setTyped] = useState<Typed>({}); // texts of fields that are in error, and so not in the assignment
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
        <Form
          host={host}
          draft={draft}
          edit={edit}
          open={open}
          setOpen={setOpen}
          typed={typed}
          setTyped={(t) => {
            setTyped(t);
            setLink('');
          }}
        />
      )}
      {faults.length > 0 && (
        <p class="bad" role="alert">
          Nothing can be checked, saved for students or published before{' '}
          {faults.length === 1 ? 'this field is' : 'these fields are'} fixed:{' '}
          {faults
            .map(([key]) => {
              const [task, label] = key.split(/\/(.*)/);
              return `${label} (task ${Number(task) + 1})`;
            })
            .join(', ')}
          .
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
        <button
          type="button"
          disabled={!assignment || busy !== ''}
          onClick={() => void run('Preparing…', async () => setPreview(await published()))}
        >
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
        <p class="hint">
          Reference solutions are not in the link, outputs of hidden cases only as salted hashes. Keep your own file:
          final grading needs it.
        </p>
      )}
      {checked && <Report checked={checked} stale={checked.text !== text} />}
    </section>
  );
}

function Report({ checked, stale }: { checked: Checked; stale: boolean }) {
  return (
    <div class={`course-verdict ${checked.ok ? 'pass' : 'fail'}${stale ? ' stale' : ''}`} role="status">
      <p>
        <strong>
          {checked.ok ? 'Every reference solution passes everything, and no starter does.' : 'Not ready yet.'}
        </strong>
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
