import type { CompileResult, Intervention } from '../engine/protocol';

/** Whether an experiment, perhaps of another program's link, names parts that this model has. tokens: without BOS, whose position is 0. */
export function experimentFits(x: Intervention, compiled: CompileResult, tokens: number): boolean {
  if (x.kind === 'interchange') return [...x.source].length === tokens; // what s-ops it has is the engine's to say
  if (x.kind === 'set_residual')
    return (
      x.half_layer <= 2 * compiled.model.layers &&
      x.position <= tokens &&
      x.dimensions.every((d) => d < compiled.model.d_model)
    );
  if (x.kind === 'set_pattern' && x.values.length !== (tokens + 1) ** 2) return false;
  return x.layer < compiled.layers.length && (x.kind === 'zero_mlp' || x.head < compiled.layers[x.layer]!.heads.length);
}
