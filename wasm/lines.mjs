// The lines of a stream, each held to a limit while it is read: of a longer one, only its length is counted.
const newline = 10,
  carriageReturn = 13;

/**
 * @param {AsyncIterable<Buffer>} input
 * @param {number} limit bytes of a line
 * @yields {{ text: string } | { bytes: number }} a line without its end, or how long one is that passes the limit
 */
export async function* boundedLines(input, limit) {
  let parts = [],
    bytes = 0;
  const add = (part) => {
    bytes += part.length;
    if (bytes > limit) parts = [];
    else if (part.length) parts.push(part);
  };
  const end = () => {
    const whole = Buffer.concat(parts);
    const line =
      bytes > limit
        ? { bytes }
        : { text: whole.toString('utf8', 0, whole.at(-1) === carriageReturn ? whole.length - 1 : whole.length) };
    parts = [];
    bytes = 0;
    return line;
  };
  for await (const chunk of input) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; from = at + 1, at = chunk.indexOf(newline, from)) {
      add(chunk.subarray(from, at));
      yield end();
    }
    add(chunk.subarray(from));
  }
  if (bytes) yield end();
}
