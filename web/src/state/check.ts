// A project that comes from outside (link, file, storage) is checked field by field; what is wrong is named, nothing is
// guessed.
import { type Intervention, passNames } from '../engine/protocol';
import {
  type Generating,
  type LabSettings,
  type Project,
  type Selection,
  type Settings,
  emptyProject,
  mostSteps,
  viewNamed,
} from './project';

export class BadProject extends Error {}

const fail = (what: string): never => {
  throw new BadProject(what);
};
const isObject = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null && !Array.isArray(x);
/** A name from outside, in a sentence: short, on one line, whatever it holds. */
const quoted = (name: string) => JSON.stringify(name.slice(0, 40));
const count = (x: unknown, most: number): x is number =>
  typeof x === 'number' && Number.isInteger(x) && x >= 0 && x <= most;

/** What a link or a file may hold: as many files as an assignment has tasks. */
const outside = { files: 50, text: 1 << 20, name: 100, experiments: 200, list: 100_000 };
/** What this browser kept of one's own work is read back whatever its size: the browser's quota bounds it. */
export const ownWork = { files: 10_000, text: 1 << 24, name: 1000, experiments: 100_000, list: 1 << 23 };
type Most = typeof outside;

function checkSettings(x: unknown, most: Most): Settings {
  if (!isObject(x)) return fail('its settings are not an object');
  const out: Settings = {};
  for (const key of ['input', 'vocabulary', 'output'] as const) {
    if (x[key] === undefined) continue;
    if (typeof x[key] !== 'string' || x[key].length > most.text) fail(`"${key}" is not a text`);
    out[key] = x[key] as string;
  }
  if (x.maxLength !== undefined)
    out.maxLength =
      count(x.maxLength, 1_000_000) && x.maxLength > 0 ? x.maxLength : fail('"maxLength" is not a number from 1');
  if (x.causal !== undefined)
    out.causal = typeof x.causal === 'boolean' ? x.causal : fail('"causal" is not true or false');
  if (x.objective !== undefined) out.objective = x.objective === 'depth' ? 'depth' : fail('"objective" is unknown');
  if (x.off !== undefined)
    out.off =
      Array.isArray(x.off) && x.off.every((p) => passNames.includes(p))
        ? [...new Set(x.off)]
        : fail('"off" names an unknown pass');
  return out;
}

function checkSelection(x: unknown): Selection {
  if (!isObject(x)) return fail('its selection is not an object');
  const out: Selection = {};
  for (const key of ['node', 'layer', 'head', 'query', 'key', 'subspace', 'half', 'position'] as const) {
    const value = x[key];
    if (value === undefined) continue;
    if (!count(value, 10_000_000)) fail(`"${key}" of the selection is not a number`);
    out[key] = value as number;
  }
  return out;
}

/** An input as the engine takes it: a text, or a list of tokens. */
function source(x: unknown, most: Most): string | (string | number | boolean)[] {
  if (typeof x === 'string' && x.length <= most.text) return x;
  const token = (t: unknown) =>
    typeof t === 'boolean' ||
    (typeof t === 'string' && t.length <= most.text) ||
    (typeof t === 'number' && Number.isFinite(t));
  return Array.isArray(x) && x.length <= most.list && x.every(token)
    ? (x as (string | number | boolean)[])
    : fail('"source" of an experiment is no input');
}

function checkExperiment(x: unknown, most: Most): Intervention {
  if (!isObject(x)) return fail('an experiment is not an object');
  const whole = (key: string) =>
    count(x[key], 10_000_000) ? (x[key] as number) : fail(`"${key}" of an experiment is not a number`);
  const list = (key: string) => {
    const value = x[key];
    return Array.isArray(value) &&
      value.length <= most.list &&
      value.every((n) => typeof n === 'number' && Number.isFinite(n))
      ? (value as number[])
      : fail(`"${key}" of an experiment is not a list of numbers`);
  };
  const places = (key: string) =>
    list(key).every((n) => count(n, 10_000_000))
      ? list(key)
      : fail(`"${key}" of an experiment is not a list of whole numbers`);
  switch (x.kind) {
    case 'zero_head':
    case 'interpreter_pattern':
      return { kind: x.kind, layer: whole('layer'), head: whole('head') };
    case 'set_pattern':
      return { kind: 'set_pattern', layer: whole('layer'), head: whole('head'), values: list('values') };
    case 'zero_mlp':
      return { kind: 'zero_mlp', layer: whole('layer') };
    case 'set_residual': {
      const at = {
        kind: 'set_residual' as const,
        half_layer: whole('half_layer'),
        position: whole('position'),
        dimensions: places('dimensions'),
      };
      return x.source === undefined ? { ...at, values: list('values') } : { ...at, source: source(x.source, most) };
    }
    case 'interchange': {
      const named = x.s_op;
      const known = count(named, 10_000_000) || (typeof named === 'string' && named.length <= most.text);
      return known
        ? { kind: 'interchange', s_op: named as string | number, source: source(x.source, most) }
        : fail('"s_op" of an experiment is neither a name nor a number');
    }
    default:
      return fail('it has an unknown experiment');
  }
}

function checkGenerating(x: unknown, most: Most): Generating {
  const { steps, until, shown } = isObject(x) ? x : fail('what it generates is not an object');
  if (!count(steps, mostSteps) || steps === 0 || !count(shown, mostSteps)) return fail('its steps are not numbers');
  return {
    steps,
    shown,
    until:
      typeof until === 'string' && until.length <= most.text ? until : fail('the token that ends it is not a text'),
  };
}

function checkLab(x: unknown): LabSettings {
  if (!isObject(x)) return fail('its experiment of the laboratory is not an object');
  const kind =
    (['superposition', 'twin', 'methods'] as const).find((k) => k === x.kind) ??
    fail('its experiment of the laboratory is unknown');
  const out: LabSettings = { kind };
  // What numbers the engine takes is its own to say; here only that they are numbers.
  for (const key of ['d', 'layers', 'heads', 'width', 'steps', 'seed'] as const) {
    if (x[key] !== undefined)
      out[key] = count(x[key], 10_000_000) ? x[key] : fail(`"${key}" of the laboratory is not a number`);
  }
  if (x.recipe !== undefined)
    out.recipe =
      (['orthonormal', 'principal', 'paper'] as const).find((r) => r === x.recipe) ??
      fail('"recipe" of the laboratory is unknown');
  if (x.of !== undefined)
    out.of = (['superposition', 'twin'] as const).find((r) => r === x.of) ?? fail('"of" of the laboratory is unknown');
  if (x.lesson !== undefined) {
    const { of, step } = isObject(x.lesson) ? x.lesson : fail('its lesson is not an object');
    out.lesson = {
      of: (['superposition', 'circuit'] as const).find((r) => r === of) ?? fail('its lesson is unknown'),
      step: count(step, 4) ? step : fail('the step of its lesson is not a number from 0 to 4'),
    };
  }
  for (const key of ['optimised', 'patterns', 'run'] as const)
    if (x[key] !== undefined) out[key] = x[key] === true ? true : fail(`"${key}" of the laboratory is not true`);
  return out;
}

export function checkProject(x: unknown, most: Most = outside): Project {
  if (!isObject(x)) return fail('it is not an object');
  if (!isObject(x.files) || Object.keys(x.files).length === 0) fail('it has no files');
  const entries = Object.entries(x.files as object);
  if (entries.length > most.files) fail(`it has more than ${most.files} files`);
  for (const [name, text] of entries) {
    if (typeof text !== 'string') fail(`the file ${quoted(name)} is not a text`);
    if (name.length > most.name || name === '' || name === '__proto__') fail('a file has a bad name');
    if ((text as string).length > most.text) fail(`the file ${quoted(name)} is larger than a megabyte`);
  }
  const files = Object.fromEntries(entries) as Record<string, string>;
  const active =
    typeof x.active === 'string' && Object.hasOwn(files, x.active) ? x.active : fail('its active file is missing');
  const out: Project = { ...emptyProject(), files, active };
  if (x.settings !== undefined) out.settings = checkSettings(x.settings, most);
  if (x.selection !== undefined) out.selection = checkSelection(x.selection);
  if (x.experiments !== undefined) {
    if (!Array.isArray(x.experiments) || x.experiments.length > most.experiments)
      fail('its experiments are not a list of at most 200');
    out.experiments = (x.experiments as unknown[]).map((e) => checkExperiment(e, most));
  }
  if (x.view !== undefined) out.view = viewNamed(x.view) ?? fail('its view is unknown');
  if (x.half !== undefined && x.half !== null)
    out.half = count(x.half, 100_000) ? x.half : fail('its half-layer is not a number');
  if (x.generating !== undefined) out.generating = checkGenerating(x.generating, most);
  if (x.phase !== undefined) out.phase = x.phase === 1 || x.phase === 2 ? x.phase : fail('its step is neither 1 nor 2');
  if (x.lab !== undefined) out.lab = checkLab(x.lab);
  if (x.second !== undefined)
    out.second =
      typeof x.second === 'string' && x.second.length <= most.text ? x.second : fail('its second input is not a text');
  if (x.course !== undefined)
    out.course =
      typeof x.course === 'string' && x.course.length <= 2 * most.text
        ? x.course
        : fail('its assignment is not a text');
  return out;
}
