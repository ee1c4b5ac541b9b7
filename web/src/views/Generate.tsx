// The model as a decoder: a row a step, growing to the right; the interpreter's next token beside the model's.
import { useEffect, useState } from 'preact/hooks';
import { type Generated, generate, typedToken } from '../../../wasm/generate.mjs';
import type { Failure, Values } from '../engine/protocol';
import { rawValues } from '../engine/raw';
import { type Picture, ask } from '../state/live';
import { type Generating, change, experiments, generating, mostSteps, view } from '../state/project';
import { show, showAll, token, tokensText } from '../values';

function useGenerated(p: Picture, { steps, until }: Generating): { of: Picture; result: Generated | Failure } | null {
  const [got, setGot] = useState<{ of: Picture; result: Generated | Failure } | null>(null);
  useEffect(() => {
    let wanted = true;
    const gone: Failure = { ok: false, diagnostics: [] };
    const run = async (tokens: Values) =>
      wanted ? ((await ask({ command: 'extend', input: rawValues(tokens) })) ?? gone) : gone;
    const { vocabulary, model } = { vocabulary: p.compiled.settings.vocabulary!, model: p.compiled.model };
    const end = until === '' ? undefined : (typedToken(until, vocabulary) ?? undefined);
    void generate(run, {
      input: p.input,
      vocabulary,
      maxLength: model.max_length,
      steps,
      ...(end ? { until: end } : {}),
    }).then((result) => {
      if (wanted) setGot({ of: p, result });
    });
    return () => {
      wanted = false;
    };
  }, [p, steps, until]);
  return got;
}

const next = (v: { values: Values['values']; types: string }) => show(v.values.at(-1) ?? null, v.types.at(-1) ?? '-');

function Table({ r, shown }: { r: Generated; shown: number }) {
  const width = Math.max(...r.steps.map((s) => s.tokens.values.length));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="What is generated, step by step">
      <table class="generated">
        <thead>
          <tr>
            <th scope="col">step</th>
            {Array.from({ length: width }, (_, i) => (
              <th scope="col">{i}</th>
            ))}
            <th scope="col">model: next</th>
            <th scope="col">interpreter: next</th>
          </tr>
        </thead>
        <tbody>
          {r.steps.slice(0, shown).map((s, n) => {
            const tokens = showAll(s.tokens),
              last = tokens.length - 1,
              defined = s.defined[last],
              right = next(s.model) === next(s.interpreter);
            return (
              <tr>
                <th scope="row">{n + 1}</th>
                {Array.from({ length: width }, (_, i) => (
                  <td class={n > 0 && i === last ? 'new' : ''}>{i <= last ? token(tokens[i]!) : ''}</td>
                ))}
                <td class={`says${defined ? '' : ' absent'}`}>{defined ? token(next(s.model)) : '?'}</td>
                <td class={`says${!defined || right ? '' : ' wrong'}`}>
                  {token(next(s.interpreter))} {defined && (right ? '✓' : '✗')}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

export default function Generate({ p }: { p: Picture }) {
  const g = generating.value,
    set = (part: Partial<Generating>) => {
      generating.value = { ...g, ...part };
    };
  const got = useGenerated(p, g),
    result = got?.result.ok ? got.result : null;
  const unknown = g.until !== '' && typedToken(g.until, p.compiled.settings.vocabulary!) === null;
  const count = result?.steps.length ?? 0,
    shown = Math.min(g.shown, count),
    at = result?.steps[shown - 1];
  return (
    <section class="generate" aria-label="Generate">
      <p class="hint">
        The model’s output at the last position is put behind the input, and the model is run again.
        {experiments.value.length > 0 && ' Your experiments are left out here.'}
      </p>
      <form onSubmit={(e) => e.preventDefault()}>
        <div class="field">
          <label for="generate-steps">at most</label>
          <input
            id="generate-steps"
            type="number"
            min={1}
            max={mostSteps}
            value={g.steps}
            onInput={(e) => {
              const n = e.currentTarget.valueAsNumber;
              if (Number.isInteger(n) && n >= 1 && n <= mostSteps) set({ steps: n, shown: mostSteps });
            }}
          />{' '}
          steps
        </div>
        <div class="field">
          <label for="generate-until">until the token</label>
          <input
            id="generate-until"
            type="text"
            class="mono"
            value={g.until}
            spellcheck={false}
            autocomplete="off"
            autocapitalize="off"
            aria-invalid={unknown}
            aria-describedby="generate-problem"
            onInput={(e) => set({ until: e.currentTarget.value, shown: mostSteps })}
          />
        </div>
        <div class="field" role="group" aria-label="Steps">
          <button
            type="button"
            aria-label="One step back"
            disabled={shown <= 1}
            onClick={() => set({ shown: shown - 1 })}
          >
            ◀
          </button>
          <input
            type="range"
            min={1}
            max={Math.max(1, count)}
            value={shown}
            aria-label="Step"
            onInput={(e) => set({ shown: e.currentTarget.valueAsNumber })}
          />
          <button
            type="button"
            aria-label="One step on"
            disabled={shown >= count}
            onClick={() => set({ shown: shown + 1 })}
          >
            ▶
          </button>
          <small>
            step {shown} of {count}
          </small>
        </div>
      </form>
      <p id="generate-problem" class="problem" role="alert">
        {unknown ? `“${g.until}” is no token of the vocabulary: it never comes.` : ''}
      </p>
      {result && <Table r={result} shown={shown} />}
      <p class="stopped" role="status">
        {result && shown === count ? `Stopped: ${result.stopped.message}` : ''}
      </p>
      {at && (
        <p>
          <button
            type="button"
            onClick={() => {
              change({ input: tokensText(at.tokens) });
              view.value = 'score';
            }}
          >
            Show step {shown} in the score
          </button>
        </p>
      )}
    </section>
  );
}
