// The view Laboratory: the compiled model in fewer dimensions, and the same task from random weights. Pictures are
// sections, so that Export takes them.
import { useEffect } from 'preact/hooks';
import { analysis, analyzedSource } from '../state/live';
import { lab, source } from '../state/project';
import { Lesson } from './Lesson';
import { Methods } from './Methods';
import { discovered, discoveredOf } from './methods';
import { Curve, Overlaps } from './pictures';
import { key, look, points, problem, progress, ranOn, shown, start, started, status } from './run';
import { Form } from './Form';
import { Progress, Finding, SOps, Patterns, Runs } from './Findings';
import './lab.css';

export default function Laboratory({ save }: { save: (name: string, content: BlobPart, type: string) => void }) {
  // A link whose author ran it runs again.
  useEffect(() => {
    const begin = () => {
      if (
        lab.peek().run &&
        status.peek() === 'idle' &&
        !started.peek() &&
        !discovered.peek() &&
        !problem.peek() &&
        analysis.peek() &&
        analyzedSource.peek() === source.peek()
      )
        void start();
    };
    begin();
    return analysis.subscribe(begin);
  }, []);
  const methods = lab.value.kind === 'methods';
  const s = methods || (started.value && started.value.experiment.kind !== lab.value.kind) ? null : started.value;
  const v = s ? shown.value : null;
  const old = methods ? discovered.value && discoveredOf.value !== key() : s && ranOn.value !== key();
  return (
    <section class="lab" aria-label="Laboratory">
      <Lesson />
      <Form save={save} />
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {s?.diagnostics
        .filter((d) => d.code === 'few-examples')
        .map((d) => (
          <p class="info">
            {d.message}. {d.hint}
          </p>
        ))}
      {old && <p class="info">The program has changed since this run.</p>}
      <Progress />
      {methods ? <Methods /> : s && <Finding />}
      {s && (
        <section aria-label="Accuracy against steps">
          <h3>
            Held-out accuracy{' '}
            <small>
              solid; trained on: thin; losses, logarithmic: grey
              {s.experiment.kind === 'twin' ? '' : ' (layers: dashed)'}. Click a point to go back to it.
            </small>
          </h3>
          <Curve
            points={points.value}
            steps={progress.value.steps}
            at={v?.step ?? -1}
            onStep={(step) => void look(step)}
          />
        </section>
      )}
      {v?.overlaps && s && (
        <section aria-label="Features that share directions" tabIndex={0}>
          <h3>
            Features that share directions{' '}
            <small>
              W·Wᵀ: a feature with itself on the diagonal; what stands beside it shares a direction with another
            </small>
          </h3>
          <Overlaps overlaps={v.overlaps} labels={s.model.labels} />
        </section>
      )}
      {s && (
        <>
          <SOps />
          <Patterns />
        </>
      )}
      {!methods && <Runs />}
      {!s && !discovered.value && (
        <p class="empty">
          {methods
            ? 'The compiled model’s circuit is known. Seven methods that look for circuits are run on it and scored: who finds it, and on which mechanism not?'
            : lab.value.kind === 'twin'
              ? 'A transformer with random weights learns this program from its inputs and outputs. Does gradient descent find the mechanism that the compiler wrote?'
              : 'One matrix W is learned that squeezes the residual stream into d dimensions; all other weights stay as compiled. Watch which features come to share a direction, and what goes wrong first.'}{' '}
          <a href="./docs/laboratory.html" target="_blank" rel="noopener">
            More about the laboratory
          </a>
        </p>
      )}
    </section>
  );
}
