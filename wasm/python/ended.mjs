// What is said of a program that Python cannot tell of itself, since it came to an end with it or was ended: why, and at
// the line that was under way.

const causes = {
  time: {
    code: 'limit-time',
    message: 'This took too long and was stopped',
    hint: 'Look for a call that takes very long, such as the sum of a huge range.',
  },
  stopped: { code: 'stopped', message: 'Stopped', hint: 'Edit the program or its settings to start again.' },
  exit: {
    code: 'python-raised',
    message: 'This ends Python itself, and with it the program',
    hint: 'Leave os._exit(), os.abort() and signals out: a program ends where its text ends.',
  },
  stack: {
    code: 'limit-recursion',
    message: 'Python runs out of stack here',
    hint: 'Look for values that nest, or functions that call each other, without an end.',
  },
  memory: {
    code: 'limit-memory',
    message: 'Python came to an end here: this takes more memory than there is',
    hint: 'Build smaller lists, and less deeply nested ones.',
  },
};

/** Why Python ended, as a name of a cause: `error` is what its call threw. */
export function causeOf(error) {
  const text = String(error);
  if (/KeyboardInterrupt/.test(text)) return 'time';
  if (/^Exit|terminated with exit|unreachable|Aborted/.test(text)) return 'exit';
  return /call stack|recursion/i.test(text) ? 'stack' : 'memory';
}

/** The line of `name` in what Python writes of its calls, innermost first; undefined where none is in it. */
export function lineIn(calls, name) {
  for (const call of calls) {
    const [, file, line] = /^ *File "<(.*)>", line (\d+)/.exec(call) ?? [];
    if (file === name) return Number(line);
  }
  return undefined;
}

/** A graph document that holds only this, for a request's text. `line`: the one under way, where it is known. */
export function endedGraph(text, cause, line) {
  const { code, message, hint } = causes[cause],
    bytes = (s) => new TextEncoder().encode(s).length;
  const one = {
    severity: 'error',
    code,
    class: { exit: 'python', stack: 'recursion' }[cause] ?? 'limit',
    message,
    hint,
  };
  const lines = JSON.parse(text).program.split('\n'),
    at = Number.isInteger(line) && line > 0 && line <= lines.length ? lines[line - 1] : undefined;
  if (at !== undefined) {
    const begin = bytes(lines.slice(0, line - 1).join('\n')) + (line > 1 ? 1 : 0);
    one.span = [begin + bytes(/^\s*/.exec(at)[0]), begin + Math.max(bytes(at.trimEnd()), 1)];
  }
  return JSON.stringify({ rasp_graph: 1, dialect: 'tracr', messages: [one] });
}
