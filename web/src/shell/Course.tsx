// Assignments beside the editor: solving one, or writing one. Loaded only when it is wanted.
import '../course/course.css';
import { Author, type Host, Solve } from '../course';
import { connect } from '../course/lms';
import { tokensText } from '../values';
import type { Asked } from '../engine/protocol';
import { grader } from '../engine/start';
import { engineVersion, ready } from '../state/live';
import { tokensOf } from '../../../wasm/course/index.mjs';
import { encodeLink } from '../state/link';
import { change, course, emptyProject, setSource, source } from '../state/project';
import { authoring, lockedRanges } from '../state/session';
import { goTo } from '../state/goto';
import { packaged } from '../state/options';
import { download } from './download';

const typesOf = (values: (string | number | boolean)[]) =>
  values
    .map((v) => (typeof v === 'string' ? 's' : typeof v === 'boolean' ? 'b' : Number.isInteger(v) ? 'i' : 'f'))
    .join('');
const text = (values: (string | number | boolean)[]) => tokensText({ values, types: typesOf(values) });

function choose(accept: string): Promise<{ name: string; text: string } | null> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.oncancel = () => resolve(null);
    input.onchange = () => {
      const f = input.files?.[0];
      if (f) void f.text().then((t) => resolve({ name: f.name, text: t }));
      else resolve(null);
    };
    input.click();
  });
}

/** Every file of the built page, as the build lists them. */
async function pageFiles(): Promise<Record<string, Uint8Array>> {
  const get = async (name: string) => {
    const answer = await fetch(`./${name}`).catch(() => null);
    if (!answer?.ok)
      throw new Error(
        `A file of this page is missing, ${name}: a package is made by the built page, while it can reach its host`,
      );
    return answer;
  };
  const names = (await (await get('files.json')).json()) as string[];
  return Object.fromEntries(
    await Promise.all(names.map(async (n) => [n, new Uint8Array(await (await get(n)).arrayBuffer())])),
  );
}

const host: Host = {
  // Experiments of tasks that ask for one go to the laboratory's thread.
  request: (document) =>
    ('command' in document && /^(lab_|discover)/.test(String(document.command))
      ? import('../lab/thread').then((lab) => lab.ask(document))
      : grader().request(document as unknown as Asked)
    ).then(({ result }) => result),
  experimentLink: async (task) => {
    const { program, experiment } = task.laboratory!;
    const vocabulary = tokensOf(task.vocabulary);
    const project = {
      ...emptyProject(program),
      view: 'laboratory' as const,
      lab: { ...experiment, run: true as const },
      settings: {
        vocabulary: text(vocabulary),
        input: text(vocabulary.slice(0, task.max_length)),
        maxLength: task.max_length,
        ...(task.causal ? { causal: true } : {}),
      },
    };
    return `${location.origin}${location.pathname}${location.search}#${await encodeLink({ project })}`;
  },
  source,
  setSource,
  setUp: ({ vocabulary, maxLength, causal, input, output }) =>
    change({ vocabulary: text(vocabulary), maxLength, causal, input: text(input), output }),
  setLocked: (ranges) => {
    lockedRanges.value = ranges;
  },
  goTo: (line, column) => {
    goTo.value = { line, column };
  },
  saveFile: (name, content) => download(name, content, 'application/json'),
  saveBytes: (name, bytes) => download(name, bytes, 'application/zip'),
  openFile: choose,
  pageFiles,
  ...(packaged ? { lms: connect(window) } : {}),
  get engineVersion() {
    return engineVersion.value;
  },
};

export default function Course() {
  const end = () => {
    authoring.value = null;
    course.value = undefined;
    lockedRanges.value = [];
    change({ vocabulary: undefined, maxLength: undefined, causal: undefined, input: undefined, output: undefined });
  };
  if (!ready.value)
    return (
      <section class="course">
        <p class="hint">Starting the engine…</p>
      </section>
    );
  if (authoring.value)
    return (
      <Author
        host={host}
        {...(authoring.value.text === undefined ? {} : { text: authoring.value.text })}
        onClose={end}
      />
    );
  return <Solve host={host} text={course.value!} {...(packaged ? {} : { onClose: end })} />;
}
