// Everything about what is selected: an expression, a head, an MLP, a cell of a pattern, a number of the residual
// stream; where nothing is, what there is to choose.
import { useState } from 'preact/hooks';
import { colour, focus, pointing } from '../state/focus';
import { type Picture, analysis } from '../state/live';
import { embed } from '../state/options';
import { startTour, tourSeen } from '../state/tour';
import { selection, view } from '../state/project';
import { Primer } from './Primer';
import { NodeCard } from './NodeCard';
import { HeadCard, MlpCard } from './HeadCard';
import { WhyCard } from './WhyCard';

function Welcome({ p }: { p: Picture | null }) {
  const a = analysis.value;
  const named = (a?.definitions ?? []).filter(
    (d) => d.display?.node !== undefined && (d.display.kind === 's-op' || d.display.kind === 'selector'),
  );
  return (
    <div class="card">
      <p>Click an expression in the program, a head, a row or a number: what it is and why it is so appears here.</p>
      {named.length > 0 && (
        <ul class="plain">
          {[...new Map(named.map((d) => [d.name, d])).values()].slice(0, 30).map((d) => (
            <li>
              <button
                type="button"
                class="link name"
                style={{ color: colour(d.display!.node!) }}
                {...pointing({ node: d.display!.node! })}
              >
                {d.name}
              </button>{' '}
              <small>{d.display!.kind}</small>
            </li>
          ))}
        </ul>
      )}
      {!embed && !tourSeen() && (
        <p>
          <button type="button" onClick={startTour}>
            Take the tour: five steps
          </button>
        </p>
      )}
      <Primer />
      {p && (
        <p class="hint">
          Show the{' '}
          <button
            type="button"
            class="link"
            onClick={() => {
              view.value = 'cost';
            }}
          >
            cost
          </button>{' '}
          of this model.
        </p>
      )}
    </div>
  );
}

export function Inspector({ p }: { p: Picture | null }) {
  const s = selection.value;
  const f = focus.value;
  const head = s.head !== undefined && s.layer !== undefined;
  const why = s.subspace !== undefined && s.position !== undefined && s.half !== undefined;
  const empty = Object.keys(s).length === 0;
  const [inside, setInside] = useState(false); // what is pointed at here must not be replaced by its own preview
  const preview = empty && !inside && f.node !== undefined ? f.node : undefined;
  return (
    <aside
      class="inspector"
      aria-label="Inspector"
      onMouseEnter={() => setInside(true)}
      onMouseLeave={() => setInside(false)}
    >
      {!empty && (
        <button
          type="button"
          class="close on-screen"
          aria-label="Clear the selection"
          onClick={() => {
            selection.value = {};
          }}
        >
          <span class="key-name">Esc</span> ✕
        </button>
      )}
      {p && why && <WhyCard p={p} subspace={s.subspace!} half={s.half!} position={s.position!} />}
      {p && head && <HeadCard p={p} layer={s.layer!} head={s.head!} />}
      {s.node !== undefined && !why && <NodeCard p={p} node={s.node} />}
      {p && !head && s.layer !== undefined && s.layer < p.compiled.layers.length && (
        <MlpCard layer={s.layer} {...(s.node === undefined ? {} : { node: s.node })} />
      )}
      {preview !== undefined && <NodeCard p={p} node={preview} />}
      {empty && preview === undefined && <Welcome p={p} />}
    </aside>
  );
}
