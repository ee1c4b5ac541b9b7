// How far the tour has come, here and on earlier visits.
import { signal } from '@preact/signals';

const key = 'rasp-tour';
export const tourLength = 5;
export const step = signal<number | null>(null);

const stored = () => {
  try {
    return Number(localStorage.getItem(key) ?? '0') || 0;
  } catch {
    return 0;
  }
};
export const keepStep = (n: number) => {
  try {
    localStorage.setItem(key, String(n));
  } catch {
    /* not kept */
  }
};

export function startTour() {
  step.value = stored() >= tourLength ? 0 : stored();
}
export const tourSeen = () => stored() > 0;
