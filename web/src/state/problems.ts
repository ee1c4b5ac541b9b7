/**
 * The problems as they are shown. Half a word is no mistake: while keys are pressed an error is drawn only after a
 * pause, a warning after a longer one; at once when the editor loses the focus. A problem that is gone is taken away at
 * once.
 */
import { effect, signal } from '@preact/signals';
import type { Diagnostic } from '../engine/protocol';
import { diagnostics } from './live';

export const errorPauseMs = 600,
  warningPauseMs = 1200;

export const problems = signal<Diagnostic[]>([]);
let lastKey = -Infinity;
let timer: ReturnType<typeof setTimeout> | undefined;

const same = (a: Diagnostic, b: Diagnostic) => a.code === b.code && a.message === b.message && a.file === b.file;

function draw() {
  clearTimeout(timer);
  const quiet = performance.now() - lastKey;
  const due = (d: Diagnostic) => quiet >= (d.severity === 'error' ? errorPauseMs : warningPauseMs);
  const before = problems.peek(),
    now = diagnostics.peek();
  problems.value = now.filter((d) => due(d) || before.some((b) => same(b, d)));
  if (quiet < warningPauseMs && problems.peek().length < now.length)
    timer = setTimeout(draw, (quiet < errorPauseMs ? errorPauseMs : warningPauseMs) - quiet + 1);
}

effect(() => {
  diagnostics.value;
  draw();
});

/** A key changed the program. */
export function typed() {
  lastKey = performance.now();
}

/** Whoever leaves the program, or runs it, wants to know now. */
export function typingEnded() {
  lastKey = -Infinity;
  draw();
}
