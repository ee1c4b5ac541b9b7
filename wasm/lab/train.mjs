// train FILE --compress D,D… | --twin SETTINGS: experiments on the command line. Progress as JSON lines on standard
// error, one document on standard output. docs/laboratory.md describes both.
import { writeFileSync } from 'node:fs';
import { loadEngine } from '../engine.mjs';
import { print, refusal, unwritable } from '../output.mjs';

export class TrainUsage extends Error {}

const whole = (text, what) => {
  if (!/^\d+$/.test(text)) throw new TrainUsage(`${what} must be a whole number, not "${text}"`);
  return Number(text);
};

/** "layers=2,heads=1" → {layers: 2, heads: 1}; what the numbers may be is the engine's to say. */
export function twinSettings(text) {
  const settings = { kind: 'twin' };
  for (const part of text === true || text === '' ? [] : text.split(',')) {
    const [key, value] = part.split('=');
    if (!['layers', 'heads', 'd_model', 'd_head', 'd_mlp', 'patterns'].includes(key))
      throw new TrainUsage(`--twin knows layers, heads, d_model, d_head, d_mlp and patterns, not "${key}"`);
    settings[key] = whole(value ?? '', `${key} of --twin`);
  }
  return settings;
}

/** What is to be run: one experiment for every d and every seed, or for the twin and every seed. */
export function plan(options) {
  if ((options.compress === undefined) === (options.twin === undefined))
    throw new TrainUsage('train needs --compress D or --twin SETTINGS');
  const experiments =
    options.twin !== undefined
      ? options.twin.split(';').map(twinSettings)
      : options.compress
          .split(',')
          .map((d) => ({ kind: 'superposition', d: whole(d, '--compress'), recipe: options.recipe }));
  const first = options.seed === undefined ? 1 : whole(options.seed, '--seed'),
    seeds = options.seeds === undefined ? 1 : whole(options.seeds, '--seeds');
  if (seeds < 1 || seeds > 100) throw new TrainUsage('--seeds must be from 1 to 100');
  const training = {};
  for (const key of ['steps', 'batch']) if (options[key] !== undefined) training[key] = whole(options[key], `--${key}`);
  if (options.rate !== undefined) {
    training.rate = Number(options.rate);
    if (!(training.rate > 0)) throw new TrainUsage(`--rate must be a number above 0, not "${options.rate}"`);
  }
  const examples = { longest: options.longest };
  if (options.examples !== undefined) examples.most = whole(options.examples, '--examples');
  return experiments.flatMap((experiment) =>
    Array.from({ length: seeds }, (_, i) => ({ experiment, training: { ...training, seed: first + i }, examples })),
  );
}

/** A line of progress. */
export const tell = (line) => process.stderr.write(`${JSON.stringify(line)}\n`);

const better = (a, b) => (b.inputs > a.inputs || (b.inputs === a.inputs && b.trained > a.trained) ? b : a);

/** One run to its end. `tell` gets every recorded point. */
export async function one(engine, ask, request, tell) {
  const started = await ask({ ...request, command: 'lab_start' });
  if (!started.ok) return { failure: started };
  const { run } = started;
  let state,
    best,
    last,
    milliseconds = 0;
  do {
    state = await engine.request({ command: 'lab_advance', run, milliseconds: 500 });
    milliseconds += state.milliseconds;
    for (const point of state.points) {
      best = best ? better(best, point) : point;
      last = point;
      tell({ experiment: started.experiment, seed: started.training.seed, steps: state.steps, ...point });
    }
  } while (!state.done);
  const picture = await engine.request({ command: 'lab_picture', run, step: best.step, limit_ms: request.limit_ms });
  return {
    started,
    run,
    result: {
      experiment: started.experiment,
      training: started.training,
      diverged: state.diverged,
      seconds: Math.round(milliseconds) / 1000,
      best,
      last,
      ...(picture.ok ? { blocks: picture.blocks, s_ops: picture.s_ops, heads: picture.heads } : {}),
    },
  };
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

/** Accuracy against d (or the twin's sizes) over seeds. */
function curve(runs) {
  const groups = new Map();
  for (const run of runs) {
    const key = JSON.stringify(run.experiment);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((group) => {
    const inputs = group.map((r) => r.best.inputs),
      positions = group.map((r) => r.best.held_out || r.best.trained);
    const { kind, ...sizes } = group[0].experiment;
    return {
      ...sizes,
      seeds: group.length,
      all_right: inputs.filter((x) => x === 1).length,
      best: Math.max(...positions),
      median: median(positions),
    };
  });
}

/** @returns {Promise<number>} the exit status */
export async function train(request, serialise, options) {
  const planned = plan(options);
  const engine = await loadEngine('laboratory');
  const ask = (document) => engine.requestText(serialise(document));
  const runs = [];
  let started;
  for (const p of planned) {
    const made = await one(engine, ask, { ...request, ...p }, tell);
    if (made.failure) return print(made.failure);
    started = made.started;
    runs.push(made.result);
    if (options.out !== undefined && p === planned.at(-1)) {
      const exported = await engine.request({ command: 'lab_export', run: made.run, step: made.result.best.step });
      if (!exported.ok) return print(exported);
      try {
        writeFileSync(options.out, engine.bytes());
      } catch {
        return print(unwritable(options.out));
      }
    }
    await engine.request({ command: 'lab_release', run: made.run });
  }
  const table = curve(runs);
  const right = table.filter((row) => row.all_right > 0 && row.d !== undefined).map((row) => row.d);
  const all = runs.every((r) => r.diverged);
  const said = all
    ? refusal(
        'diverged',
        'limit',
        'In every run the loss was no number any more; the last good weights are kept',
        'Choose a smaller --rate, another --recipe, or more dimensions.',
      ).diagnostics
    : [];
  return print({
    ok: !all,
    kind: started.experiment.kind,
    model: started.model,
    inputs: started.inputs,
    curve: table,
    ...(started.experiment.kind === 'superposition' ? { smallest_d: right.length ? Math.min(...right) : null } : {}),
    runs,
    diagnostics: [...said, ...started.diagnostics],
  });
}
