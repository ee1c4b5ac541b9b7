import { signal } from '@preact/signals';

/** A place in the program that the editor should go to. */
export const goTo = signal<{ line: number; column: number } | null>(null);
