// The lines of the score of the model that is shown.
import { computed } from '@preact/signals';
import { picture } from '../state/live';
import { type Line, scoreOf } from './score';

const compiled = computed(() => picture.value?.compiled);
export const lines = computed<Line[]>(() => (compiled.value ? scoreOf(compiled.value) : []));

/** The half-layers that do something, the embedding first: the player's steps. */
export const steps = computed<number[]>(() => [0, ...new Set(lines.value.filter((l) => l.half > 0 && l.kind !== 'heading').map((l) => l.half))].sort((a, b) => a - b));
