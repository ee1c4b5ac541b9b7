// A second input beside the first: its run, and the parts that draw it, which come with the chunk that makes it.
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { Band, Row } from './score';
import type { Run } from '../state/live';

export interface Second extends Run {
  Take: ComponentType<{ what: string; subspaces: number[]; half: number }>;
  Cells: ComponentType<{ line: Row; lanes: number; half: number; notes: boolean }>;
  Arcs: ComponentType<{ line: Band; lane: number; lanes: number; height: number; notes: boolean }>;
  Output: ComponentType<{ lanes: number }>;
}

/** Its run on the model that is shown; null while there is none. */
export const second = signal<Second | null>(null);
