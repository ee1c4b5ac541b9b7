// What a program's analysis shows: an s-op's values stand once in the document, at its node.
import type { DisplayValue, Values } from '../engine/protocol';
import { analysis } from './live';

/** The values of an s-op or the rows of a selector; neither where there are none, or too many to be shown. */
export function valuesOf(display: DisplayValue): { value?: Values; matrix?: string[] } {
  if (display.value || display.matrix || display.input || display.node === undefined) return display;
  return analysis.value?.nodes[display.node] ?? {};
}
