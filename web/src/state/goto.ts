import { signal } from '@preact/signals';
import type { Diagnostic } from '../engine/protocol';

/** A place in the program that the editor should go to. */
export const goTo = signal<{ line: number; column: number } | null>(null);

/** A fix that the editor should apply. */
export const fixing = signal<Diagnostic['fix'] | null>(null);
