// Five steps: what is an attention head doing here? Can be left and taken up again.
import { useEffect, useRef } from 'preact/hooks';
import { firstExample } from '../state/examples';
import { openExample } from '../state/session';
import { half, selection, view } from '../state/project';
import { picture } from '../state/live';
import { phoneTab } from '../state/options';
import { keepStep, step, tourLength } from '../state/tour';

const steps: { title: string; text: string; target: string; enter?: () => void }[] = [
  {
    title: 'A program about sequences',
    target: '.pane',
    text: 'This RASP program turns its input around. The grey values after each line are what it computes for the input below, live: change a letter of the input and watch.',
    enter: () => {
      openExample(firstExample);
      selection.value = {};
    },
  },
  {
    title: 'A selector is a question',
    target: '.pane',
    enter: () => {
      view.value = 'score';
    },
    text: 'select(indices, opposite, ==) asks, at every position (the query): which position (the key) has the index that I am looking for? It is a table of yes and no, not yet a value.',
  },
  {
    title: 'An attention head answers it',
    target: '[data-head="1.0"]',
    text: 'The compiler turned the selector “flip” into weights of one attention head. Each arc runs from the key that is looked at down to the query that looks; in the matrix each row is a query, each column a key. Point at a cell to read it as a sentence.',
    enter: () => {
      view.value = 'score';
      const p = picture.value;
      if (p) selection.value = { layer: p.compiled.layers.length - 1, head: 0, query: 1, key: p.trace.T - 1 };
    },
  },
  {
    title: 'The result is written down',
    target: '.score',
    text: 'What the head fetched is added to the residual stream, where every s-op has a place of its own. Step back with the player: the row “reverse” is empty after the embedding and full after the last attention. Click a number to see the sum that made it.',
    enter: () => {
      selection.value = {};
      view.value = 'score';
      half.value = 1;
    },
  },
  {
    title: 'Model and interpreter agree',
    target: '.result',
    enter: () => {
      view.value = 'score';
      half.value = null;
    },
    text: 'The transformer’s output stands above the interpreter’s, and the green line says that this is proved for every input, not only this one. Now break something: click a head and switch it off. Undo is one click away.',
  },
];

export function Tour() {
  const n = step.value;
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (n === null) return undefined;
    steps[n]!.enter?.();
    keepStep(n);
    phoneTab.value = steps[n]!.target === '.pane' ? 'code' : 'model'; // on a narrow screen the other half is hidden
    card.current?.focus();
    let marked: Element | null = null;
    const timer = setInterval(() => {
      const found = document.querySelector(steps[n]!.target);
      if (found === marked) return;
      marked?.classList.remove('tour-target');
      marked = found;
      marked?.classList.add('tour-target');
      marked?.scrollIntoView({ block: 'nearest' });
    }, 100);
    return () => {
      clearInterval(timer);
      marked?.classList.remove('tour-target');
    };
  }, [n]);
  if (n === null) return null;
  const s = steps[n]!;
  const end = (done: boolean) => {
    keepStep(done ? tourLength : n);
    step.value = null;
  };
  return (
    <div
      class="tour"
      role="dialog"
      aria-label={`Tour, step ${n + 1} of ${tourLength}`}
      tabIndex={-1}
      ref={card}
      onKeyDown={(e) => {
        if (e.key === 'Escape') end(false);
      }}
    >
      <h2>{s.title}</h2>
      <p>{s.text}</p>
      <div class="tour-buttons">
        <span class="dots" aria-hidden="true">
          {steps.map((_, i) => (
            <i class={i === n ? 'on' : ''} />
          ))}
        </span>
        <button type="button" class="quiet" onClick={() => end(false)}>
          {n === tourLength - 1 ? 'Close' : 'Skip'}
        </button>
        {n > 0 && (
          <button
            type="button"
            onClick={() => {
              step.value = n - 1;
            }}
          >
            Back
          </button>
        )}
        {n < tourLength - 1 ? (
          <button
            type="button"
            class="primary"
            onClick={() => {
              step.value = n + 1;
            }}
          >
            Next
          </button>
        ) : (
          <button type="button" class="primary" onClick={() => end(true)}>
            Done
          </button>
        )}
      </div>
    </div>
  );
}
