// "Ablate each head and MLP": how often the output changes without it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { headName } from '../draw/pattern';
import { rawText, rawValues } from '../engine/raw';
import { type Ablation, ablate, drawInputs, drawnInputs } from '../state/ablate';
import { colour, nodeLabel, pointing } from '../state/focus';
import { type Picture, analysis, ask } from '../state/live';
import { change, experiments } from '../state/project';
import { tokensText } from '../values';

const percent = (part: number, whole: number) => (whole ? `${Math.round((100 * part) / whole)} %` : '–');

export function Ablations({ p }: { p: Picture }) {
  const { compiled } = p;
  const [state, setState] = useState<{
    of: unknown;
    done: number;
    all: number;
    result: Ablation | null;
    problem?: string;
  } | null>(null);
  const wanted = useRef<unknown>(null);
  useEffect(
    () => () => {
      wanted.current = null;
    },
    [compiled],
  ); // another model, or nobody looks
  const shown = state?.of === compiled ? state : null;
  const start = async () => {
    const mine = {},
      vocabulary = analysis.value?.settings.vocabulary;
    const live = () => wanted.current === mine;
    wanted.current = mine;
    const own = rawText(p.input),
      drawn = vocabulary ? drawInputs(vocabulary, compiled.model.max_length, drawnInputs) : [];
    const inputs = [p.input, ...drawn.filter((x) => rawText(x) !== own)];
    setState({ of: compiled, done: 0, all: inputs.length, result: null });
    const result = await ablate(
      compiled,
      inputs,
      (input, off) => ask({ command: 'trace', input: rawValues(input), ...(off ? { interventions: [off] } : {}) }),
      live,
      (done, all) => setState({ of: compiled, done, all, result: null }),
    );
    if (!live()) return;
    wanted.current = null;
    setState({
      of: compiled,
      done: 0,
      all: 0,
      result,
      ...(result ? {} : { problem: 'The model is gone, or an input could not be run. Start it again.' }),
    });
  };
  const stop = () => {
    wanted.current = null;
    setState(null);
  };
  const result = shown?.result;
  return (
    <section class="ablations" aria-label="Ablations">
      <h3>What each part is needed for</h3>
      <p class="hint">
        Each head and each MLP is switched off by itself, on the input shown and on {drawnInputs} drawn from the
        vocabulary; its output is compared with the whole model’s.
      </p>
      {shown && shown.all > 0 ? (
        <p>
          <progress max={shown.all} value={shown.done} aria-label="Ablations done" /> input {shown.done} of {shown.all}{' '}
          <button type="button" onClick={stop}>
            Stop ablations
          </button>
        </p>
      ) : (
        <p>
          <button type="button" onClick={() => void start()}>
            Ablate each head and MLP
          </button>
        </p>
      )}
      {shown?.problem && (
        <p class="caution" role="alert">
          {shown.problem}
        </p>
      )}
      {result && result.of.inputs === 0 && (
        <p class="caution" role="alert">
          On none of these inputs the model has a value that the interpreter has, too: there is nothing to compare.
        </p>
      )}
      {result && result.of.inputs > 0 && (
        <>
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">without</th>
                  <th scope="col">which gives</th>
                  <th scope="col">inputs that change</th>
                  <th scope="col">positions that change</th>
                  <th scope="col">one of them</th>
                </tr>
              </thead>
              <tbody>
                {result.parts.map(({ part: { off, nodes }, inputs, positions, witness }) => (
                  <tr>
                    <th scope="row">
                      <button
                        type="button"
                        class="link"
                        {...pointing(
                          off.kind === 'zero_head' ? { layer: off.layer, head: off.head } : { layer: off.layer },
                        )}
                      >
                        {off.kind === 'zero_head' ? headName(off.layer, off.head) : `layer ${off.layer + 1}’s MLP`}
                      </button>
                    </th>
                    <td class="text">
                      {nodes.slice(0, 4).map((node) => (
                        <button type="button" class="link name" style={{ color: colour(node) }} {...pointing({ node })}>
                          {nodeLabel(node)}
                        </button>
                      ))}
                      {nodes.length > 4 && ` and ${nodes.length - 4} more`}
                    </td>
                    <td>
                      {inputs} of {result.of.inputs}
                    </td>
                    <td>{percent(positions, result.of.positions)}</td>
                    <td class="text">
                      {witness ? (
                        <button
                          type="button"
                          class="link"
                          onClick={() => {
                            change({ input: tokensText(witness) });
                            experiments.value = [off];
                          }}
                        >
                          show it
                        </button>
                      ) : (
                        'none found'
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p class="hint">
            A part without which nothing changes may be needed on other inputs. The Laboratory compares such scores with
            the circuit that is known.
          </p>
        </>
      )}
    </section>
  );
}
