// An experiment as a link or an assignment keeps it, as the engine is asked for it: the same on the page and on the
// command line, so that the same settings and seed give the same numbers.

/** What is trained: of `methods` the model that they are run on, if it is not the compiled one. */
export const trainedKind = (lab) => (lab.kind === 'methods' ? lab.of : lab.kind);

/** Of `lab_start`, beside the program and its settings. */
export function startOf(lab) {
  const kind = trainedKind(lab);
  return {
    // an optimised model has little left to compress
    ...(kind === 'superposition' && !lab.optimised ? { optimize: false } : {}),
    experiment:
      kind === 'twin'
        ? { kind, layers: lab.layers, heads: lab.heads, d_model: lab.width, patterns: lab.patterns ? 1 : undefined }
        : { kind, d: lab.d, recipe: lab.recipe },
    training: { steps: lab.steps, seed: lab.seed ?? 1 },
    examples: { most: 2048 },
  };
}

/** Never 100 of what is less: what stands before "%". */
export const percentText = (x) => (x > 0.99 && x < 1 ? (Math.floor(1e4 * x) / 100).toFixed(2) : (100 * x).toFixed(0));
/** Of an area under the ROC curve. */
export const areaText = (x) => x.toFixed(3);
