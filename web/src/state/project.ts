/**
 * What a person made: files, settings, experiments, and where they look. One JSON value is the whole state: it is
 * saved, goes into links and files, and everything on the page derives from it.
 */
import { computed, signal } from '@preact/signals';
import type { LabExperiment } from '../../../wasm/lab/request.mjs';
import type { Intervention, PassName } from '../engine/protocol';

export interface Settings {
  input?: string; // as typed: characters, or a JSON array; absent: the program's own
  vocabulary?: string;
  maxLength?: number;
  output?: string; // expression; absent: the pragma, else the last s-op
  causal?: boolean;
  objective?: 'depth';
  off?: PassName[]; // optimisation passes that are switched off
}

export interface Selection {
  node?: number;
  layer?: number; // with `head`: a head; without: that layer's MLP
  head?: number;
  query?: number;
  key?: number; // positions with BOS at 0
  subspace?: number;
  half?: number; // residual stream after this half-layer
  position?: number; // BOS at 0
}

export const viewNames = ['score', 'craft', 'generate', 'cost', 'laboratory'] as const;
export type ViewName = (typeof viewNames)[number];

/** A view by its name; circuit and residual stream are one picture since. Undefined: there is none of this name. */
export const viewNamed = (name: unknown): ViewName | undefined =>
  name === 'circuit' || name === 'residual' ? 'score' : viewNames.find((v) => v === name);

/** What the view Generate shows: at most so many steps, until a token as it is typed ('': none), up to and with step `shown`. */
export interface Generating {
  steps: number;
  until: string;
  shown: number;
}
export const mostSteps = 64;
export const usualGenerating: Generating = { steps: 8, until: '', shown: mostSteps };

/** An experiment of the laboratory, and what surrounds it on the page. */
export interface LabSettings extends LabExperiment {
  lesson?: { of: 'superposition' | 'circuit'; step: number }; // a guided text beside it, at step 0 to 4
  run?: true; // its author ran it: a link runs it again
}

export interface Project {
  files: Record<string, string>;
  active: string; // the file that is shown and run; the others can be loaded
  settings: Settings;
  experiments: Intervention[];
  view: ViewName;
  half: number | null; // the player's half-layer; null: the end
  phase?: 1 | 2; // within a half-layer of attention: scores, weights; absent: what is written stands there
  selection: Selection;
  lab?: LabSettings;
  second?: string; // a second input beside the first, as typed; absent: there is none
  course?: string; // text of an assignment that is being solved
  generating?: Generating; // absent: the usual
}

export const emptyProject = (text = '', name = 'main.rasp'): Project => ({
  files: { [name]: text },
  active: name,
  settings: {},
  experiments: [],
  view: 'score',
  half: null,
  selection: {},
});

export const files = signal<Record<string, string>>({ 'main.rasp': '' });
export const active = signal('main.rasp');
export const settings = signal<Settings>({});
export const experiments = signal<Intervention[]>([]);
export const view = signal<ViewName>('score');
export const half = signal<number | null>(null);
export const phase = signal<1 | 2 | null>(null);
export const selection = signal<Selection>({});
export const secondText = signal<string | null>(null); // '': its field is open, and nothing is typed yet
export const lab = signal<LabSettings>({ kind: 'superposition' });
export const course = signal<string | undefined>(undefined);
export const generating = signal<Generating>(usualGenerating);

export const source = computed(() => files.value[active.value] ?? '');

export function setSource(text: string) {
  if (text !== source.peek()) files.value = { ...files.peek(), [active.peek()]: text };
}

export const project = computed<Project>(() => ({
  files: files.value,
  active: active.value,
  settings: settings.value,
  experiments: experiments.value,
  view: view.value,
  half: half.value,
  selection: selection.value,
  ...(phase.value === null ? {} : { phase: phase.value }),
  ...(course.value === undefined ? {} : { course: course.value }),
  ...(generating.value === usualGenerating ? {} : { generating: generating.value }),
  ...(secondText.value ? { second: secondText.value } : {}),
  ...(JSON.stringify(lab.value) === '{"kind":"superposition"}' ? {} : { lab: lab.value }),
}));

/** Grows whenever another project is opened: what was computed of the one before is let go. */
export const opened = signal(0);

export function setProject(p: Project) {
  ++opened.value;
  files.value = p.files;
  active.value = p.active;
  settings.value = p.settings;
  experiments.value = p.experiments;
  view.value = p.view;
  half.value = p.half;
  phase.value = p.phase ?? null;
  selection.value = p.selection;
  secondText.value = p.second ?? null;
  lab.value = p.lab ?? { kind: 'superposition' };
  course.value = p.course;
  generating.value = p.generating ?? usualGenerating;
}

export function change(part: Partial<Settings>) {
  const next: Record<string, unknown> = { ...settings.peek(), ...part };
  for (const key of Object.keys(next)) if (next[key] === undefined) delete next[key];
  settings.value = next as Settings;
}

/** A name for a new file that is not taken yet. */
export function freshName(base = 'untitled'): string {
  for (let i = 0; ; ++i) {
    const name = `${base}${i || ''}${active.peek().endsWith('.py') ? '.py' : '.rasp'}`;
    if (!(name in files.peek())) return name;
  }
}
