/** The course components without the page around them: a text area as the editor. For tests (tests/course/page.test.mjs). */
import { signal } from '@preact/signals';
import { render } from 'preact';
import { Author, Solve, decodeLink, parseSubmission, readyAssignments, type Host } from '..';
import workerUrl from './worker.ts?worker&url';

const policy = (
  globalThis as { trustedTypes?: { createPolicy(n: string, r: object): { createScriptURL(u: string): string } } }
).trustedTypes?.createPolicy('rasp', { createScriptURL: (u: string) => u });
const worker = new Worker(policy?.createScriptURL(workerUrl) ?? workerUrl, { type: 'module' });
const waiting = new Map<number, (result: unknown) => void>();
worker.onmessage = ({ data }) => {
  waiting.get(data.id)?.(data.result);
  waiting.delete(data.id);
};
let next = 0;

const source = signal(''),
  locked = signal<[number, number][]>([]),
  settings = signal('');
const host: Host = {
  request: (document) =>
    new Promise((resolve) => {
      waiting.set(++next, resolve);
      worker.postMessage({ id: next, document });
    }),
  source,
  setSource: (text) => {
    source.value = text;
  },
  setUp: (s) => {
    settings.value = JSON.stringify(s);
  },
  setLocked: (ranges) => {
    locked.value = ranges;
  },
  goTo: (line) => {
    document.title = `line ${line}`;
  },
  saveFile: (name, text) => {
    Object.assign(window, { saved: { name, text } });
  },
  openFile: async () => (window as unknown as { toOpen?: { name: string; text: string } }).toOpen ?? null,
  engineVersion: 'test',
};

const fragment = location.hash.slice(1);
const opened = signal<{ kind: string; text: string } | null>(null),
  problem = signal('');

async function begin() {
  const ready = readyAssignments.find((a) => fragment === `ready=${a.id}`);
  if (ready) {
    opened.value = { kind: 'assignment', text: await ready.load() };
    return;
  }
  try {
    opened.value = await decodeLink(fragment);
  } catch (error) {
    problem.value = (error as Error).message;
  }
}

function App() {
  const o = opened.value;
  const s = o?.kind === 'submission' ? parseSubmission(o.text).submission : null;
  return (
    <main>
      <h1>Course components</h1>
      <label>
        editor{' '}
        <textarea
          aria-label="editor"
          rows={10}
          cols={60}
          value={source.value}
          onInput={(e) => {
            source.value = e.currentTarget.value;
          }}
        />
      </label>
      <p data-locked={JSON.stringify(locked.value)} data-settings={settings.value}>
        {problem.value}
      </p>
      {o?.kind === 'assignment' ? (
        <Solve host={host} text={o.text} />
      ) : s ? (
        <pre>{JSON.stringify(s.programs)}</pre>
      ) : (
        fragment === '' && <Author host={host} />
      )}
    </main>
  );
}

render(<App />, document.getElementById('app')!);
void begin();
