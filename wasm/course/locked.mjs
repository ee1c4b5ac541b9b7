// Locked regions: blocks of the starter's lines that a program must keep, in order.

const linesOf = (text) => text.replaceAll('\r\n', '\n').split('\n');

// The starter's locked blocks: {first, last, lines, atStart, atEnd}, 1-based.
export function lockedBlocks(task) {
  const lines = linesOf(task.starter);
  const end = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  return (task.locked ?? []).map(([first, last]) => ({
    first,
    last,
    lines: lines.slice(first - 1, last),
    atStart: first === 1,
    atEnd: last >= end,
  }));
}

// Where the blocks are in a program: line ranges [first, last], or the block that is missing. Each block is taken at
// its first place after the one before; a block at the starter's beginning or end must be at the program's.
export function findLocked(task, program) {
  const lines = linesOf(program);
  let end = lines.length;
  while (end > 0 && lines[end - 1].trim() === '') --end;
  const ranges = [];
  let from = 0;
  for (const block of lockedBlocks(task)) {
    const fits = (i) => block.lines.every((l, k) => (lines[i + k] ?? '').trimEnd() === l.trimEnd());
    let i = block.atEnd ? Math.max(from, end - trimmedLength(block.lines)) : from;
    const last = block.atStart || block.atEnd ? i : lines.length - block.lines.length;
    while (i <= last && !fits(i)) ++i;
    if (i > last) return { ranges, missing: block };
    ranges.push([i + 1, i + block.lines.length]);
    from = i + block.lines.length;
  }
  return { ranges, missing: null };
}

function trimmedLength(lines) {
  let n = lines.length;
  while (n > 0 && lines[n - 1].trim() === '') --n;
  return n;
}
