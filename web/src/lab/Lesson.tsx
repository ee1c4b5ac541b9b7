// The guided text beside the laboratory: five steps, each of which sets up its experiment.
import { useState } from 'preact/hooks';
import { allExamples } from '../state/examples';
import { active, emptyProject, lab, settings } from '../state/project';
import { openProject } from '../state/session';
import { type LessonStep, lessons } from './lessons';
import { method, truth } from './methods';
import { start } from './run';

const fileOf = (step: LessonStep) => `${step.example}.rasp`;

/** The step's program, as it comes, and its experiment, which then runs. */
async function perform(step: LessonStep) {
  const lesson = lab.peek().lesson,
    next = { ...step.lab!, run: true as const, ...(lesson ? { lesson } : {}) };
  if (step.method) method.value = step.method;
  if (step.truth) truth.value = step.truth;
  const example = (await allExamples()).find((e) => e.file === fileOf(step));
  if (!example) throw new Error('The examples could not be loaded.');
  if (active.peek() === example.file && Object.keys(settings.peek()).length === 0) {
    lab.value = next;
    return start();
  }
  // Opened anew, it begins by itself.
  return openProject({
    ...emptyProject(),
    files: { [example.file]: example.source },
    active: example.file,
    view: 'laboratory',
    lab: next,
  });
}

export function Lesson() {
  const here = lab.value.lesson;
  const [problem, setProblem] = useState('');
  if (!here) return null;
  const { title, steps } = lessons[here.of],
    step = steps[here.step]!;
  const go = (n: number) => {
    lab.value = { ...lab.peek(), lesson: { ...here, step: n } };
  };
  const leave = () => {
    const { lesson: _, ...rest } = lab.peek();
    lab.value = rest;
  };
  return (
    <aside class="lab-lesson" aria-label={`${title}, step ${here.step + 1} of ${steps.length}`}>
      <h3>
        {title}{' '}
        <small>
          step {here.step + 1} of {steps.length}
        </small>
      </h3>
      <h4>{step.title}</h4>
      <p>{step.text}</p>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <div class="tour-buttons">
        <span class="dots" aria-hidden="true">
          {steps.map((_, i) => (
            <i key={i} class={i === here.step ? 'on' : ''} />
          ))}
        </span>
        <button type="button" class="quiet" onClick={leave}>
          Leave
        </button>
        {here.step > 0 && (
          <button type="button" onClick={() => go(here.step - 1)}>
            Back
          </button>
        )}
        <button
          type="button"
          class="primary"
          onClick={() => {
            setProblem('');
            perform(step).catch((e: Error) => setProblem(e.message));
          }}
        >
          Run it
        </button>
        {here.step < steps.length - 1 && (
          <button type="button" onClick={() => go(here.step + 1)}>
            Next
          </button>
        )}
      </div>
    </aside>
  );
}
