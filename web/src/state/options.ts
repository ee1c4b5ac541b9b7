// How the page is embedded: ?embed=1&readonly=1&hide=editor,inspector,settings&view=residual&theme=dark
import { signal } from '@preact/signals';

const query = new URLSearchParams(location.search);
const yes = (key: string) => query.get(key) === '1';

export const embed = yes('embed');
export const readOnly = yes('readonly');
export const hidden = new Set(
  (query.get('hide') ?? '').split(',').filter((x) => ['editor', 'settings', 'inspector', 'result'].includes(x)),
);
export const startView = query.get('view');
export const startTheme = query.get('theme');

/** In a package for a course system (wasm/course/scorm.mjs): the file of its assignment. */
export const packaged = document.querySelector<HTMLMetaElement>('meta[name="rasp-course"]')?.content ?? '';

/** What a narrow screen shows: the task of an assignment, else the model, until a tab is chosen. */
export const phoneTab = signal<'task' | 'code' | 'model' | null>(null);
