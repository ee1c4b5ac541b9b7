/**
 * Where the work on the page comes from and where it is kept: a link, an example, a file, or this tab's slot. Whatever
 * comes opens beside earlier work, never over it: a slot that holds other work is left alone and a new one is begun.
 */
import { effect, signal } from '@preact/signals';
import { BadProject, checkProject } from './check';
import { type Example, allExamples, firstExample } from './examples';
import { type Shared, decodeFile, decodeLink, encodeLink, fragmentLimit } from './link';
import { isModelFile, modelFile } from './model_file';
import { analysis, engineVersion, forget, picture, stale, title } from './live';
import { sentence } from './linked';
import { packaged } from './options';
import { type Project, course, emptyProject, project, setProject, viewNamed } from './project';
import { type Slot, type Store, Work, claim, freshId, ownSlot } from './storage';

export const notice = signal<{ text: string; kind: 'info' | 'problem' } | null>(null);
export const linked = signal<Shared | null>(null); // the link or file that the work came from
export const storageFull = signal(false);
export const recent = signal<Slot[]>([]);
export const authoring = signal<{ text?: string } | null>(null); // an assignment that is being written
export const lockedRanges = signal<[number, number][]>([]); // lines of the editor that an assignment holds fast

const memory = new Map<string, string>();
const inMemory: Store = {
  getItem: (k) => memory.get(k) ?? null,
  setItem: (k, v) => {
    memory.set(k, v);
  },
  removeItem: (k) => {
    memory.delete(k);
  },
  key: (i) => [...memory.keys()][i] ?? null,
  get length() {
    return memory.size;
  },
};
function storage(): Store {
  try {
    localStorage.getItem('rasp-theme');
    return localStorage;
  } catch {
    return inMemory;
  }
}

export const work = new Work(storage());
let slot = '';
let pristine = ''; // the project as it was opened: kept only once it differs
/** What this tab opened, by slot: Back finds it even where nothing was changed, so nothing was kept. */
const visited = new Map<string, { project: Project; linked: Shared | null }>();
let timer: ReturnType<typeof setTimeout> | undefined;
/** What is on the page as it was opened, and the fragment that opens it so. */
let begun = { hash: '', json: '' };
/** The fragment that belongs to what is on the page. Another one in the address is a link on its way: it is not written over. */
let ours = '';

/**
 * The address is what is on the page: the fragment that opened it until something is changed, then a link of its own.
 * Work that no link can hold has none; the address of an assignment stays the assignment's, whatever is written into
 * it.
 */
async function keepAddress() {
  const now = JSON.stringify(project.peek());
  let { hash } = begun;
  if (now !== begun.json) {
    if (course.peek() !== undefined) return;
    hash = await encodeLink({ project: project.peek() }).then(
      (f) => (f.length <= fragmentLimit ? `#${f}` : ''),
      () => '',
    );
  }
  if (hash === location.hash || location.hash !== ours || now !== JSON.stringify(project.peek())) return;
  try {
    history.replaceState(history.state, '', `${location.pathname}${location.search}${hash}`);
    ours = location.hash;
  } catch {
    /* a browser may limit how often; the next change tries again */
  }
}

const text = (p: Project) => JSON.stringify({ ...p, selection: {}, view: 'score', half: null, phase: undefined });

function save() {
  clearTimeout(timer);
  timer = undefined;
  if (!slot || text(project.peek()) === pristine) return;
  storageFull.value = !work.write({ id: slot, time: Date.now(), title: title.peek(), project: project.peek() });
}

/** What is on the page is not listed beside it. */
export function listWork() {
  recent.value = work.list().filter((s) => s.id !== slot);
}

/** The slot of a history entry: Back and Forward show the work as it was left there, not as its link has it. */
const slotOf = (state: unknown): string | null => {
  const found = (state as { slot?: unknown } | null)?.slot;
  return typeof found === 'string' && /^[0-9a-f]{32}$/.test(found) ? found : null;
};

function show(id: string, p: Project, from: Shared | null, kept: boolean) {
  slot = id;
  try {
    sessionStorage.setItem('rasp-slot', slot);
  } catch {
    /* until the reload */
  }
  pristine = kept ? '' : text(p);
  linked.value = from;
  forget();
  setProject(p);
  ours = location.hash;
  begun = { hash: ours, json: kept ? '' : JSON.stringify(project.peek()) };
  listWork();
}

/**
 * Opens something else in a slot of its own; what was there is kept as recent work. `entry`: a new entry of the
 * history, or the present one, where the browser has just made it.
 */
export function openProject(p: Project, from: Shared | null = null, entry: 'new' | 'present' = 'new', hash = '') {
  save();
  const id = freshId();
  void claim(id);
  visited.set(id, { project: p, linked: from });
  if (entry === 'new') history.pushState({ slot: id }, '', `${location.pathname}${location.search}${hash}`);
  else history.replaceState({ ...history.state, slot: id }, '');
  show(id, p, from, false);
}

/** The work of a history entry; false where nothing of it is kept. */
function revisit(id: string): boolean {
  if (id === slot) return true;
  save();
  const before = visited.get(id),
    kept = work.read(id)?.project;
  if (!before && !kept) return false;
  show(id, kept ?? before!.project, before?.linked ?? null, kept !== undefined);
  return true;
}

/** An example on its most telling view. Nothing is chosen in it: what a short score is about stands open by itself. */
const opened = (e: Example): Project => ({
  ...emptyProject(),
  files: { [e.file]: e.source },
  active: e.file,
  view: viewNamed(e.view) ?? 'score',
});

export function openExample(e: Example) {
  openProject(opened(e), null, 'new', `#example=${e.file.replace(/\.(rasp|py)$/, '')}`);
}

export function openSlot(id: string) {
  const found = work.read(id);
  if (!found) return;
  openProject(found.project);
}

/** A program, a project file, a model's JSON or an assignment that was dropped or chosen. */
export async function openFile(file: File) {
  if (file.size > 2 << 20) {
    notice.value = { kind: 'problem', text: `${file.name} is larger than 2 MB.` };
    return;
  }
  const content = await file.text();
  try {
    if (/\.(rasp|py)$/i.test(file.name)) {
      openProject(checkProject({ ...emptyProject(), files: { [file.name]: content }, active: file.name }));
    } else {
      const value: unknown = content.trimStart().startsWith('{') ? JSON.parse(content) : undefined;
      const kind = (value as { format?: unknown } | undefined)?.format;
      if (kind === 'rasp-assignment') openProject(checkProject({ ...emptyProject(''), course: content }));
      else {
        if (typeof kind === 'string' && kind.startsWith('rasp-suite/'))
          throw new BadProject('it lists the models of a suite; open the model.json of one of them');
        const shared = isModelFile(value) ? modelFile(value) : { ...decodeFile(content), file: true as const };
        openProject(shared.project, shared);
      }
    }
    notice.value = null;
  } catch (error) {
    notice.value = {
      kind: 'problem',
      text: `${file.name} cannot be opened: ${error instanceof BadProject ? error.message : 'it is not a program, a project, a model or an assignment'}.`,
    };
  }
}

async function fromCourseLink(fragment: string): Promise<Shared | null> {
  const { decodeLink: decode, parseSubmission } = await import('../../../wasm/course/index.mjs');
  try {
    const found = await decode(fragment);
    const unchecked = found?.unchecked ? { unchecked: true as const } : {};
    if (found?.kind === 'assignment') return { project: { ...emptyProject(), course: found.text }, ...unchecked };
    const { submission, diagnostics } = parseSubmission(found?.text ?? '');
    if (!submission) throw new Error(diagnostics[0]?.message ?? 'it is no submission');
    const files = Object.fromEntries(
      Object.entries(submission.programs).map(([id, program]) => [`${id}.rasp`, program]),
    );
    const active = Object.keys(files)[0];
    if (!active) throw new Error('it holds no program');
    notice.value = {
      kind: 'info',
      text: `The programs of a submission${submission.student?.name ? ` by ${submission.student.name}` : ''}.`,
    };
    return { project: checkProject({ ...emptyProject(), files, active }), ...unchecked };
  } catch (error) {
    notice.value = {
      kind: 'problem',
      text: `The link cannot be opened: ${(error as Error).message}. Your own work is unchanged.`,
    };
    return null;
  }
}

async function fromFragment(): Promise<Shared | null> {
  const fragment = location.hash.slice(1);
  if (!fragment) return null;
  notice.value = null;
  const shared = await read(fragment);
  if (shared?.unchecked) {
    const text =
      'This link is of an earlier version and carries no checksum: nothing can tell whether a character of it was changed on the way.';
    notice.value = { kind: 'info', text: [notice.peek()?.text, text].filter(Boolean).join(' ') };
  }
  return shared;
}

async function read(fragment: string): Promise<Shared | null> {
  if (/^(assignment|submission)=/.test(fragment)) return fromCourseLink(fragment);
  const named = fragment.match(/^example=([\w-]+)$/);
  if (named) {
    const example = (await allExamples().catch(() => [firstExample])).find(
      (e) => e.file === `${named[1]}.rasp` || e.file === `${named[1]}.py`,
    );
    if (example) return { project: opened(example) };
    notice.value = { kind: 'problem', text: `There is no example "${named[1]}".` };
    return null;
  }
  try {
    return await decodeLink(fragment);
  } catch (error) {
    notice.value = {
      kind: 'problem',
      text: `The link cannot be opened: ${error instanceof BadProject ? error.message : 'it is damaged'}. Your own work is unchanged.`,
    };
    return null;
  }
}

/** The assignment of a package: its work is kept by the course system, not in a slot. */
async function beginPackaged(file: string) {
  try {
    const answer = await fetch(new URL(file, location.href));
    if (!answer.ok) throw new Error();
    show('', { ...emptyProject(''), course: await answer.text() }, null, false);
  } catch {
    notice.value = { kind: 'problem', text: 'The assignment of this package cannot be loaded: reload the page.' };
  }
}

export async function beginSession() {
  if (packaged) return beginPackaged(packaged);
  const asked = location.hash;
  const own = await ownSlot(slotOf(history.state));
  const shared = await fromFragment();
  listWork();
  const mine = own.continues ? work.read(own.continues) : null;
  if (shared) {
    // A reload of an edited link goes on with the edits: they are in the slot of this entry of the history.
    const edited = slotOf(history.state) !== null && own.continues === slotOf(history.state) ? mine : null;
    const id = edited ? own.id : freshId();
    if (!edited) void claim(id);
    visited.set(id, { project: shared.project, linked: shared });
    show(id, edited?.project ?? shared.project, shared, edited !== null);
  } else {
    const latest = mine ?? recent.value[0];
    const p = latest?.project ?? {
      ...emptyProject(),
      files: { [firstExample.file]: firstExample.source },
      active: firstExample.file,
    };
    visited.set(own.id, { project: p, linked: null });
    show(own.id, p, null, latest !== undefined && latest.id !== own.id);
  }
  const moved = location.hash !== asked; // meanwhile: another link is to be opened
  if (!moved) history.replaceState({ ...history.state, slot }, '');
  effect(() => {
    project.value;
    title.value;
    clearTimeout(timer);
    timer = setTimeout(save, 250);
  });
  // so that tabs, bookmarks and the list behind Back can be told apart
  effect(() => {
    document.title = analysis.value ? `${title.value} · RASP Playground` : 'RASP Playground';
  });
  let address: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    project.value;
    clearTimeout(address);
    address = setTimeout(() => void keepAddress(), 400);
  });
  for (const event of ['pagehide', 'visibilitychange'] as const) addEventListener(event, save);
  let entry = 0; // grows with every move, so that a slow link never opens over a later one
  const openAddress = (state: unknown) => {
    const mine = ++entry,
      id = slotOf(state);
    if (id !== null && revisit(id)) {
      ours = location.hash;
      return;
    }
    void fromFragment().then((s) => {
      if (mine !== entry) return;
      ours = location.hash; // also where nothing can be opened
      if (s) openProject(s.project, s, 'present');
    });
  };
  addEventListener('popstate', ({ state }) => openAddress(state));
  if (moved) openAddress(null);
  addEventListener('storage', () => {
    listWork();
  });
}

/** One sentence where the model that is shown is not the one that the link's author saw: what differs. */
export function otherModel(): string {
  const p = picture.value;
  if (!p || stale.value || !linked.value) return '';
  return sentence(linked.value, {
    project: project.value,
    fingerprint: p.compiled.fingerprint,
    engine: engineVersion.value,
  });
}
