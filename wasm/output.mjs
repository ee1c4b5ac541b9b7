// What commands print: one JSON document on standard output, and what happens when nothing reads it any more.

/** Whether the reader of standard output has gone, as `head` does when it has seen enough. */
export const reader = { gone: false };

/** A pipe that its reader has closed ends the printing, not the command: its exit status still says how it went. */
export function watchOutput() {
  const failed = (error) => {
    if (error.code !== 'EPIPE' && !reader.gone) {
      process.exitCode = 1;
      process.stderr.write(`Standard output cannot be written: ${error.code}\n`);
    }
    reader.gone = true;
  };
  process.stdout.on('error', failed);
  process.stderr.on('error', () => {});
}

/** A refusal as the engine writes its own: there is no place in a program that it is about. */
export function refusal(code, errorClass, message, hint) {
  const place = { line: 1, column: 1, end_line: 1, end_column: 1 };
  return {
    ok: false,
    diagnostics: [
      { severity: 'error', code, class: errorClass, message, ...place, ...(hint === undefined ? {} : { hint }) },
    ],
  };
}

/** Values as the JSON that the engine reads back as the same: 1.0 stays a float, and a large int its digits. */
export const tokenList = ({ values, types }) =>
  `[${values.map((v, i) => (types[i] === 'i' ? String(v) : types[i] === 'f' && Number.isInteger(v) ? `${v}.0` : JSON.stringify(v))).join(',')}]`;

/** Why a file cannot be read, for people. */
export function unreadable(file, error) {
  const why = {
    ENOENT: 'there is no such file',
    ENOTDIR: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'it may not be read',
  }[error.code];
  return refusal('file', 'input', `${file}: ${why ?? 'it cannot be read'}`, 'Check the path.');
}
export const unwritable = (file) => refusal('file', 'input', `${file} cannot be written`, 'Check the path.');

/**
 * A result as JSON. The engine sends ints beyond 2^53 as their digits, since JSON.parse would round them; here they are
 * written as the ints they are.
 */
export function written(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((x) => (x === undefined ? 'null' : written(x))).join(',')}]`;
  const parts = [];
  for (const [key, x] of Object.entries(value)) {
    if (x === undefined) continue;
    const types = (key === 'values' || key === 'value') && typeof value.types === 'string' ? value.types : undefined;
    const whole = (item, type) => (type === 'i' && typeof item === 'string' ? item : written(item));
    const text =
      types === undefined
        ? written(x)
        : Array.isArray(x)
          ? `[${x.map((item, i) => whole(item, types[i])).join(',')}]`
          : whole(x, types[0]);
    parts.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${parts.join(',')}}`;
}

/** @returns {number} the exit status */
export function print(result) {
  if (!reader.gone) process.stdout.write(`${written(result)}\n`);
  return result.ok ? 0 : 1;
}

/** Prints one of many results, and waits where the reader is slow. */
export async function printLine(result) {
  if (reader.gone || process.stdout.write(`${written(result)}\n`)) return;
  await new Promise((done) => {
    const end = () => {
      process.stdout.off('drain', end).off('error', end).off('close', end);
      done();
    };
    process.stdout.on('drain', end).on('error', end).on('close', end);
  });
}
