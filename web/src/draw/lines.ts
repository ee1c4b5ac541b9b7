// The lines of the score of the model that is shown, and where its player stands.
import { batch, computed } from '@preact/signals';
import { picture } from '../state/live';
import { isAny } from './cells';
import { half, phase } from '../state/project';
import { type Line, scoreOf } from './score';
import { type Step, stepAt, stepsOf } from './steps';

const compiled = computed(() => picture.value?.compiled);
export const lines = computed<Line[]>(() => (compiled.value ? scoreOf(compiled.value) : []));

/** Is a value drawn somewhere that stands for several? */
export const anywhere = computed(
  () => picture.value?.trace.decoded.some((s) => s.rows.some((row) => row.values.some(isAny))) ?? false,
);

export const steps = computed<Step[]>(() => (compiled.value ? stepsOf(compiled.value) : []));
export const at = computed(() => stepAt(steps.value, half.value, phase.value));
/** The step that is shown; null at the end, where everything is filled and nothing is singled out. */
export const current = computed<Step | null>(() => (at.value < steps.value.length - 1 ? steps.value[at.value]! : null));

export function go(to: number) {
  const last = steps.peek().length - 1,
    n = Math.min(last, Math.max(0, to)),
    step = n === last ? undefined : steps.peek()[n];
  batch(() => {
    half.value = step ? step.half : null;
    phase.value = step && step.phase !== 3 ? step.phase : null;
  });
}

/** Whether what is written after this half-layer stands there already. */
export const filled = (written: number): boolean => {
  const s = current.value;
  return s === null || written < s.half || (written === s.half && s.phase === 3);
};
