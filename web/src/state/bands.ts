// Which bands of the score are opened by hand, and what their matrices show.
import { signal } from '@preact/signals';

/** By the band's key: opened or closed by hand. What is not here opens when it is chosen or stepped to. */
export const opened = signal<ReadonlyMap<string, boolean>>(new Map());

export function toggle(key: string, open: boolean) {
  opened.value = new Map(opened.value).set(key, open);
}

/** selected: what a head selects, each key full; weights: after the softmax; interpreter: the selector's 0 and 1. */
export const patternKind = signal<'selected' | 'weights' | 'interpreter'>('selected');

/** A score of many heads drawn so small that all of it is seen. */
export const whole = signal(false);
