import type { Assignment } from './index.mjs';
export type ScormVersion = '1.2' | '2004';
export const scormVersions: readonly ScormVersion[];
export function manifest(assignment: Pick<Assignment, 'id' | 'title'>, version: ScormVersion, files: string[]): string;
export function scormPackage(
  assignment: Pick<Assignment, 'id' | 'title'>,
  text: string,
  version: ScormVersion,
  page: Record<string, Uint8Array>,
): Uint8Array<ArrayBuffer>;
export function submissionFragment(text: string): string;
export function suspended(submission: string, task: string, points: Record<string, number>): string;
export function readSuspended(text: string): { fragment: string; task: string; points: Record<string, number> } | null;
