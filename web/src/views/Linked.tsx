// What the cards of the inspector share: links to s-ops, and the switch of an experiment.
import type { Intervention } from '../engine/protocol';
import { colour, nodeLabel, pointing } from '../state/focus';
import { experiments } from '../state/project';

export const same = (a: Intervention, b: Intervention) => JSON.stringify(a) === JSON.stringify(b);

export function Toggle({ experiment, children }: { experiment: Intervention; children: string }) {
  const on = experiments.value.some((x) => same(x, experiment));
  return (
    <label class="check experiment">
      <input
        type="checkbox"
        checked={on}
        onInput={() => {
          experiments.value = on
            ? experiments.value.filter((x) => !same(x, experiment))
            : [...experiments.value, experiment];
        }}
      />{' '}
      {children}
    </label>
  );
}

export function Links({ nodes, empty = '' }: { nodes: number[]; empty?: string }) {
  if (!nodes.length) return <>{empty}</>;
  return (
    <>
      {nodes.map((n, i) => (
        <>
          {i ? ', ' : ''}
          <button type="button" class="link name" style={{ color: colour(n) }} {...pointing({ node: n })}>
            {nodeLabel(n)}
          </button>
        </>
      ))}
    </>
  );
}
