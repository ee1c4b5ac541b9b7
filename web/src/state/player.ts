// The player of the score. Where it stands is the project's half-layer, which is part of links.
import { signal } from '@preact/signals';

export const playing = signal(false);
