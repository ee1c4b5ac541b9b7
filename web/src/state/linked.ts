// The link that the work on the page came from, and what has become different since: program, settings or engine.
import type { Shared } from './link';
import type { Project, Settings } from './project';

export type Cause = 'program' | 'settings' | 'engine' | 'loaded' | 'turned' | 'unknown';

interface Now {
  project: Project;
  fingerprint: string;
  engine: string;
}

const programOf = (p: Project) =>
  JSON.stringify([p.active, Object.entries(p.files).sort(([a], [b]) => (a < b ? -1 : 1))]);
const settingNames = ['vocabulary', 'maxLength', 'output', 'causal', 'objective', 'off', 'input'] as const;

/** Settings that differ, by name; the input is one of them, since a vocabulary may be taken from it. */
export const changedSettings = (a: Settings, b: Settings) =>
  settingNames.filter((s) => JSON.stringify(a[s]) !== JSON.stringify(b[s]));

/** Why the model that is shown has another fingerprint than the link's; empty where it has the same, or the link names none. */
export function causes(link: Shared, now: Now): Cause[] {
  if (!link.fingerprint || link.fingerprint === now.fingerprint) return [];
  const out: Cause[] = link.turned ? ['turned'] : [];
  if (programOf(link.project) !== programOf(now.project)) out.push('program');
  const changed = changedSettings(link.project.settings, now.project.settings);
  if (changed.some((s) => s !== 'input')) out.push('settings');
  if (link.engine && now.engine && link.engine !== now.engine) out.push('engine');
  if (out.length) return out;
  if (changed.length) return ['settings'];
  return Object.values(link.project.files).some((t) => /\bload\b/.test(t)) && link.engine ? ['loaded'] : ['unknown'];
}

/** One sentence. */
export function sentence(link: Shared, now: Now): string {
  const found = causes(link, now);
  if (!found.length) return '';
  const words: Record<Cause, string> = {
    program: 'the program was edited here',
    settings: `its settings were changed here (${changedSettings(link.project.settings, now.project.settings).join(', ')})`,
    engine: `version ${link.engine} of the engine compiled it, this page has ${now.engine}`,
    turned: 'the file holds it with its residual stream in another basis',
    loaded: 'a file that it loads is another one on this page, or another build of the engine compiled it',
    unknown: link.file
      ? 'it was compiled with settings that the file does not say, or by another build of the engine'
      : link.unchecked
        ? 'another engine compiled it, or the link, which carries no checksum, was changed on the way'
        : 'another build of the engine compiled it',
  };
  return `This model has other weights than the ${link.file ? 'file' : 'link'}'s: ${found.map((c) => words[c]).join(', and ')}.`;
}

export interface Line {
  mark: ' ' | '−' | '+';
  text: string;
}

/** What two texts have different: their common beginning and end are left out, but for a line on each side. */
export function changedLines(before: string, after: string): Line[] {
  const a = before.split('\n'),
    b = after.split('\n');
  let from = 0,
    toA = a.length,
    toB = b.length;
  while (from < toA && from < toB && a[from] === b[from]) ++from;
  while (toA > from && toB > from && a[toA - 1] === b[toB - 1]) {
    --toA;
    --toB;
  }
  if (from === toA && from === toB) return [];
  const around = (i: number): Line[] => (i >= 0 && i < a.length ? [{ mark: ' ', text: a[i]! }] : []);
  return [
    ...around(from - 1),
    ...a.slice(from, toA).map((text): Line => ({ mark: '−', text })),
    ...b.slice(from, toB).map((text): Line => ({ mark: '+', text })),
    ...around(toA),
  ];
}
