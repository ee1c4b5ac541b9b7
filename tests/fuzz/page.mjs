// Fuzzing for what libFuzzer does not reach, the readers written in JavaScript: links and project files (`link`),
// assignments, submissions and their links (`assignment`).
//   node tests/fuzz/page.mjs TARGET SECONDS [--seed N]       for so long
//   node tests/fuzz/page.mjs TARGET --count N [--seed N]     so many inputs: the same ones for the same seed
//   node tests/fuzz/page.mjs TARGET --replay FILE …
// Each run first replays tests/fuzz/found/TARGET-*. An input that fails is made smaller and left in build/fuzz/failed.
// The readers run in a thread of their own, so that one that hangs or eats memory is a finding like any other.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const hangMs = 20_000; // of the processor, for one input; the slowest honest ones take a tenth of a second
const heapMb = 256,
  mostMemory = 1.2 * 2 ** 30;
const mostInput = 8 << 20;

const args = process.argv.slice(2);
const target = args.shift();
const usage = () => {
  console.error('usage: node tests/fuzz/page.mjs link|assignment SECONDS | --count N | --replay FILE …  [--seed N]');
  process.exit(2);
};
if (target !== 'link' && target !== 'assignment') usage();
const order = { seed: 1, seconds: 0, count: 0, replay: [] };
while (args.length) {
  const a = args.shift();
  if (a === '--seed') order.seed = Number(args.shift());
  else if (a === '--count') order.count = Number(args.shift());
  else if (a === '--replay') order.replay = args.splice(0);
  else order.seconds = Number(a);
}
if (!(order.seconds > 0 || order.count > 0 || order.replay.length)) usage();

/** The page's TypeScript as one module that Node loads, made by the page's own bundler. */
async function bundle() {
  const folder = mkdtempSync(path.join(tmpdir(), 'rasp-fuzz-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { build } = await import(pathToFileURL(path.join(root, 'web/node_modules/vite/dist/node/index.js')).href);
  await build({
    root: path.join(root, 'web'),
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: path.join(root, 'tests/fuzz/page/entry.mjs'),
      outDir: folder,
      minify: false,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'page.mjs' } },
    },
  });
  return path.join(folder, 'page.mjs');
}

const page = await bundle();
let passed = 0,
  failed = 0;

/** Runs the thread on a job; `null` or what went wrong. */
function run(job) {
  return new Promise((resolve) => {
    // when this input began (0: none), its length, inputs so far
    const clock = new Float64Array(new SharedArrayBuffer(24));
    const bytes = new Uint8Array(new SharedArrayBuffer(mostInput));
    const worker = new Worker(new URL('./page/worker.mjs', import.meta.url), {
      workerData: { target, page, root, clock, bytes, ...job },
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
      stdout: false,
    });
    let ended = false;
    const end = (result) => {
      if (ended) return;
      ended = true;
      clearInterval(watch);
      void worker.terminate().then(() => resolve(result));
    };
    const current = () => Buffer.from(bytes.slice(0, clock[1]));
    const busyMs = () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    };
    let since = 0,
      busy = 0; // the input that was under way when last looked, and the processor's time then
    const watch = setInterval(() => {
      // a reader that waits for ever uses no time, but then the thread ends
      if (clock[0] !== since) {
        since = clock[0];
        busy = busyMs();
      }
      if (since && busyMs() - busy > hangMs) end({ what: `still running after ${hangMs / 1000} s`, input: current() });
      else if (process.memoryUsage.rss() > mostMemory)
        end({ what: `more than ${mostMemory / 2 ** 20} MiB in use`, input: current() });
    }, 250);
    worker.on('message', (m) => {
      if (m.report) console.error(m.report);
      else end(m.failure ? { what: m.failure.what, input: Buffer.from(m.failure.input) } : { done: m.done });
    });
    worker.on('error', (e) =>
      end({
        what: e.code === 'ERR_WORKER_OUT_OF_MEMORY' ? `more than ${heapMb} MiB of heap` : String(e.stack),
        input: current(),
      }),
    );
    worker.on('exit', () => end({ what: 'the thread ended', input: current() }));
  });
}

function keep(result, name) {
  ++failed;
  const folder = path.join(root, 'build/fuzz/failed');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  writeFileSync(file, result.input);
  console.log(
    `FAILED ${target}: ${result.what}\n${result.input.length} bytes in ${path.relative(process.cwd(), file)}; replay: node tests/fuzz/page.mjs ${target} --replay ${path.relative(process.cwd(), file)}`,
  );
}

const found = path.join(root, 'tests/fuzz/found');
const old = order.replay.length
  ? order.replay
  : readdirSync(found)
      .filter((f) => f.startsWith(`${target}-`))
      .sort()
      .map((f) => path.join(found, f));
for (const file of old) {
  const result = await run({ only: readFileSync(file) });
  if (result.done) ++passed;
  else {
    ++failed;
    console.log(`FAILED ${file}: ${result.what}`);
  }
}
if (order.seconds || order.count) {
  const result = await run(order);
  if (result.done) {
    ++passed;
    console.log(
      `${target}: ${result.done.inputs} inputs (${result.done.opened} opened, ${result.done.outcomes} different outcomes), seed ${order.seed}`,
    );
  } else keep(result, `${target}-seed-${order.seed}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
