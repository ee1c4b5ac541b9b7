// What the program itself says at the place that a node comes from.
import { type Picture, orderOf } from '../state/live';

const texts = new WeakMap<object, string[]>();
const linesOf = (p: Picture): string[] => {
  let found = texts.get(p.compiled);
  if (!found) {
    const program = orderOf(p)?.program;
    found = typeof program === 'string' ? program.split('\n') : [];
    texts.set(p.compiled, found);
  }
  return found;
};

/** The expression of a node as it is written, on one line; '' where it stands in no line of the program. */
export function writtenOf(p: Picture, node: number): string {
  const span = p.compiled.nodes[node]?.span,
    lines = linesOf(p);
  if (!span || span[2] > lines.length) return '';
  const part = lines.slice(span[0] - 1, span[2]);
  part[part.length - 1] = part.at(-1)!.slice(0, span[3] - 1);
  part[0] = part[0]!.slice(span[1] - 1);
  return part
    .map((l) => l.replace(/#.*$/, '').trim())
    .join(' ')
    .trim();
}
