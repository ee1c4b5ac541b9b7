// Everything the page knows. Program and settings flow one way: edit → analyze → compile (if anything but the input changed)
// → trace. What is shown stays until something newer is ready.
import { computed, effect, signal } from '@preact/signals';
import { Engine, latestWins } from './engine/client';
import type { AnalyzeResult, Atom, CompileResult, Diagnostic, TraceResult } from './engine/protocol';
import { parseTokens, tokensText } from './values';

export interface Example { file: string; title: string; description: string; group: string; source: string }

const pragma = (source: string, key: string) => source.match(new RegExp(`^#@ ${key} (.*)$`, 'm'))?.[1] ?? '';
const files = import.meta.glob('../../examples/*.rasp', { query: '?raw', import: 'default', eager: true }) as Record<string, string>;
export const groups = ['counting', 'moving', 'sorting', 'brackets', 'causal', 'arithmetic'];
export const examples: Example[] = Object.entries(files)
  .map(([path, source]) => ({ file: path.split('/').at(-1)!, title: pragma(source, 'title'), description: pragma(source, 'description'), group: pragma(source, 'group'), source }))
  .sort((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group) || a.title.localeCompare(b.title));

export interface Overrides { input?: string; vocabulary?: string; maxLength?: number; causal?: boolean; optimize?: boolean }
export interface Picture { compiled: CompileResult; trace: TraceResult; arena: Float32Array }

const storageKey = 'rasp-playground-1';
function saved(): { source: string; overrides: Overrides } | null {
  try {
    const state = JSON.parse(localStorage.getItem(storageKey) ?? 'null');
    return state && typeof state.source === 'string' ? { source: state.source, overrides: state.overrides ?? {} } : null;
  } catch {
    return null;
  }
}
const first = saved();

export const source = signal(first?.source ?? examples[0]?.source ?? '');
export const overrides = signal<Overrides>(first?.overrides ?? {});
export const analysis = signal<AnalyzeResult | null>(null);
export const picture = signal<Picture | null>(null);
export const diagnostics = signal<Diagnostic[]>([]);
export const inputProblem = signal('');
export const busy = signal(false);
export const stale = signal(false);           // the picture belongs to an earlier program or input
export const halfLayer = signal(0);
export const selectedNode = signal<number | null>(null);
export const library = signal<{ name: string; signature: string; doc: string; kind: string }[]>([]);

export const title = computed(() => analysis.value?.title || analysis.value?.output?.name || 'Untitled');

const engine = new Engine(() => new Worker(new URL('./engine/worker.ts', import.meta.url), { type: 'module' }));
let held: { key: string; generation: number; compiled: CompileResult } | null = null;

interface Job { source: string; overrides: Overrides }

async function update({ source: program, overrides: o }: Job) {
  busy.value = true;
  const input = o.input === undefined ? undefined : parseTokens(o.input);
  const vocabulary = o.vocabulary === undefined ? undefined : parseTokens(o.vocabulary);
  inputProblem.value = input?.problem ?? vocabulary?.problem ?? '';
  const request = { program, input: input?.tokens, vocabulary: vocabulary?.tokens, max_length: o.maxLength, causal: o.causal, optimize: o.optimize };
  const analyzed = (await engine.request({ command: 'analyze', ...request })).result as AnalyzeResult;
  diagnostics.value = analyzed.diagnostics;
  if (analyzed.nodes) analysis.value = analyzed;
  stale.value = true;
  if (analyzed.nodes && !analyzed.diagnostics.some((d) => d.severity === 'error' && d.class !== 'average_non_number' && d.code !== 'mixed-types')) await compileAndTrace(request, analyzed);
  busy.value = false;
}

async function compileAndTrace(request: { input?: Atom[] | string }, analyzed: AnalyzeResult) {
  const key = JSON.stringify({ ...request, input: undefined, vocabulary: analyzed.settings.vocabulary, max_length: analyzed.settings.max_length });
  if (held?.key !== key || held.generation !== engine.generation) {
    const { result } = await engine.request({ command: 'compile', keep: true, details: true, ...request });
    if (!result.ok) {
      diagnostics.value = merge(diagnostics.value, result.diagnostics);
      return;
    }
    if (held && held.generation === engine.generation) void engine.request({ command: 'release', handle: held.compiled.handle });
    held = { key, generation: engine.generation, compiled: result };
    diagnostics.value = merge(diagnostics.value, result.diagnostics);
  }
  const compiled = held.compiled;
  const { result, arena } = await engine.request({ command: 'trace', handle: compiled.handle, input: analyzed.settings.input?.values ?? [] });
  if (!result.ok || !arena) {
    inputProblem.value = result.diagnostics?.[0]?.message ?? '';
    return;
  }
  const halves = 2 * compiled.model.layers;
  if (!picture.value || picture.value.compiled !== compiled) halfLayer.value = halves;
  picture.value = { compiled, trace: result, arena };
  stale.value = false;
}

function merge(a: Diagnostic[], b: Diagnostic[]): Diagnostic[] {
  const seen = new Set(a.map((d) => JSON.stringify(d)));
  return [...a, ...b.filter((d) => !seen.has(JSON.stringify(d)))];
}

export function open(example: Example) {
  overrides.value = {};
  selectedNode.value = null;
  source.value = example.source;
}

/** The text of the input and vocabulary fields: what was typed, else what is in force. */
export const inputText = computed(() => overrides.value.input ?? tokensText(analysis.value?.settings.input ?? null));
export const vocabularyText = computed(() => overrides.value.vocabulary ?? tokensText(analysis.value?.settings.vocabulary ?? null));

export function begin() {
  const schedule = latestWins<Job>(update);
  effect(() => {
    schedule({ source: source.value, overrides: overrides.value });
    try {
      localStorage.setItem(storageKey, JSON.stringify({ source: source.value, overrides: overrides.value }));
    } catch { /* storage is full or forbidden: the page works without */ }
  });
  void engine.request({ command: 'library' }).then(({ result }) => { if (result.ok) library.value = result.entries; });
}

/** One hue a named s-op, the same everywhere. */
export function hue(node: number): number | null {
  const named = analysis.value?.definitions.filter((d) => d.display?.node !== undefined) ?? [];
  const order = [...new Set(named.map((d) => d.display!.node!))];
  const i = order.indexOf(node);
  return i < 0 ? null : (i * 67 + 210) % 360;
}
