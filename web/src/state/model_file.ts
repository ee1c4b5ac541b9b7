/**
 * A model's JSON, as a suite and every export have it (docs/exports.md), as the program and settings that it was
 * compiled from. The weights are not read: the program is compiled again, and the fingerprint says whether it is the
 * same model.
 */
import { BadProject, checkProject } from './check';
import type { Shared } from './link';
import { type Settings, emptyProject } from './project';

interface ModelJson {
  attention_dir?: unknown;
  rasp?: {
    residual_labels?: unknown;
    format?: unknown;
    compiler_version?: unknown;
    fingerprint?: unknown;
    max_length?: unknown;
    program?: { name?: unknown; text?: unknown };
    output?: { expression?: unknown };
    vocabulary?: { values?: unknown; types?: unknown };
  };
}

const formatOf = (value: unknown): string | undefined => {
  const format = (value as ModelJson | null)?.rasp?.format;
  return typeof format === 'string' && format.startsWith('rasp-model/') ? format : undefined;
};

export const isModelFile = (value: unknown): boolean => formatOf(value) !== undefined;

const pragma = (text: string, name: string): string | undefined =>
  new RegExp(`^[ \\t]*#@[ \\t]*${name}\\b[ \\t]*(.*?)[ \\t\\r]*$`, 'm').exec(text)?.[1];

/** Tokens as the field for the vocabulary takes them: 1.0 stays a float. */
const tokens = (values: unknown[], types: string) =>
  `[${values.map((v, i) => (types[i] === 'f' && Number.isInteger(v) ? `${String(v)}.0` : JSON.stringify(v))).join(',')}]`;

/** A pragma's characters or list, as the list of its tokens' JSON; undefined where it is not there or neither. */
function listed(text: string, name: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(pragma(text, name) ?? '');
    return typeof value === 'string' || Array.isArray(value)
      ? [...(value as Iterable<unknown>)].map((v) => JSON.stringify(v))
      : undefined;
  } catch {
    return undefined;
  }
}

function saysVocabulary(text: string, typed: string): boolean {
  const said = pragma(text, 'vocabulary');
  return said?.startsWith('"')
    ? `[${listed(text, 'vocabulary')?.join(',') ?? ''}]` === typed
    : said?.replace(/\s/g, '') === typed.replace(/\s/g, '');
}

/** An input for a model that was compiled for other tokens or lengths than the program's own input has. */
function fittingInput(text: string, values: unknown[], types: string, length: number): string | undefined {
  const own = listed(text, 'input'),
    known = new Set(values.map((v) => JSON.stringify(v)));
  if (own && own.length <= length && own.every((v) => known.has(v))) return undefined;
  const at = Array.from({ length: Math.min(length, 6) }, (_, i) => i % values.length);
  return tokens(
    at.map((i) => values[i]),
    at.map((i) => types[i]).join(''),
  );
}

/** What the program does not say itself, or says otherwise than it was compiled with. */
function settingsOf({ attention_dir: attention, rasp = {} }: ModelJson, text: string): Settings {
  const out: Settings = {};
  const { max_length: length, output, vocabulary } = rasp;
  if (typeof length === 'number' && Number(pragma(text, 'max_length')) !== length) out.maxLength = length;
  if (Array.isArray(vocabulary?.values) && typeof vocabulary.types === 'string') {
    const typed = tokens(vocabulary.values, vocabulary.types);
    if (!saysVocabulary(text, typed)) out.vocabulary = typed;
    const input =
      vocabulary.values.length && typeof length === 'number'
        ? fittingInput(text, vocabulary.values, vocabulary.types, length)
        : undefined;
    if (input && (out.vocabulary ?? out.maxLength) !== undefined) out.input = input;
  }
  if (typeof output?.expression === 'string' && output.expression && pragma(text, 'output') !== output.expression)
    out.output = output.expression;
  const causal = attention === 'causal',
    said = pragma(text, 'causal');
  if (causal !== (said !== undefined && said !== 'false')) out.causal = causal;
  return out;
}

/** @throws BadProject where it is damaged, or of a later version */
export function modelFile(value: unknown): Shared {
  const model = value as ModelJson,
    { rasp = {} } = model;
  if (formatOf(value) !== 'rasp-model/1') throw new BadProject('it comes from a newer version');
  const { program, fingerprint, compiler_version: engine } = rasp;
  if (typeof program?.text !== 'string' || !program.text)
    throw new BadProject('it does not hold the program that it was compiled from');
  if (typeof fingerprint !== 'string' || !/^[0-9a-f]{1,64}$/.test(fingerprint))
    throw new BadProject('it does not say its weights’ fingerprint');
  const name = typeof program.name === 'string' && /\.(rasp|py)$/.test(program.name) ? program.name : 'program.rasp';
  const project = checkProject({ ...emptyProject(program.text, name), settings: settingsOf(model, program.text) });
  const labels = rasp.residual_labels,
    // a suite's compressed variant
    turned = Array.isArray(labels) && labels.length > 0 && labels.every((l) => /^mixed:\d+$/.test(String(l)));
  return {
    project,
    fingerprint,
    file: true,
    ...(turned ? { turned: true as const } : {}),
    ...(typeof engine === 'string' && /^[\w.+-]{1,40}$/.test(engine) ? { engine } : {}),
  };
}
