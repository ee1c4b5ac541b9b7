// A model of a suite once more, with its residual stream in fewer dimensions: the laboratory's W (docs/laboratory.md),
// found by training, and tried out on every input of the model's data and more.

const training = { steps: 1500 },
  examples = { most: 500 };
const points = 40; // of a run: its weights are looked at so often
const hopeless = [
  { step: 300, share: 0.5 },
  { step: 750, share: 0.9 },
]; // a run that has not once got so many inputs right by then is ended
export const leastLead = 0.01; // a right answer that leads by less could hang on the order in which a reader adds

/** From ceil(share · D) on, each half way to D; D itself, which turns the basis and loses nothing, is the last. */
export function widths(D, share) {
  const list = [];
  for (let d = Math.max(1, Math.ceil(share * D - 1e-9)); d < D; d += Math.ceil((D - d) / 2)) list.push(d);
  return [...list, D];
}

const shortest = (x) => Number(Math.fround(x).toPrecision(9)); // reads back as the same float32

/** {"W": rows} as basis.json holds it. */
export const basisText = (basis) =>
  `{\n  "W": [\n${basis.map((row) => `    ${JSON.stringify(row)}`).join(',\n')}\n  ]\n}\n`;

/**
 * Trains W of one width; `accept(basis, step)` is asked at every recorded step at which all examples are right, until
 * it takes one.
 * @returns {Promise<object | undefined>} what accept returned
 */
async function train(engine, program, d, seed, limitMs, accept) {
  const started = await engine.request({
    command: 'lab_start',
    program,
    name: 'program.rasp',
    experiment: { kind: 'superposition', d },
    training: { ...training, seed },
    examples: { ...examples, seed },
    limit_ms: limitMs,
  });
  if (!started.ok) return undefined;
  const { run } = started;
  try {
    for (let done = false, best = 0; !done; ) {
      const state = await engine.request({ command: 'lab_advance', run, steps: Math.floor(training.steps / points) });
      if (!state.ok) return undefined;
      for (const { inputs, step } of state.points) {
        best = Math.max(best, inputs);
        if (inputs < 1) continue;
        const exported = await engine.request({ command: 'lab_export', run, step, format: 'basis' });
        const taken = await accept(
          exported.basis.map((row) => row.map(shortest)),
          step,
        );
        if (taken) return taken;
      }
      done = state.done || hopeless.some(({ step, share }) => state.step >= step && best < share);
    }
  } finally {
    await engine.request({ command: 'lab_release', run });
  }
  return undefined;
}

/**
 * The narrowest of a few widths in which the model still answers every input as its program does, each right answer
 * with a lead.
 * @param {{program: string, d_model: number, share: number, seed: number, inputs: unknown[][], limitMs: number}} asked
 * @param {(handle: number, basis: number[][], facts: object) => Promise<object | undefined>} use makes of the model
 * that is held what is wanted;
 *   undefined where it is not fit after all
 */
export async function compressed(engine, { program, d_model: D, share, seed, inputs, limitMs }, use) {
  for (const d of widths(D, share)) {
    const found = await train(engine, program, d, seed, limitMs, async (basis, step) => {
      const { handle } = await engine.request({
        command: 'compile',
        program,
        name: 'program.rasp',
        keep: true,
        limit_ms: limitMs,
      });
      try {
        const tried = await engine.request({ command: 'turn', handle, basis, inputs, limit_ms: limitMs });
        if (!tried.ok || tried.right < tried.inputs || !(tried.lead >= leastLead)) return undefined;
        return await use(handle, basis, { ...tried, step });
      } finally {
        await engine.request({ command: 'release', handle });
      }
    });
    if (found) return found;
  }
  return undefined;
}
