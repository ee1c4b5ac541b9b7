#!/usr/bin/env node
// rasp-playground COMMAND FILE [options] (here: node wasm/cli.mjs …): the engine on the command line. One JSON document
// on standard output.
import { createReadStream, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NoEngine, largestRequest, loadEngine, tooLarge } from './engine.mjs';
import { boundedLines } from './lines.mjs';
import { print, printLine, reader, refusal, tokenList, unreadable, unwritable, watchOutput } from './output.mjs';
import { pythonProject } from './python/project.mjs';

const commands = [
  'eval',
  'compile',
  'run',
  'check',
  'plan',
  'generate',
  'batch',
  'grade',
  'assignment',
  'suite',
  'train',
  'discover',
  'interchange',
  'convert',
];
const usage = `usage: rasp-playground COMMAND FILE [options]

  eval     the interpreter's value of the output
  compile  the model's size, bounds and timings; --format json|safetensors|onnx|craft --out PATH writes it
  run      interpreter and model on one input; --intervene JSON|FILE with experiments on the model's pass
  check    interpreter against model on many inputs; --proof computes the proof again from the weights alone
  plan     the model as a listing of its parts, for people; --component "head 0.1" one of them
           a listing (FILE.craft) can be run, compiled to weights, and checked against --program FILE.rasp
  train    --compress D,D… [--recipe orthonormal|principal|paper] | --twin layers=2,heads=1;…  [--seeds N] [--steps N] [--batch N] [--rate R]
           [--examples N] [--longest] [--out PATH]: the model in fewer dimensions, or the same task from random weights
  generate the model as a decoder: its output at the last position is appended, again and again; --steps N [--until TOKEN]
  convert  FILE.rasp --to python: the program in Tracr's Python, on standard output or in --out PATH
           FILE.py --to rasp: a program in Python as RASP text, compared with it on all inputs where they are few, else on 300
  discover FILE… [--methods NAME,…] [--pairs N] [--witnesses N] [--seed S]: who finds the circuit?
           --compress D | --twin SETTINGS: on that model, trained first, with the options of train
           --suite DIR [--out FILE] [--jobs N]: over every model of a suite, a table method by difficulty and family
  interchange FILE [--pairs N] [--compress D]: does the model compute by each s-op what the program does?
  batch    FILE holds one JSON request a line; one result a line
  grade    grade ASSIGNMENT SUBMISSIONS... --out DIR [--jobs N] [--limit-ms N] [--task ID] [--one] [--github]
  suite    --count N --seed S --out DIR [--jobs N]: a library of proved models with data and truth; --compress SHARE: each also in fewer dimensions
  assignment  check FILE | publish FILE --out FILE [--salt PHRASE] | scorm FILE --out ZIP [--scorm 1.2|2004] [--salt PHRASE] | schema FILE

FILE "-" reads standard input. Options:
  --output EXPR  --input JSON  --vocabulary JSON  --max-length N  --causal  --objective size|depth  --no-optimize | --off PASS,…
  --samples N  --exhaustive  --proof  --seed S  --format F  --out PATH  --names transformer_lens|tracr  --limit-ms N`;

const passes = ['fuse', 'fold', 'merge_heads', 'drop', 'idioms', 'factor', 'pack', 'reuse'];

class UsageError extends Error {}

const withValue = new Set([
  'output',
  'input',
  'vocabulary',
  'max-length',
  'objective',
  'samples',
  'seed',
  'format',
  'out',
  'names',
  'limit-ms',
  'until',
  'jobs',
  'salt',
  'scorm',
  'task',
  'count',
  'compress',
  'twin',
  'recipe',
  'seeds',
  'steps',
  'batch',
  'rate',
  'examples',
  'methods',
  'pairs',
  'witnesses',
  'component',
  'program',
  'to',
  'suite',
  'off',
  'intervene',
]);
const flags = new Set(['causal', 'no-optimize', 'exhaustive', 'proof', 'help', 'github', 'one', 'longest']);

function parseArguments(args) {
  const positional = [],
    options = {};
  for (let i = 0; i < args.length; ++i) {
    const arg = args[i];
    if (!arg.startsWith('--') || arg === '-') {
      positional.push(arg);
      continue;
    }
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
    parts.push(
      `${JSON.stringify(key)}:${value !== null && typeof value === 'object' && 'raw' in value ? value.raw : JSON.stringify(value)}`,
    );
  }
  return `{${parts.join(',')}}`;
}

function readText(file) {
  try {
    const size = file === '-' ? 0 : statSync(file).size;
    return size > largestRequest ? { failure: tooLarge(size) } : readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    return { failure: unreadable(file, error) };
  }
}

// What `load "name"` may ask for, relative to the program's folder, transitively.
export function loadedFiles(program, folder) {
  const files = {},
    pending = [program];
  while (pending.length && Object.keys(files).length < 100) {
    for (const [, name] of pending.pop().matchAll(/\bload\s*"([^"\n]*)"/g)) {
      const key = `${name}.rasp`,
        file = path.resolve(folder, key);
      if (key in files || !existsSync(file) || !statSync(file).isFile() || statSync(file).size > 1 << 20) continue;
      files[key] = readFileSync(file, 'utf8');
      pending.push(files[key]);
    }
  }
  return files;
}

/** The id of a request that the engine could not answer for lack of memory. */
function idOf(text) {
  try {
    return JSON.parse(text ?? '{}').id;
  } catch {
    return undefined;
  }
}

async function batch(file, engine) {
  const input = file === '-' ? process.stdin : createReadStream(file);
  try {
    for await (const { text, bytes } of boundedLines(input, largestRequest)) {
      if (text?.trim() === '') continue;
      const result = text === undefined ? tooLarge(bytes) : await engine.requestText(text);
      await printLine(result.id === undefined ? { ...result, id: idOf(text) } : result);
      if (reader.gone) break;
    }
  } catch (error) {
    if (error.syscall === undefined) throw error;
    return print(unreadable(file, error));
  }
  return 0;
}

async function suite(options, rest) {
  if (rest.length) throw new UsageError(`unexpected argument "${rest[0]}"`);
  if (!options.out) throw new UsageError('suite needs --out DIR');
  const compress = options.compress === undefined ? undefined : Number(options.compress);
  if (compress !== undefined && !(compress > 0 && compress <= 1))
    throw new UsageError('--compress of suite needs a share of the dimensions, above 0 and at most 1');
  const { makeSuite, SuiteError } = await import('./suite/suite.mjs');
  try {
    return print(
      await makeSuite({
        count: number(options, 'count', 1) ?? 100,
        seed: number(options, 'seed', 0) ?? 0,
        out: options.out,
        jobs: number(options, 'jobs', 1),
        compress,
      }),
    );
  } catch (error) {
    if (!(error instanceof SuiteError)) throw error;
    return print(refusal('suite', 'input', error.message, error.hint));
  }
}

async function discoverInSuite(options, files) {
  if (files.length) throw new UsageError(`discover takes files or --suite DIR, not both: "${files[0]}"`);
  const known = ['suite', 'methods', 'pairs', 'witnesses', 'seed', 'out', 'jobs', 'limit-ms'];
  const foreign = Object.keys(options).find((name) => !known.includes(name));
  if (foreign) throw new UsageError(`--${foreign} does not go with --suite: its models have their own settings`);
  const { discoverSuite } = await import('./lab/discover_suite.mjs');
  const { SuiteError } = await import('./suite/suite.mjs');
  try {
    return print(
      await discoverSuite({
        folder: options.suite,
        methods: options.methods?.split(','),
        pairs: number(options, 'pairs', 1),
        witnesses: number(options, 'witnesses', 1),
        seed: number(options, 'seed', 0),
        out: options.out,
        jobs: number(options, 'jobs', 1),
        limitMs: number(options, 'limit-ms', 1),
      }),
    );
  } catch (error) {
    if (!(error instanceof SuiteError)) throw error;
    return print(error.document ?? refusal('suite', 'input', error.message, error.hint));
  }
}

async function generated({ samples, exhaustive, seed, ...request }, options) {
  const { generate, typedToken } = await import('./generate.mjs');
  const engine = await loadEngine();
  const compiled = await engine.requestText(serialise({ ...request, command: 'compile', keep: true, details: true }));
  if (!compiled.ok) return print(compiled);
  const { input, vocabulary, max_length: maxLength } = compiled.settings;
  if (!input)
    return print(
      refusal('no-input', 'input', 'No input is given', 'Add #@ input "abc" to the program, or give --input.'),
    );
  const until = options.until === undefined ? undefined : typedToken(options.until, vocabulary);
  if (until === null)
    return print(
      refusal(
        'unknown-token',
        'input',
        `--until: ${options.until} is no token of the vocabulary`,
        'Name one of its tokens, or add it to the vocabulary.',
      ),
    );
  const run = (tokens) =>
    engine.requestText(
      serialise({
        command: 'extend',
        handle: compiled.handle,
        input: { raw: tokenList(tokens) },
        limit_ms: request.limit_ms,
      }),
    );
  const result = await generate(run, { input, vocabulary, maxLength, steps: number(options, 'steps', 1) ?? 8, until });
  if (!result.ok) return print(result);
  const { exactness, reasons, under, diagnostics } = compiled;
  return print({ ...result, exactness, reasons, under, diagnostics });
}

async function trained({ samples, exhaustive, seed, ...request }, options) {
  const { TrainUsage, train } = await import('./lab/train.mjs');
  try {
    return await train(request, serialise, options);
  } catch (error) {
    throw error instanceof TrainUsage ? new UsageError(error.message) : error;
  }
}

const discovering = ({ samples, exhaustive, proof, ...request }, options) => ({
  ...request,
  methods: options.methods?.split(','),
  pairs: number(options, 'pairs', 1),
  witnesses: number(options, 'witnesses', 1),
});

async function about(command, request, options) {
  const { aboutOne } = await import('./lab/discover.mjs');
  const { TrainUsage } = await import('./lab/train.mjs');
  try {
    return await aboutOne(command, request, serialise, options);
  } catch (error) {
    throw error instanceof TrainUsage ? new UsageError(error.message) : error;
  }
}

/** A program's name, and the files that it loads or imports: those beside it; of Python's packages, the whole package. */
function project(file, program) {
  if (file.endsWith('.py')) return pythonProject(file);
  return {
    name: file === '-' ? 'program.rasp' : path.basename(file),
    files: loadedFiles(program, file === '-' ? '.' : path.dirname(file)),
  };
}

/** A text goes to standard output as it is, or to a file, and then its document is printed. */
function printText(text, result, options) {
  if (!options.out) {
    process.stdout.write(text);
    return 0;
  }
  try {
    writeFileSync(options.out, text);
  } catch {
    return print(unwritable(options.out));
  }
  return print(result);
}

async function plan(engine, request, options) {
  const result = await engine.requestText(serialise(request));
  return result.ok ? printText(Buffer.from(engine.bytes()), result, options) : print(result);
}

async function converted({ program, name, files, output, input, vocabulary, max_length, causal, limit_ms }, options) {
  if (options.to === 'rasp') {
    if (output ?? input ?? vocabulary ?? max_length ?? causal)
      throw new UsageError('convert --to rasp takes the program as it is: its settings are in its text');
    const { toRasp } = await import('./convert.mjs');
    const { text, ...result } = await toRasp(await loadEngine(), { program, name, files });
    return result.ok ? printText(text, result, options) : print(result);
  }
  const engine = await loadEngine('laboratory');
  const { text, ...result } = await engine.requestText(
    serialise({ command: 'python', program, name, files, output, input, vocabulary, max_length, causal, limit_ms }),
  );
  return result.ok ? printText(text, result, options) : print(result);
}

/** FILE.craft: run it, compare it with a program, write its weights, print it again. */
async function listing(command, text, { input, samples, exhaustive, seed, output, limit_ms }, options) {
  if (!['run', 'check', 'compile', 'plan'].includes(command))
    throw new UsageError(`${command} takes a program, not a listing`);
  if (options.format === 'json') throw new UsageError('a listing is compiled to --format craft, safetensors or onnx');
  const request = { command: 'listing', listing: text, input, limit_ms };
  if (command === 'run' && !input) throw new UsageError('run needs --input for a listing');
  if (command === 'check') {
    if (!options.program) throw new UsageError('check needs --program FILE.rasp for a listing');
    const program = readText(options.program);
    if (typeof program !== 'string') return print(program.failure);
    Object.assign(request, {
      program,
      ...project(options.program, program),
      output,
      samples,
      exhaustive,
      seed,
    });
  }
  const engine = await loadEngine('laboratory');
  if (command === 'plan') return plan(engine, { ...request, format: 'craft', component: options.component }, options);
  Object.assign(request, { format: options.format, component: options.component });
  const result = await engine.requestText(serialise(request));
  if (result.ok && options.format) {
    try {
      writeFileSync(options.out, engine.bytes());
    } catch {
      return print(unwritable(options.out));
    }
  }
  return print(result);
}

async function main() {
  const { positional, options } = parseArguments(process.argv.slice(2));
  const [command, file, ...rest] = positional;
  if (options.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  if (!commands.includes(command))
    throw new UsageError(command ? `there is no command "${command}"` : 'a command is missing');
  if (command === 'suite') return suite(options, positional.slice(1));
  if (options.suite !== undefined && command !== 'discover') throw new UsageError('--suite belongs to discover');
  if (options.suite !== undefined) return discoverInSuite(options, positional.slice(1));
  if (!file) throw new UsageError('FILE is missing');
  if (command === 'grade') {
    const { grade } = await import('./grade.mjs');
    return grade(file, rest, options);
  }
  if (command === 'assignment') {
    const { assignmentCommand } = await import('./grade.mjs');
    return assignmentCommand(file, rest, options);
  }
  if (rest.length && command !== 'discover') throw new UsageError(`unexpected argument "${rest[0]}"`);
  const request = {
    command,
    output: options.output,
    input: rawJson(options, 'input'),
    vocabulary: rawJson(options, 'vocabulary'),
    max_length: number(options, 'max-length', 1),
    causal: options.causal,
    objective: options.objective,
    optimize: options['no-optimize'] ? false : undefined,
    passes:
      options.off === undefined ? undefined : Object.fromEntries(options.off.split(',').map((name) => [name, false])),
    samples: number(options, 'samples', 1),
    exhaustive: options.exhaustive,
    proof: options.proof,
    seed: number(options, 'seed', 0),
    limit_ms: number(options, 'limit-ms', 1) ?? (command === 'check' ? 600_000 : 60_000),
  };
  const unknown = Object.keys(request.passes ?? {}).find((name) => !passes.includes(name));
  if (unknown !== undefined) throw new UsageError(`--off names passes (${passes.join(', ')}), not "${unknown}"`);
  if (options.objective && !['size', 'depth'].includes(options.objective))
    throw new UsageError('--objective is size or depth');
  if (command === 'convert' && options.to !== (file.endsWith('.py') ? 'rasp' : 'python'))
    throw new UsageError('convert takes FILE.rasp --to python, or FILE.py --to rasp');
  if (command === 'convert' && file.endsWith('.craft')) throw new UsageError('convert takes a program, not a listing');
  if (options.intervene !== undefined && (command !== 'run' || file.endsWith('.craft')))
    throw new UsageError('--intervene belongs to run, of a program');
  if (options.to && command !== 'convert') throw new UsageError('--to belongs to convert');
  if (options.until !== undefined && command !== 'generate') throw new UsageError('--until belongs to generate');
  if (options.proof && command !== 'check') throw new UsageError('--proof belongs to check');
  if (options.format && command !== 'compile') throw new UsageError('--format belongs to compile');
  if (options.format && !['json', 'safetensors', 'onnx', 'craft'].includes(options.format))
    throw new UsageError(`there is no format "${options.format}"`);
  if (options.format && !options.out) throw new UsageError('--format needs --out PATH');
  if (options.out && command === 'compile' && !options.format) options.format = 'json';
  if (options.names && options.format === 'craft') throw new UsageError('--names belongs to the other formats');
  if (options.names && !options.format) throw new UsageError('--names belongs to --format');
  if (options.names && !['transformer_lens', 'tracr'].includes(options.names))
    throw new UsageError('--names is transformer_lens or tracr');
  if (rest.length && command === 'discover') {
    if (options.compress ?? options.twin) throw new UsageError('--compress and --twin take one program');
    const { discover } = await import('./lab/discover.mjs');
    return discover([file, ...rest], discovering(request, options), serialise, loadedFiles);
  }
  if (command === 'batch') return batch(file, await loadEngine());

  if (options.component && command !== 'plan' && options.format !== 'craft')
    throw new UsageError('--component belongs to plan and to --format craft');
  const program = readText(file);
  if (typeof program !== 'string') return print(program.failure);
  if (file.endsWith('.craft')) return listing(command, program, request, options);
  if (options.program) throw new UsageError('--program belongs to a listing: check FILE.craft --program FILE.rasp');
  request.program = program;
  Object.assign(request, project(file, program));
  if (command === 'convert') return converted(request, options);
  if (command === 'generate') return generated(request, options);
  if (command === 'train') return trained(request, options);
  if (command === 'discover' || command === 'interchange')
    return about(command, discovering(request, options), options);
  if (options.intervene !== undefined) {
    const { intervened } = await import('./intervene.mjs');
    return intervened(await loadEngine(), request, options.intervene, serialise);
  }
  const engine = await loadEngine(
    command === 'plan' || options.format === 'craft' || options.proof ? 'laboratory' : 'engine',
  );
  if (command === 'compile') {
    request.format = options.format;
    request.names = options.names;
    request.component = options.component;
  }
  if (command === 'plan')
    return plan(
      engine,
      {
        ...request,
        command: 'compile',
        format: 'craft',
        component: options.component,
        samples: undefined,
        exhaustive: undefined,
        seed: undefined,
        proof: undefined,
      },
      options,
    );
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
      return print(unwritable(options.out));
    }
  }
  return print(result);
}

watchOutput();
try {
  const status = await main();
  process.exitCode ||= status;
} catch (error) {
  if (error instanceof UsageError) {
    // What is wrong must not be lost above a page of help.
    const known = new Set(usage.match(/^  ([a-z]+)/gm).map((line) => line.trim()));
    process.stderr.write(
      `${error.message}\n${known.has(process.argv[2]) ? `usage: rasp-playground ${process.argv[2]} FILE [options]; --help shows all of them` : usage}\n`,
    );
    process.exitCode = 2;
  } else {
    const [code, hint] =
      error instanceof NoEngine
        ? ['file', 'Install the package again, or build it.']
        : ['internal', 'Please report the program and the command.'];
    process.exitCode = print(refusal(code, error instanceof NoEngine ? 'input' : 'internal', error.message, hint));
  }
}
