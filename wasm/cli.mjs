#!/usr/bin/env node
// node wasm/cli.mjs COMMAND FILE [options]: the engine on the command line. One JSON document on standard output.
import { createReadStream, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { loadEngine } from './engine.mjs';

const commands = ['eval', 'compile', 'run', 'check', 'batch', 'grade', 'assignment', 'suite'];
const usage = `usage: node wasm/cli.mjs COMMAND FILE [options]

  eval     the interpreter's value of the output
  compile  the model's size, bounds and timings; --format json|safetensors|onnx --out PATH writes it
  run      interpreter and model on one input
  check    interpreter against model on many inputs
  batch    FILE holds one JSON request a line; one result a line
  grade    node wasm/cli.mjs grade ASSIGNMENT SUBMISSIONS... --out DIR [--jobs N] [--limit-ms N] [--task ID] [--one] [--github]
  suite    --count N --seed S --out DIR [--jobs N]: a library of proved models with data and truth
  assignment  check FILE | publish FILE --out FILE [--salt PHRASE] | schema FILE

FILE "-" reads standard input. Options:
  --output EXPR  --input JSON  --vocabulary JSON  --max-length N  --causal  --objective size|depth  --no-optimize
  --samples N  --exhaustive  --seed S  --format F  --out PATH  --names transformer_lens|tracr  --limit-ms N`;

class UsageError extends Error {}

const withValue = new Set(['output', 'input', 'vocabulary', 'max-length', 'objective', 'samples', 'seed', 'format', 'out', 'names', 'limit-ms', 'jobs', 'salt', 'task', 'count']);
const flags = new Set(['causal', 'no-optimize', 'exhaustive', 'help', 'github', 'one']);

function parseArguments(args) {
  const positional = [], options = {};
  for (let i = 0; i < args.length; ++i) {
    const arg = args[i];
    if (!arg.startsWith('--') || arg === '-') { positional.push(arg); continue; }
    const [name, inline] = arg.slice(2).split(/=(.*)/s);
    if (flags.has(name)) options[name] = true;
    else if (withValue.has(name)) {
      const value = inline ?? args[++i];
      if (value === undefined) throw new UsageError(`--${name} needs a value`);
      options[name] = value;
    } else throw new UsageError(`unknown option --${name}`);
  }
  return { positional, options };
}

function number(options, name, least) {
  if (options[name] === undefined) return undefined;
  const n = Number(options[name]);
  if (!Number.isSafeInteger(n) || n < least) throw new UsageError(`--${name} needs a number from ${least}`);
  return n;
}

// Ints and floats stay apart: 1.0 in JSON is a float, and JSON.parse would forget it.
function rawJson(options, name) {
  if (options[name] === undefined) return undefined;
  try {
    JSON.parse(options[name]);
  } catch {
    throw new UsageError(`--${name} is not valid JSON; strings need double quotes: --${name} '"abc"'`);
  }
  return { raw: options[name] };
}

// Serialises a request, with raw JSON where a number's kind must survive.
function serialise(document) {
  const parts = [];
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue;
    parts.push(`${JSON.stringify(key)}:${value !== null && typeof value === 'object' && 'raw' in value ? value.raw : JSON.stringify(value)}`);
  }
  return `{${parts.join(',')}}`;
}

function readText(file) {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    const why = error.code === 'ENOENT' ? 'there is no such file' : error.code === 'EISDIR' ? 'it is a folder' : 'it cannot be read';
    return { failure: { ok: false, diagnostics: [{ severity: 'error', code: 'file', class: 'input', message: `${file}: ${why}`, line: 1, column: 1, end_line: 1, end_column: 1, hint: 'Check the path.' }] } };
  }
}

// What `load "name"` may ask for, relative to the program's folder, transitively.
export function loadedFiles(program, folder) {
  const files = {}, pending = [program];
  while (pending.length && Object.keys(files).length < 100) {
    for (const [, name] of pending.pop().matchAll(/\bload\s*"([^"\n]*)"/g)) {
      const key = `${name}.rasp`, file = path.resolve(folder, key);
      if (key in files || !existsSync(file) || !statSync(file).isFile() || statSync(file).size > 1 << 20) continue;
      files[key] = readFileSync(file, 'utf8');
      pending.push(files[key]);
    }
  }
  return files;
}

// A result as JSON. The engine sends ints beyond 2^53 as their digits, since JSON.parse would round them; here they are written as the ints they are.
export function written(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((x) => (x === undefined ? 'null' : written(x))).join(',')}]`;
  const parts = [];
  for (const [key, x] of Object.entries(value)) {
    if (x === undefined) continue;
    const types = (key === 'values' || key === 'value') && typeof value.types === 'string' ? value.types : undefined;
    const whole = (item, type) => (type === 'i' && typeof item === 'string' ? item : written(item));
    const text = types === undefined ? written(x) : Array.isArray(x) ? `[${x.map((item, i) => whole(item, types[i])).join(',')}]` : whole(x, types[0]);
    parts.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${parts.join(',')}}`;
}

function print(result) {
  process.stdout.write(`${written(result)}\n`);
  return result.ok ? 0 : 1;
}

async function batch(file, engine) {
  const input = file === '-' ? process.stdin : createReadStream(file);
  let failed = null;
  input.on('error', (error) => { failed = error; });
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    let id;
    try { id = JSON.parse(line).id; } catch { /* the engine says what is wrong */ }
    const result = await engine.requestText(line, id);
    if (id !== undefined && result.id === undefined) result.id = id;
    if (!process.stdout.write(`${written(result)}\n`)) await new Promise((done) => process.stdout.once('drain', done));
  }
  if (failed) return print({ ok: false, diagnostics: [{ severity: 'error', code: 'file', class: 'input', message: `${file}: it cannot be read`, line: 1, column: 1, end_line: 1, end_column: 1 }] });
  return 0;
}

async function suite(options, rest) {
  if (rest.length) throw new UsageError(`unexpected argument "${rest[0]}"`);
  if (!options.out) throw new UsageError('suite needs --out DIR');
  const { makeSuite, SuiteError } = await import('./suite/suite.mjs');
  try {
    return print(await makeSuite({ count: number(options, 'count', 1) ?? 100, seed: number(options, 'seed', 0) ?? 0, out: options.out, jobs: number(options, 'jobs', 1) }));
  } catch (error) {
    if (!(error instanceof SuiteError)) throw error;
    return print({ ok: false, diagnostics: [{ severity: 'error', code: 'suite', class: 'input', message: error.message, line: 1, column: 1, end_line: 1, end_column: 1, hint: error.hint }] });
  }
}

async function main() {
  const { positional, options } = parseArguments(process.argv.slice(2));
  const [command, file, ...rest] = positional;
  if (options.help) { process.stdout.write(`${usage}\n`); return 0; }
  if (!commands.includes(command)) throw new UsageError(command ? `there is no command "${command}"` : 'a command is missing');
  if (command === 'suite') return suite(options, positional.slice(1));
  if (!file) throw new UsageError('FILE is missing');
  if (command === 'grade') {
    const { grade } = await import('./grade.mjs');
    return grade(file, rest, options);
  }
  if (command === 'assignment') {
    const { assignmentCommand } = await import('./grade.mjs');
    return assignmentCommand(file, rest, options);
  }
  if (rest.length) throw new UsageError(`unexpected argument "${rest[0]}"`);
  const request = {
    command,
    output: options.output,
    input: rawJson(options, 'input'),
    vocabulary: rawJson(options, 'vocabulary'),
    max_length: number(options, 'max-length', 1),
    causal: options.causal,
    objective: options.objective,
    optimize: options['no-optimize'] ? false : undefined,
    samples: number(options, 'samples', 1),
    exhaustive: options.exhaustive,
    seed: number(options, 'seed', 0),
    limit_ms: number(options, 'limit-ms', 1) ?? (command === 'check' ? 600_000 : 60_000),
  };
  if (options.objective && !['size', 'depth'].includes(options.objective)) throw new UsageError('--objective is size or depth');
  if (options.format && command !== 'compile') throw new UsageError('--format belongs to compile');
  if (options.format && !['json', 'safetensors', 'onnx'].includes(options.format)) throw new UsageError(`there is no format "${options.format}"`);
  if (options.format && !options.out) throw new UsageError('--format needs --out PATH');
  if (options.out && command === 'compile' && !options.format) options.format = 'json';
  const engine = await loadEngine();
  if (command === 'batch') return batch(file, engine);

  const program = readText(file);
  if (typeof program !== 'string') return print(program.failure);
  request.program = program;
  request.name = file === '-' ? 'program.rasp' : path.basename(file);
  request.files = loadedFiles(program, file === '-' ? '.' : path.dirname(file));
  if (command === 'compile') { request.format = options.format; request.names = options.names; }
  const result = await engine.requestText(serialise(request));
  if (command === 'compile' && options.format && result.ok) {
    const bytes = engine.bytes();
    try {
      writeFileSync(options.out, bytes);
      if (options.format === 'safetensors') {
        const meta = await engine.requestText(serialise({ ...request, format: 'meta' }));
        if (meta.ok) writeFileSync(`${options.out}.json`, engine.bytes());
      }
    } catch {
      return print({ ok: false, diagnostics: [{ severity: 'error', code: 'file', class: 'input', message: `${options.out} cannot be written`, line: 1, column: 1, end_line: 1, end_column: 1, hint: 'Check the path.' }] });
    }
  }
  return print(result);
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(error instanceof UsageError ? `${error.message}\n${usage}\n` : `${error.message}\n`);
  process.exitCode = 2;
}
