// The thread that runs a target: inputs from seeds and mutations until the time or the number is used up, or one that
// fails.
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { mutateBytes, mutateValue } from './mutate.mjs';
import { pack, packBytes, unpack } from './packing.mjs';
import { Random } from './random.mjs';
import { assignmentTarget, linkTarget, pollution } from './targets.mjs';

const { target: name, page: file, root, clock, bytes, only, seed = 1, seconds = 0, count = 0 } = workerData;
const mostInput = 2 << 20,
  mostCorpus = 1500;

let stray = null;
process.on('unhandledRejection', (error) => {
  stray ??= error;
});

const page = await import(pathToFileURL(file).href);
const target = (name === 'link' ? linkTarget : assignmentTarget)(root, page);

/** What is wrong with an input, or null; sets `last` to how it ended. */
let last = null;
async function failure(input) {
  bytes.set(input.subarray(0, bytes.length));
  clock[1] = Math.min(input.length, bytes.length);
  clock[0] = Date.now();
  stray = null;
  let wrong = null;
  try {
    last = await target.check(input);
    pollution();
  } catch (error) {
    wrong = error;
  }
  // rejections that nobody waited for show up between tasks
  if (++clock[2] % 64 === 0) await new Promise((r) => setImmediate(r));
  clock[0] = 0;
  wrong ??= stray;
  return wrong
    ? {
        key: `${wrong.constructor?.name}: ${String(wrong.message).slice(0, 40).replace(/\d+/g, '#')}`,
        what: String(wrong.stack ?? wrong)
          .split('\n')
          .slice(0, 6)
          .join('\n'),
      }
    : null;
}

const parsed = (text) => {
  try {
    return JSON.parse(text.toString());
  } catch {
    return undefined;
  }
};
const seeds = target.seeds,
  corpus = [...seeds];
const donors = seeds.map((s) => parsed(unpack(s)?.json ?? s)).filter((v) => v !== undefined);

/** An input made from one of the corpus: its JSON value, its JSON text, its packed bytes or its own bytes are changed. */
function next(random) {
  const from = random.one(corpus),
    other = random.one(corpus),
    link = unpack(from);
  const way = random.below(10);
  const json = link ? link.json : from;
  const value = json && json.length < 300_000 ? parsed(json) : undefined;
  const again = (text) =>
    link ? pack(link.head.includes('.') ? random.one(['1.z.', '1.j.', '#1.z.']) : link.head, text) : text;
  if (way < 6 && value !== undefined)
    return again(Buffer.from(JSON.stringify(mutateValue(random, value, donors)) ?? 'null'));
  if (way < 8 && json) return again(mutateBytes(random, json, unpack(other)?.json ?? other));
  if (way < 9 && link) return packBytes(link.head, mutateBytes(random, link.packed, other));
  return mutateBytes(random, from, other);
}

/** The smallest input found that fails in the same way: members and elements left out, strings halved, then bytes. */
async function smaller(input, key) {
  let best = input,
    tries = 0;
  const better = async (candidate) =>
    tries++ < 3000 &&
    candidate.length < best.length &&
    (await failure(candidate))?.key === key &&
    Boolean((best = candidate));
  const link = unpack(best),
    wrap = (text) => (link ? pack(link.head, text) : text);
  const value = parsed(link ? (link.json ?? '') : best);
  if (value !== undefined) {
    for (let again = true; again; ) {
      again = false;
      for (const edit of edits(value)) {
        edit.apply();
        if (await better(wrap(Buffer.from(JSON.stringify(value) ?? '')))) again = true;
        else edit.undo();
      }
    }
  }
  for (let size = best.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < best.length; )
      if (!(await better(Buffer.concat([best.subarray(0, at), best.subarray(at + size)])))) at += size;
  }
  return best;
}
function* edits(value) {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value).reverse()) {
    if (!(key in value)) continue;
    const old = value[key],
      isList = Array.isArray(value),
      set = (v) =>
        Object.defineProperty(value, key, { value: v, enumerable: true, configurable: true, writable: true });
    let there = true;
    yield isList
      ? {
          apply() {
            value.splice(Number(key), 1);
            there = false;
          },
          undo() {
            value.splice(Number(key), 0, old);
            there = true;
          },
        }
      : {
          apply() {
            delete value[key];
            there = false;
          },
          undo() {
            set(old);
            there = true;
          },
        };
    if (!there) continue;
    if (typeof old === 'string' && old.length > 1)
      yield {
        apply() {
          set(old.slice(0, old.length >> 1));
        },
        undo() {
          set(old);
        },
      };
    else yield* edits(old);
  }
}

async function main() {
  if (only) {
    const wrong = await failure(Buffer.from(only));
    await new Promise((r) => setImmediate(r));
    const late = wrong ?? (stray && { what: String(stray.stack) });
    return late ? { failure: { what: late.what, input: only } } : { done: { inputs: 1 } };
  }
  const random = new Random(seed),
    outcomes = new Set(),
    began = Date.now();
  let opened = 0,
    inputs = 0,
    shown = began;
  while (count ? inputs < count : Date.now() - began < seconds * 1000) {
    const input = inputs < seeds.length ? seeds[inputs] : next(random);
    if (input.length > mostInput) continue;
    ++inputs;
    const wrong = await failure(input);
    if (wrong)
      return {
        failure: { what: `${wrong.what}\ninput ${inputs} of seed ${seed}`, input: await smaller(input, wrong.key) },
      };
    opened += last.opened ? 1 : 0;
    if (!outcomes.has(last.outcome)) {
      // a result of a new kind: worth changing further
      outcomes.add(last.outcome);
      if (inputs > seeds.length && corpus.length < mostCorpus && input.length < 100_000) corpus.push(input);
    }
    if (Date.now() - shown > 60_000) {
      shown = Date.now();
      parentPort.postMessage({
        report: `${name}: ${inputs} inputs in ${Math.round((shown - began) / 1000)} s, ${outcomes.size} outcomes`,
      });
    }
  }
  return { done: { inputs, opened, outcomes: outcomes.size } };
}
parentPort.postMessage(await main());
