/**
 * Where the work on the page comes from and where it is kept: a link, an example, a file, or this tab's slot. Whatever comes
 * opens beside earlier work, never over it: a slot that holds other work is left alone and a new one is begun.
 */
import { effect, signal } from '@preact/signals';
import { BadProject, checkProject } from './check';
import { type Example, allExamples, firstExample } from './examples';
import { type Shared, decodeFile, decodeLink } from './link';
import { picture, title } from './live';
import { type Project, emptyProject, project, setProject, viewNames } from './project';
import { type Slot, type Store, Work, freshId, ownSlot } from './storage';

export const notice = signal<{ text: string; kind: 'info' | 'problem' } | null>(null);
export const linkFingerprint = signal<string | null>(null);  // what the link's author saw
export const storageFull = signal(false);
export const recent = signal<Slot[]>([]);
export const authoring = signal<{ text?: string } | null>(null);   // an assignment that is being written
export const lockedRanges = signal<[number, number][]>([]);        // lines of the editor that an assignment holds fast

const memory = new Map<string, string>();
const inMemory: Store = {
  getItem: (k) => memory.get(k) ?? null, setItem: (k, v) => { memory.set(k, v); }, removeItem: (k) => { memory.delete(k); },
  key: (i) => [...memory.keys()][i] ?? null, get length() { return memory.size; },
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
let pristine = '';             // the project as it was opened: kept only once it differs
let timer: ReturnType<typeof setTimeout> | undefined;

const text = (p: Project) => JSON.stringify({ ...p, selection: {}, view: 'circuit', half: null });

function save() {
  clearTimeout(timer);
  timer = undefined;
  if (!slot || text(project.peek()) === pristine) return;
  storageFull.value = !work.write({ id: slot, time: Date.now(), title: title.peek(), project: project.peek() });
}

/** Opens something else in a slot of its own; what was there is kept as recent work. */
export function openProject(p: Project, fingerprint: string | null = null) {
  save();
  slot = freshId();
  try { sessionStorage.setItem('rasp-slot', slot); } catch { /* until the reload */ }
  pristine = text(p);
  linkFingerprint.value = fingerprint;
  setProject(p);
  recent.value = work.list();
}

/** An example on its most telling view: `#@ view attention` is the circuit with its first head chosen. */
const opened = (e: Example): Project => ({
  ...emptyProject(), files: { [e.file]: e.source }, active: e.file, view: viewNames.find((v) => v === e.view) ?? 'circuit',
  selection: e.view === 'attention' ? { layer: 0, head: 0 } : {},
});

export function openExample(e: Example) {
  openProject(opened(e));
  if (location.hash) history.replaceState(null, '', location.pathname + location.search);
}

export function openSlot(id: string) {
  const found = work.read(id);
  if (!found) return;
  openProject(found.project);
}

/** A program, a project file or an assignment that was dropped or chosen. */
export async function openFile(file: File) {
  if (file.size > 2 << 20) { notice.value = { kind: 'problem', text: `${file.name} is larger than 2 MB.` }; return; }
  const content = await file.text();
  try {
    if (/\.rasp$/i.test(file.name)) {
      openProject(checkProject({ ...emptyProject(), files: { [file.name]: content }, active: file.name }));
    } else {
      const kind = content.trimStart().startsWith('{') ? (JSON.parse(content) as { format?: string }).format : undefined;
      if (kind === 'rasp-assignment') openProject(checkProject({ ...emptyProject(''), course: content }));
      else {
        const shared = decodeFile(content);
        openProject(shared.project, shared.fingerprint ?? null);
      }
    }
    notice.value = null;
  } catch (error) {
    notice.value = { kind: 'problem', text: `${file.name} cannot be opened: ${error instanceof BadProject ? error.message : 'it is not a program, a project or an assignment'}.` };
  }
}

async function fromCourseLink(fragment: string): Promise<Shared | null> {
  const { decodeLink: decode, parseSubmission } = await import('../course');
  try {
    const found = await decode(fragment);
    if (found?.kind === 'assignment') return { project: { ...emptyProject(), course: found.text } };
    const { submission, diagnostics } = parseSubmission(found?.text ?? '');
    if (!submission) throw new Error(diagnostics[0]?.message ?? 'it is no submission');
    const files = Object.fromEntries(Object.entries(submission.programs).map(([id, program]) => [`${id}.rasp`, program]));
    const active = Object.keys(files)[0];
    if (!active) throw new Error('it holds no program');
    notice.value = { kind: 'info', text: `The programs of a submission${submission.student?.name ? ` by ${submission.student.name}` : ''}.` };
    return { project: checkProject({ ...emptyProject(), files, active }) };
  } catch (error) {
    notice.value = { kind: 'problem', text: `The link cannot be opened: ${(error as Error).message}. Your own work is unchanged.` };
    return null;
  }
}

async function fromFragment(): Promise<Shared | null> {
  const fragment = location.hash.slice(1);
  if (!fragment) return null;
  if (/^(assignment|submission)=/.test(fragment)) return fromCourseLink(fragment);
  const named = fragment.match(/^example=([\w-]+)$/);
  if (named) {
    const example = (await allExamples().catch(() => [firstExample])).find((e) => e.file === `${named[1]}.rasp`);
    if (example) return { project: opened(example) };
    notice.value = { kind: 'problem', text: `There is no example "${named[1]}".` };
    return null;
  }
  try {
    return await decodeLink(fragment);
  } catch (error) {
    notice.value = { kind: 'problem', text: `The link cannot be opened: ${error instanceof BadProject ? error.message : 'it is damaged'}. Your own work is unchanged.` };
    return null;
  }
}

export async function beginSession() {
  const own = await ownSlot();
  const shared = await fromFragment();
  recent.value = work.list();
  const mine = own.continues ? work.read(own.continues) : null;
  if (shared) {
    // A reload of an edited link goes on with the edits: they are in this tab's slot, which the link itself never is.
    const edited = mine && sessionStorage.getItem('rasp-link') === location.hash ? mine : null;
    slot = edited ? own.id : freshId();
    try {
      sessionStorage.setItem('rasp-slot', slot);
      sessionStorage.setItem('rasp-link', location.hash);
    } catch { /* until the reload */ }
    pristine = edited ? '' : text(shared.project);
    linkFingerprint.value = shared.fingerprint ?? null;
    setProject(edited?.project ?? shared.project);
  } else {
    slot = own.id;
    const latest = mine ?? recent.value[0];
    const p = latest?.project ?? { ...emptyProject(), files: { [firstExample.file]: firstExample.source }, active: firstExample.file };
    pristine = latest && latest.id !== slot ? '' : text(p);
    setProject(p);
  }
  effect(() => {
    project.value;
    title.value;
    clearTimeout(timer);
    timer = setTimeout(save, 250);
  });
  for (const event of ['pagehide', 'visibilitychange'] as const) addEventListener(event, save);
  addEventListener('hashchange', () => { void fromFragment().then((s) => { if (s) openProject(s.project, s.fingerprint ?? null); }); });
  addEventListener('storage', () => { recent.value = work.list(); });
}

/** Whether the model that is shown is the one that the link's author saw. */
export function sameModel(): boolean | null {
  const p = picture.value;
  return p && linkFingerprint.value ? p.compiled.fingerprint === linkFingerprint.value : null;
}
