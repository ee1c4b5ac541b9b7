// Light, dark, or as the system says.
import { computed, effect, signal } from '@preact/signals';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const key = 'rasp-theme';
function stored(): Theme {
  try {
    return themes.find((t) => t === localStorage.getItem(key)) ?? 'system';
  } catch {
    return 'system';
  }
}

export const chosen = signal<Theme>(stored());
const query = matchMedia('(prefers-color-scheme: dark)');
const systemDark = signal(query.matches);
query.addEventListener('change', (e) => {
  systemDark.value = e.matches;
});

/** Paper is light, whatever the screen is. */
const paper = matchMedia('print');
export const printing = signal(paper.matches);
paper.addEventListener('change', () => {
  printing.value = paper.matches;
});

/** What is in force; canvases are painted again when it changes. */
export const theme = computed<'light' | 'dark'>(() =>
  printing.value ? 'light' : chosen.value === 'system' ? (systemDark.value ? 'dark' : 'light') : chosen.value,
);

effect(() => {
  document.documentElement.dataset.theme = theme.value;
  document
    .querySelector('meta[name="theme-color"]')
    ?.setAttribute('content', theme.value === 'dark' ? '#14171b' : '#fbfbf9');
  try {
    localStorage.setItem(key, chosen.value);
  } catch {
    /* not kept */
  }
});
