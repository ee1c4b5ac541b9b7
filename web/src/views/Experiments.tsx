// Experiments in force, by name: a click on one shows its place, ✕ undoes it alone.
import { trueName } from '../draw/score';
import { headName } from '../draw/pattern';
import type { CompileResult, Intervention } from '../engine/protocol';
import { pointing } from '../state/focus';
import { type Picture, experimentProblem } from '../state/live';
import { type Selection, experiments } from '../state/project';
import { number, showAll } from '../values';

const most = 12;
type Residual = Extract<Intervention, { kind: 'set_residual' }>;
const shown = (source: unknown) => (typeof source === 'string' ? `‘${source}’` : JSON.stringify(source));

/** What the numbers say, where they are a subspace's and say something. */
function meaning(compiled: CompileResult, subspace: number, values: number[]): string {
  const s = compiled.subspaces[subspace]!;
  if (s.encoding !== 'categorical') {
    const i = s.stored.findIndex((x) => Math.abs(x - values[0]!) < 1e-6 * Math.max(1, Math.abs(x)));
    return i < 0 ? number(values[0] ?? 0) : showAll(s.values)[i]!;
  }
  const i = values.findIndex((v) => v > 0.5),
    set = i < 0 ? s.silent : s.classes[i]!;
  return showAll(set).slice(0, 3).join('|') || 'nothing';
}

function residual(compiled: CompileResult, x: Residual): { name: string; target: Selection } {
  const subspace = compiled.subspaces.findIndex(
    (s) =>
      s.written <= x.half_layer && (s.dead < 0 || x.half_layer < s.dead) && s.dimensions.join() === x.dimensions.join(),
  );
  const what =
    subspace < 0
      ? `dimensions ${x.dimensions.slice(0, 4).join(', ')}${x.dimensions.length > 4 ? ', …' : ''}`
      : trueName(compiled, subspace).name;
  const where = x.position === 0 ? 'BOS' : `position ${x.position - 1}`;
  const source =
    'source' in x
      ? ` as on ${shown(x.source)}`
      : subspace < 0
        ? ' overwritten'
        : ` := ${meaning(compiled, subspace, 'values' in x ? x.values : [])}`;
  return {
    name: `${what} at ${where}${source}`,
    target: subspace < 0 ? {} : { subspace, half: x.half_layer, position: x.position },
  };
}

/** A few words for an experiment, and where in the model it is. */
export function named(compiled: CompileResult, x: Intervention): { name: string; target: Selection } {
  switch (x.kind) {
    case 'zero_head':
      return { name: `${headName(x.layer, x.head)} off`, target: { layer: x.layer, head: x.head } };
    case 'zero_mlp':
      return { name: `layer ${x.layer + 1}’s MLP off`, target: { layer: x.layer } };
    case 'set_pattern':
      return { name: `${headName(x.layer, x.head)} by a pattern of its own`, target: { layer: x.layer, head: x.head } };
    case 'interpreter_pattern':
      return {
        name: `${headName(x.layer, x.head)} by the interpreter’s selector`,
        target: { layer: x.layer, head: x.head },
      };
    case 'set_residual':
      return residual(compiled, x);
    case 'interchange': {
      const node = typeof x.s_op === 'number' ? x.s_op : compiled.nodes.findLastIndex((n) => n.name === x.s_op);
      return {
        name: `${compiled.nodes[node]?.name || compiled.nodes[node]?.label || x.s_op} as on ${shown(x.source)}, in model and program`,
        target: node >= 0 ? { node } : {},
      };
    }
  }
}

export default function Experiments({ p }: { p: Picture }) {
  const list = experiments.value;
  return (
    <div class="experiments" role="status">
      {list.length} {list.length === 1 ? 'experiment' : 'experiments'} in force; what they change is marked.{' '}
      {experimentProblem.value}
      <ul>
        {list.slice(0, most).map((x) => {
          const { name, target } = named(p.compiled, x);
          return (
            <li>
              <button type="button" class="link" {...pointing(target)}>
                {name}
              </button>
              <button
                type="button"
                class="quiet"
                aria-label={`Undo: ${name}`}
                onClick={() => {
                  experiments.value = experiments.value.filter((y) => y !== x);
                }}
              >
                ✕
              </button>
            </li>
          );
        })}
        {list.length > most && <li>and {list.length - most} more</li>}
      </ul>
      <button
        type="button"
        onClick={() => {
          experiments.value = list.slice(0, -1);
        }}
      >
        Undo last
      </button>{' '}
      <button
        type="button"
        onClick={() => {
          experiments.value = [];
        }}
      >
        Undo all
      </button>
    </div>
  );
}
