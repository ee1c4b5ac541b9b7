/**
 * From the project to pictures, one way: edit → analyze (interpreter's thread) → compile, unless only the input changed
 * → trace (compiler's thread). What is shown stays until something newer is ready; it is marked stale meanwhile.
 */
import { batch, computed, effect, signal, untracked } from '@preact/signals';
import { type Answer, latestWins } from '../engine/client';
import type {
  AboutModel,
  AnalyzeResult,
  Asked,
  CompileResult,
  Diagnostic,
  LibraryEntry,
  PassName,
  Result,
  Results,
  TraceResult,
  Values,
} from '../engine/protocol';
import { type Raw, type Tokens, rawValues } from '../engine/raw';
import { compiler, interpreter, stopPython } from '../engine/start';
import { parseTokens, tokensText } from '../values';
import { allExamples } from './examples';
import { experimentFits } from './experiment';
import { meaningOf } from './meaning';
import { active, experiments, files, selection, settings, source } from './project';

/** One input through the model, with the numbers that `trace` names in `arena`. */
export interface Run {
  compiled: CompileResult;
  trace: TraceResult;
  arena: Float32Array;
  baseline: TraceResult | null; // the same input without the experiments, where there are some
}
export interface Picture extends Run {
  input: Values;
}

export const analysis = signal<AnalyzeResult | null>(null);
export const analyzedSource = signal(''); // the text that `analysis` belongs to
export const picture = signal<Picture | null>(null);
export const diagnostics = signal<Diagnostic[]>([]);
export const inputProblem = signal('');
export const vocabularyProblem = signal('');
export const experimentProblem = signal('');
export const working = signal<'' | 'analysing' | 'compiling' | 'running'>('');
export const stale = signal(false); // the picture belongs to an earlier program or input
/** Old for so long that it is dimmed: what is drawn again at once never flickers. */
export const dimmed = signal(false);
const dimAfterMs = 250;
/** What is said of an earlier text is no longer said after this long: its places are in another text now. */
const untrueAfterMs = 600;
effect(() => {
  if (!stale.value) {
    dimmed.value = false;
    return undefined;
  }
  const timer = setTimeout(() => {
    dimmed.value = true;
  }, dimAfterMs);
  return () => clearTimeout(timer);
});
export const library = signal<LibraryEntry[]>([]);
export const engineVersion = signal('');
export const ready = signal(false); // the engine answers

export const title = computed(() => analysis.value?.title || analysis.value?.output?.name || 'Untitled');
export const lastHalf = computed(() => 2 * (picture.value?.compiled.model.layers ?? 0));

let epoch = 0; // grows when another program altogether is opened: what comes late of the one before is dropped

interface Job {
  epoch: number;
  files: Record<string, string>;
  active: string;
  settings: typeof settings.value;
  experiments: typeof experiments.value;
}
type Order = Omit<ReturnType<typeof requestOf>, 'vocabulary' | 'max_length'> & {
  vocabulary?: Raw;
  max_length?: number;
};
interface Held {
  key: string; // what the model is of: equal ones are compiled alike
  generation: number;
  compiled: CompileResult;
  order: Order;
  text: string; // the program that the compiler's thread was given: the order's, but for blanks and comments
}

let held: Held | null = null;
let diagnosed = ''; // the text that `diagnostics` are of
let interfered = false; // what is drawn was asked for with experiments
let baseline: { key: string; trace: TraceResult } | null = null;
/** What runs on a thread while a newer program waits is ended after this long: a restart takes milliseconds. */
const patienceMs = 300;
let compilingSince = 0;
let analyzing: { since: number } | null = null;
/**
 * An analysis that is not drawn yet: where a model follows within a frame, both are drawn at once. A model that took
 * longer the last time is not waited for.
 */
let undrawn: (() => void) | null = null;
const togetherMs = 16;
let modelTookMs = 0;

function drawAnalysis() {
  const draw = undrawn;
  undrawn = null;
  draw?.();
}

/**
 * What the active file may load or import: the project's other files, and the examples of the gallery. Nothing where it
 * loads nothing. At once where the gallery is not asked for, so that Stop always meets the request.
 */
export function loadable(job: {
  files: Record<string, string>;
  active: string;
}): Record<string, string> | Promise<Record<string, string>> {
  const { [job.active]: program = '', ...others } = job.files;
  if (job.active.endsWith('.py')) return others;
  if (!/\bload\b/.test(program)) return {};
  return allExamples()
    .catch(() => []) // without a network the engine says which file is missing
    .then((examples) => ({ ...Object.fromEntries(examples.map((e) => [e.file, e.source])), ...others }));
}

const requestOf = (
  job: Job,
  files: Record<string, string>,
  input: Tokens | undefined,
  vocabulary: Tokens | undefined,
) => ({
  program: job.files[job.active] ?? '',
  name: job.active,
  files,
  input,
  vocabulary,
  output: job.settings.output?.trim() || undefined,
  max_length: job.settings.maxLength,
  causal: job.settings.causal,
  objective: job.settings.objective,
  passes: job.settings.off?.length
    ? (Object.fromEntries(job.settings.off.map((p) => [p, false])) as Partial<Record<PassName, boolean>>)
    : undefined,
});

/** Errors that only say that the interpreter has no value on this input: the model can be compiled all the same. */
const onThisInput = (d: Diagnostic) => d.on_input === true;

async function analyze(job: Job, superseded: () => boolean) {
  working.value = 'analysing';
  const input = job.settings.input === undefined ? undefined : parseTokens(job.settings.input);
  const vocabulary = job.settings.vocabulary === undefined ? undefined : parseTokens(job.settings.vocabulary);
  const found = loadable(job);
  const request = requestOf(job, found instanceof Promise ? await found : found, input?.tokens, vocabulary?.tokens);
  analyzing = { since: performance.now() };
  const untrue = setTimeout(() => {
    if (diagnosed !== request.program) diagnostics.value = [];
  }, untrueAfterMs);
  const { result } = await interpreter.request({ command: 'analyze', limit_ms: 8000, ...request });
  clearTimeout(untrue);
  analyzing = null;
  if (job.epoch !== epoch || (superseded() && result.diagnostics.some((d) => d.code === 'stopped'))) return;
  const analyzed = 'nodes' in result ? result : null;
  // The other thread is set to work before anything is drawn here.
  const compiles =
    analyzed?.output &&
    !analyzed.diagnostics.some((d) => d.severity === 'error' && !onThisInput(d)) &&
    !input?.problem &&
    !vocabulary?.problem &&
    !superseded();
  if (compiles) {
    if (compiler.busy && performance.now() - compilingSince > patienceMs) compiler.stop();
    compileLatest({ job, request, analyzed });
  }
  const draw = () => {
    batch(() => {
      if (!compiles && !superseded()) working.value = '';
      inputProblem.value = input?.problem ?? '';
      vocabularyProblem.value = vocabulary?.problem ?? '';
      stale.value = true;
      diagnostics.value = result.diagnostics;
      diagnosed = request.program;
      if (analyzed) {
        followSelection(analysis.value, analyzed);
        analyzedSource.value = request.program;
        analysis.value = analyzed;
      }
    });
    announce('rasp-analysis');
  };
  undrawn = draw;
  if (compiles && modelTookMs < togetherMs)
    setTimeout(() => {
      if (undrawn === draw) drawAnalysis();
    }, togetherMs);
  else drawAnalysis();
}

interface CompileJob {
  job: Job;
  request: ReturnType<typeof requestOf>;
  analyzed: AnalyzeResult;
}

async function compileAndTrace({ job, request, analyzed }: CompileJob, superseded: () => boolean) {
  compilingSince = performance.now();
  const tokens = analyzed.settings.input ?? { values: [], types: '' };
  // The settings in force, so that the model is for what the interpreter was shown; the input alone never makes a new
  // model.
  const { vocabulary, max_length } = analyzed.settings;
  const order = {
    ...request,
    input: undefined,
    vocabulary: vocabulary ? rawValues(vocabulary) : undefined,
    max_length: max_length ?? undefined,
  };
  const key = keyOf(order),
    ordered = rawValues(tokens);
  let traced: Answer<Results['trace']> | undefined;
  const moved = held?.key === key && held.generation === compiler.generation ? movedTo(held, order, analyzed) : null;
  const drawn = picture.peek(),
    asBefore = moved !== null && drawn?.compiled === held?.compiled && sameRun(drawn, job, tokens);
  if (moved) held = moved;
  else {
    working.value = 'compiling';
    const answer = await compiler.request(
      { command: 'compile', keep: true, details: true, ...order },
      job.experiments.length ? undefined : ordered,
    );
    const { result } = answer;
    traced = answer.traced;
    modelTookMs = performance.now() - compilingSince;
    if (!result.ok && (superseded() || job.epoch !== epoch)) return;
    if (!result.ok) {
      batch(() => {
        working.value = '';
        drawAnalysis();
        diagnostics.value = merge(diagnostics.value, result.diagnostics);
      });
      return;
    }
    if (held && held.generation === compiler.generation)
      void compiler.request({ command: 'release', handle: held.compiled.handle });
    held = { key, generation: compiler.generation, compiled: result, order, text: order.program };
  }
  if (job.epoch !== epoch) return;
  const { compiled } = held;
  const drawMessages = () => {
    drawAnalysis();
    diagnostics.value = merge(diagnostics.value, compiled.diagnostics);
  };
  if (asBefore) await null; // the analysis is there first
  if (asBefore && !superseded() && job.epoch === epoch && picture.peek() === drawn) {
    batch(() => {
      working.value = '';
      drawMessages();
      if (drawn!.compiled !== compiled) picture.value = { ...drawn!, compiled };
      stale.value = false;
    });
    announce('rasp-picture');
    return;
  }
  working.value = 'running';
  const request2 = { command: 'trace' as const, handle: compiled.handle, input: ordered };
  const usable = job.experiments.filter((x) => experimentFits(x, compiled, tokens.values.length));
  let reference: TraceResult | null = null;
  if (usable.length) {
    const baseKey = JSON.stringify([compiled.handle, compiler.generation, tokens]);
    if (baseline?.key !== baseKey) {
      const { result } = await compiler.request(request2);
      if (result.ok) baseline = { key: baseKey, trace: result };
    }
    if (baseline?.key === baseKey) reference = baseline.trace;
  }
  const { result, arena } =
    traced ?? (await compiler.request(usable.length ? { ...request2, interventions: usable } : request2));
  if (superseded() || job.epoch !== epoch) return;
  // the thread was ended; where nobody asked for that, it all begins again
  if (!result.ok && held.generation !== compiler.generation) {
    working.value = '';
    return;
  }
  if (!result.ok || !arena) {
    working.value = '';
    drawMessages();
    const first = result.ok ? undefined : result.diagnostics[0];
    const message = first?.message ?? 'The model could not be run';
    if (first?.code === 'bad-intervention') experimentProblem.value = message;
    else inputProblem.value = [message.replace(/\.$/, ''), first?.hint].filter(Boolean).join('. ');
    return;
  }
  batch(() => {
    working.value = '';
    drawMessages();
    experimentProblem.value =
      usable.length < job.experiments.length ? 'Some experiments do not fit this model and are left out.' : '';
    picture.value = { compiled, trace: result, arena, baseline: reference, input: tokens };
    interfered = job.experiments.length > 0;
    stale.value = false;
  });
  announce('rasp-picture');
}

/** Has what is drawn run this input, with nothing interfered with? */
const sameRun = (p: Picture | null, job: Job, tokens: Values): boolean =>
  p !== null && !interfered && !job.experiments.length && JSON.stringify(p.input) === JSON.stringify(tokens);

const keyOf = (order: Order): string =>
  JSON.stringify(
    order.name?.endsWith('.rasp')
      ? { ...order, program: meaningOf(order.program), files: { ...order.files, [order.name]: '' } }
      : order,
  );

/** The model that is held, for a text of the same words: only places in the program may be others. Null where it has to be made anew. */
function movedTo(old: Held, order: Order, { nodes }: AnalyzeResult): Held | null {
  if (old.order.program === order.program) return { ...old, order };
  const { compiled } = old;
  if (compiled.diagnostics.length) return null; // they have places, too
  if (compiled.nodes.some((n, i) => nodes[i]?.id !== n.id || nodes[i]?.label !== n.label)) return null;
  const still = compiled.nodes.every((n, i) => String(n.span) === String(nodes[i]!.span));
  const there = still
    ? compiled
    : { ...compiled, nodes: compiled.nodes.map((n, i) => ({ ...n, span: nodes[i]!.span })) };
  return { ...old, order, compiled: there };
}

function merge(a: Diagnostic[], b: Diagnostic[]): Diagnostic[] {
  const seen = new Set(a.map((d) => JSON.stringify(d)));
  return [...a, ...b.filter((d) => !seen.has(JSON.stringify(d)))];
}

/** Node ids change with the program: a selected s-op is followed by its name, anything else is let go. */
function followSelection(before: AnalyzeResult | null, after: AnalyzeResult) {
  const node = selection.peek().node;
  if (node === undefined || !before || analyzedSource.peek() === source.peek()) return;
  const name = before.nodes[node]?.name;
  const again = name ? after.nodes.findLast((n) => n.name === name) : undefined;
  selection.value = again ? { node: again.id } : {};
}

const analyzeLatest = latestWins<Job>(analyze);
const compileLatest = latestWins<CompileJob>(compileAndTrace);

/** A newer program does not wait for a long analysis of the one before, nor for a thread that the browser ended within it and never says so. */
function overtake() {
  const old = analyzing;
  if (old)
    setTimeout(
      () => {
        if (analyzing === old) interpreter.stop();
      },
      old.since + patienceMs - performance.now(),
    );
}

/** Another program altogether is opened: nothing of the one before is shown beside it. */
export function forget() {
  ++epoch;
  undrawn = null;
  batch(() => {
    analysis.value = null;
    analyzedSource.value = '';
    picture.value = null;
    diagnostics.value = [];
    inputProblem.value = vocabularyProblem.value = experimentProblem.value = '';
    stale.value = true;
  });
}

export function stop() {
  stopPython();
  interpreter.stop();
  compiler.stop();
  working.value = '';
}

/** What has become ready, for benchmarks and pages that embed this one. */
const announce = (what: 'rasp-analysis' | 'rasp-picture') => dispatchEvent(new Event(what));

export function begin() {
  addEventListener('rasp-stop', stop); // as the Stop button: a page that embeds this one, and the soak test
  const show = () => {
    overtake();
    analyzeLatest({
      epoch,
      files: files.value,
      active: active.value,
      settings: settings.value,
      experiments: experiments.value,
    });
  };
  effect(show);
  compiler.onEnded = () => untracked(show);
  void interpreter.request({ command: 'library' }).then(({ result }) => {
    if (result.ok)
      batch(() => {
        library.value = result.entries;
        engineVersion.value = result.version;
        ready.value = true;
      });
  });
}

/** Requests whose answers are the same for every text of the same words; what else is asked may hold the text itself. */
const ofNumbersAlone = new Set<string>(['trace', 'extend', 'weights', 'explain', 'compare_passes']);

/** The model that is held, made of the text as it is now; false where it is gone meanwhile. */
async function remade(mine: Held): Promise<boolean> {
  const old = mine.compiled.handle;
  const { result } = await compiler.request({ command: 'compile', keep: true, details: true, ...mine.order });
  if (!result.ok) return false;
  if (result.fingerprint !== mine.compiled.fingerprint || held !== mine) {
    void compiler.request({ command: 'release', handle: result.handle });
    return false;
  }
  mine.compiled.handle = result.handle;
  mine.text = mine.order.program;
  void compiler.request({ command: 'release', handle: old });
  return true;
}

/** A request about the model that is shown; null where it is gone meanwhile. */
export async function ask<Q extends AboutModel>(request: Q) {
  const p = picture.peek();
  if (!p || held?.compiled !== p.compiled || held.generation !== compiler.generation) return null;
  if (held.text !== held.order.program && !ofNumbersAlone.has(request.command) && !(await remade(held))) return null;
  const { result, bytes, arena } = await compiler.request({ handle: p.compiled.handle, ...request } as Extract<
    Asked,
    { command: Q['command'] }
  >);
  type Good = Omit<Extract<Result<Q['command']>, { ok: true }>, 'bytes'>;
  return result.ok ? { ...(result as unknown as Good), bytes, arena } : null;
}

/** The request that made the model that is shown, for another thread that is to make the same; null where it is gone meanwhile. */
export const orderOf = (p: Picture) => (held?.compiled === p.compiled ? held.order : null);

/** Anything else that a dialog wants from the engine, without getting in the way of the live pictures. */
export const askInterpreter = <Q extends Asked>(request: Q): Promise<Result<Q['command']>> =>
  interpreter.request(request).then(({ result }) => result);

/** The text of the input and vocabulary fields: what was typed, else what is in force. */
export const inputText = computed(() => settings.value.input ?? tokensText(analysis.value?.settings.input ?? null));
export const vocabularyText = computed(
  () => settings.value.vocabulary ?? tokensText(analysis.value?.settings.vocabulary ?? null),
);
