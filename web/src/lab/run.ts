// A training run of the page: what is asked for is part of the project (and so of links), what comes out is here.
import { batch, effect, signal } from '@preact/signals';
import { startOf, trainedKind } from '../../../wasm/lab/request.mjs';
import { rawValues } from '../engine/raw';
import { analysis, loadable } from '../state/live';
import { active, files, lab, opened, settings, source, type LabSettings } from '../state/project';
import type { Advanced, Exchanged, Point, Refused, Shown, Started } from './protocol';
import { type Discovered, discovered, discoveredOf } from './methods';
import { ask, end, stopped } from './thread';

export type Status = 'idle' | 'starting' | 'running' | 'paused' | 'done';
export const status = signal<Status>('idle');
export const started = signal<Started | null>(null);
export const points = signal<Point[]>([]);
export const shown = signal<Shown | null>(null);
/** By node, the interchange intervention accuracy of a compressed model that is done; null where the program has no value. */
export const exchanged = signal<Map<number, number | null> | null>(null);
export const problem = signal('');
export const progress = signal<{ step: number; steps: number; secondsLeft: number | null; diverged: boolean }>({
  step: 0,
  steps: 1,
  secondsLeft: null,
  diverged: false,
});
/** Results of finished runs of this program, for the curve accuracy against d (or against the twin's sizes). */
export const finished = signal<
  { name: string; kind: string; of: string; seed: number; held: number; inputs: number }[]
>([]);
export const ranOn = signal('');

/** What a run will take, measured by its first steps on this machine. */
export const estimate = signal<{ perSecond: number; megabytes: number; seconds: number; asked: boolean } | null>(null);
/** A longer run waits for a word first. */
const longRun = 120;

const sliceMs = 40;
let current = 0; // grows with every start and stop: what an earlier run still says is dropped

const sentence = (r: Refused) =>
  r.diagnostics
    .filter((d) => d.severity === 'error')
    .map((d) => [d.message, d.hint].filter(Boolean).join('. '))
    .join(' ') || 'The experiment was refused.';

effect(() => {
  opened.value; // another project: its link runs its own experiment
  ++current;
  if (started.peek() || status.peek() !== 'idle') end();
  batch(() => {
    status.value = 'idle';
    started.value = null;
    shown.value = null;
    exchanged.value = null;
    discovered.value = null;
    points.value = [];
    problem.value = '';
  });
});

/** Programs are compiled here as the page compiles them. */
async function programRequest() {
  const of = analysis.peek()?.settings;
  const found = await loadable({ files: files.peek(), active: active.peek() });
  return {
    program: source.peek(),
    name: active.peek(),
    files: found,
    output: settings.peek().output?.trim() || undefined,
    causal: settings.peek().causal,
    objective: settings.peek().objective,
    vocabulary: of?.vocabulary ? rawValues(of.vocabulary) : undefined,
    max_length: of?.max_length ?? undefined,
  };
}

export const key = () => JSON.stringify([source.value, settings.value, files.value]);

export async function start() {
  const s = lab.peek();
  const mine = ++current;
  end();
  batch(() => {
    status.value = 'starting';
    problem.value = '';
    points.value = [];
    shown.value = null;
    exchanged.value = null;
    started.value = null;
    estimate.value = null;
    ranOn.value = key();
    if (s.kind === 'methods') discovered.value = null;
  });
  if (!trainedKind(s)) return discover(s, mine);
  try {
    const { result } = await ask({
      command: 'lab_start',
      limit_ms: 20_000,
      ...(await programRequest()),
      ...startOf(s),
    });
    if (mine !== current) return;
    const r = result as Started | Refused;
    if (!r.ok) {
      batch(() => {
        status.value = 'idle';
        problem.value = sentence(r);
      });
      return;
    }
    batch(() => {
      started.value = r;
      status.value = 'running';
      progress.value = { step: 0, steps: r.training.steps, secondsLeft: null, diverged: false };
    });
    if (await measured(mine, r)) await go(mine);
  } catch (error) {
    lost(mine, error as Error);
  }
}

/** A few steps, taken for the run as well, say how long it takes; false where it waits for a word of its user. */
async function measured(mine: number, r: Started) {
  const took = (await ask({ command: 'lab_advance', run: r.run, milliseconds: 4 * sliceMs })).result as
    | Advanced
    | Refused;
  if (mine !== current) return false;
  if (!took.ok) throw new Error(sentence(took));
  const perSecond = (1000 * took.step) / Math.max(took.milliseconds, 0.01),
    seconds = (took.steps - took.step) / perSecond;
  const asked = seconds > longRun && !took.done;
  batch(() => {
    estimate.value = { perSecond, seconds, asked, megabytes: r.estimate.megabytes };
    progress.value = { step: took.step, steps: took.steps, secondsLeft: seconds, diverged: took.diverged };
    points.value = took.points;
    if (asked) status.value = 'paused';
  });
  if (took.done) finish();
  return !asked;
}

/** Methods on the compiled model, or on the one that was trained. */
async function discover(s: LabSettings, mine: number) {
  const of = ranOn.peek(),
    run = started.peek()?.run;
  status.value = 'starting';
  try {
    const { result } = await ask({
      command: 'discover',
      limit_ms: 60_000,
      ...(run === undefined ? await programRequest() : { run }),
      seed: s.seed ?? 1,
    });
    if (mine !== current) return;
    const r = result as Discovered | Refused;
    batch(() => {
      status.value = 'idle';
      if (r.ok) {
        discovered.value = r;
        discoveredOf.value = of;
      } else problem.value = sentence(r);
    });
  } catch (error) {
    lost(mine, error as Error);
  }
}

function lost(mine: number, error: Error) {
  if (mine !== current || error.message === stopped) return;
  batch(() => {
    status.value = 'idle';
    problem.value = error.message;
  });
}

/** Slice after slice until the run is over, paused or replaced. A tab in the background goes on: nothing here waits for a frame. */
async function go(mine: number) {
  const { run } = started.peek()!;
  let spent = 0,
    taken = 0,
    drawn = 0;
  while (mine === current && status.peek() === 'running') {
    const r = (await ask({ command: 'lab_advance', run, milliseconds: sliceMs })).result as Advanced | Refused;
    if (mine !== current) return;
    if (!r.ok) throw new Error(sentence(r));
    spent += r.milliseconds;
    taken += r.step - progress.peek().step;
    batch(() => {
      progress.value = {
        step: r.step,
        steps: r.steps,
        secondsLeft: taken > 0 ? ((r.steps - r.step) * spent) / taken / 1000 : null,
        diverged: r.diverged,
      };
      if (r.points.length) points.value = [...points.peek(), ...r.points];
    });
    if (r.done || performance.now() - drawn > 700) {
      await look(-1, mine);
      drawn = performance.now();
    }
    if (r.done) finish();
  }
  if (status.peek() === 'done' && !shown.peek()) await look(-1, mine);
  if (mine !== current || status.peek() !== 'done') return;
  const s = lab.peek();
  if (s.kind === 'methods') await discover(s, mine);
  else if (s.kind === 'superposition') await exchange(mine);
}

async function exchange(mine: number) {
  const r = (await ask({ command: 'interchange', run: started.peek()!.run, limit_ms: 10_000 })).result as
    | Exchanged
    | Refused;
  if (mine === current && r.ok) exchanged.value = new Map(r.s_ops.map((x) => [x.node, x.accuracy]));
}

function finish() {
  const s = started.peek()!,
    last = points.peek().at(-1)!;
  const e = s.experiment;
  const name =
    e.kind === 'twin'
      ? `${e.layers} ${e.layers === 1 ? 'layer' : 'layers'} × ${e.heads} ${e.heads === 1 ? 'head' : 'heads'}`
      : `d = ${e.d}`;
  batch(() => {
    status.value = 'done';
    finished.value = [
      ...finished
        .peek()
        .filter((f) => f.of === ranOn.peek() && !(f.name === name && f.seed === s.training.seed && f.kind === e.kind)),
      { name, kind: e.kind, of: ranOn.peek(), seed: s.training.seed, held: last.held_out, inputs: last.inputs },
    ];
  });
}

/** What the weights of a recorded step mean; of the present ones where step < 0. */
export async function look(step: number, mine = current) {
  const run = started.peek()?.run;
  if (run === undefined) return;
  const input = analysis.peek()?.settings.input;
  try {
    let r = (
      await ask({ command: 'lab_picture', run, step, input: input ? rawValues(input) : undefined, limit_ms: 5000 })
    ).result as Shown | Refused;
    // The input of the page need not be one of the model that was trained.
    if (!r.ok) r = (await ask({ command: 'lab_picture', run, step, limit_ms: 5000 })).result as Shown | Refused;
    if (mine === current && r.ok) shown.value = r;
  } catch (error) {
    lost(mine, error as Error);
  }
}

export function pause() {
  if (status.peek() === 'running') status.value = 'paused';
}
export function resume() {
  if (status.peek() !== 'paused') return;
  status.value = 'running';
  const mine = current;
  void go(mine).catch((error: Error) => lost(mine, error));
}
export function stop() {
  ++current;
  end();
  status.value = 'idle';
}

export async function exported(): Promise<Uint8Array<ArrayBuffer>> {
  const { bytes } = await ask({ command: 'lab_export', run: started.peek()?.run ?? 0 });
  if (!bytes) throw new Error('There is no run to write.');
  return bytes;
}
