// The visitor's own work first, then the examples in reading order, then assignments.
import { useEffect, useState } from 'preact/hooks';
import { type Example, allExamples, groups } from '../state/examples';
import { authoring, listWork, openExample, openFile, openProject, openSlot, recent, work } from '../state/session';
import { emptyProject } from '../state/project';
import { question } from '../state/question';
import { Dialog } from '../views/Dialog';
import { type Small, thumbnail } from './small';

/** An assignment of the gallery has the address that a link to it has. */
async function openCourse(load: () => Promise<string>) {
  const text = await load(),
    { encodeLink } = await import('../../../wasm/course/index.mjs');
  const link = await encodeLink('assignment', text).then(
    (fragment) => `#${fragment}`,
    () => '',
  ); // too long for one, or an old browser
  openProject({ ...emptyProject(''), course: text }, null, 'new', link);
}

function Picture({ s }: { s: Small }) {
  const { width, height, shapes } = thumbnail(s);
  return (
    <svg class="small-picture" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {shapes.map(({ tag: Tag, role, at, text }) => (
        <Tag class={role} {...at}>
          {text}
        </Tag>
      ))}
    </svg>
  );
}

/** Their five steps each are in the laboratory: web/src/lab/lessons.ts. */
const lessons = [
  {
    of: 'superposition',
    file: 'fraction_previous.rasp',
    title: 'What superposition is',
    text: 'Squeeze a model into fewer dimensions and see what its features do. Five steps.',
  },
  {
    of: 'circuit',
    file: 'sort.rasp',
    title: 'Which method finds the circuit?',
    text: 'Seven methods look for a circuit that is known. Five steps.',
  },
] as const;

function openLesson(e: Example, of: (typeof lessons)[number]['of']) {
  const kind = of === 'circuit' ? 'methods' : 'superposition';
  openProject({
    ...emptyProject(),
    files: { [e.file]: e.source },
    active: e.file,
    view: 'laboratory',
    lab: { kind, ...(of === 'superposition' ? { d: 4 } : {}), lesson: { of, step: 0 } },
  });
}

const newPython = `# RASP as Tracr's library for Python takes it.
from tracr.rasp import rasp

same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)
hist = rasp.SelectorWidth(same)
`;

export default function Gallery({ close }: { close: () => void }) {
  const [courses, setCourses] = useState<
    { id: string; title: string; description: string; load: () => Promise<string> }[]
  >([]);
  const [examples, setExamples] = useState<Example[] | null>([]);
  useEffect(() => {
    void allExamples().then(setExamples, () => setExamples(null));
  }, []);
  useEffect(() => {
    void import('../course/assignments').then((m) => setCourses(m.readyAssignments));
  }, []);
  const [pictures, setPictures] = useState<Record<string, Small>>({});
  useEffect(() => {
    void import('virtual:pictures').then((m) => m.default()).then(setPictures, () => {});
  }, []);
  const pick = (f: () => void) => () => {
    f();
    close();
  };
  return (
    <Dialog title="Examples and your work" close={close} wide>
      <div class="gallery-actions">
        <button type="button" onClick={pick(() => openProject(emptyProject('# Write RASP here. Try: tokens;\n')))}>
          New program
        </button>
        <button type="button" onClick={pick(() => openProject(emptyProject(newPython, 'main.py')))}>
          New Python program
        </button>
        <label class="button">
          Open a file…{' '}
          <input
            type="file"
            class="visually-hidden"
            accept=".rasp,.py,.json,.txt"
            onChange={(e) => {
              const f = e.currentTarget.files?.[0];
              if (f) {
                void openFile(f);
                close();
              }
            }}
          />
        </label>
      </div>
      {recent.value.length > 0 && (
        <section>
          <h3>Your work in this browser</h3>
          <ul class="plain recent">
            {recent.value.map((s) => (
              <li>
                <button type="button" class="link" onClick={pick(() => openSlot(s.id))}>
                  {s.title || 'Untitled'}
                </button>{' '}
                <small>
                  {new Date(s.time).toLocaleString()} · {Object.keys(s.project.files).join(', ')}
                </small>{' '}
                <button
                  type="button"
                  class="quiet"
                  aria-label={`Forget ${s.title}`}
                  onClick={() => {
                    question.value = {
                      title: `Forget ${s.title || 'this work'}?`,
                      action: 'Forget',
                      accept: () => {
                        work.remove(s.id);
                        listWork();
                      },
                    };
                  }}
                >
                  forget
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {examples === null && (
        <p class="problem" role="alert">
          The examples could not be loaded. Close this and open it again.
        </p>
      )}
      {examples &&
        groups.map(([group, title]) => {
          const list = examples.filter((e) => e.group === group);
          return (
            list.length > 0 && (
              <section>
                <h3>{title}</h3>
                <ul class="cards">
                  {list.map((e) => (
                    <li>
                      <button type="button" class="card-button example-card" onClick={pick(() => openExample(e))}>
                        {pictures[e.file] && <Picture s={pictures[e.file]!} />}
                        <strong>{e.title}</strong>
                        <span>{e.description}</span>
                      </button>
                    </li>
                  ))}
                </ul>
              </section>
            )
          );
        })}
      <section>
        <h3>Lessons in the laboratory</h3>
        <ul class="cards">
          {lessons.map(({ of, file, title, text }) => {
            const e = examples?.find((x) => x.file === file);
            return (
              e && (
                <li>
                  <button type="button" class="card-button lesson-card" onClick={pick(() => openLesson(e, of))}>
                    <strong>{title}</strong>
                    <span>{text}</span>
                  </button>
                </li>
              )
            );
          })}
        </ul>
      </section>
      <section>
        <h3>Course assignments</h3>
        <ul class="cards">
          {courses.map((c) => (
            <li>
              <button
                type="button"
                class="card-button course-card"
                onClick={pick(() => {
                  void openCourse(c.load);
                })}
              >
                <strong>{c.title}</strong>
                <span>{c.description}</span>
              </button>
            </li>
          ))}
          <li>
            <button
              type="button"
              class="card-button"
              onClick={pick(() => {
                openProject(emptyProject(''));
                authoring.value = {};
              })}
            >
              <strong>Write an assignment…</strong>
              <span>Author, check, preview and share one.</span>
            </button>
          </li>
        </ul>
      </section>
    </Dialog>
  );
}
