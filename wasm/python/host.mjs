// The Python host: CPython (Pyodide) beside an engine, in a worker of its own. It runs a program, tabulates its
// functions with the engine's help and hands on a graph, which is data: whoever asked sends it to the engine with the
// request. The same in Node and in the page.
import { causeOf, endedGraph, lineIn } from './ended.mjs';

/** Bytes that Python may take: beyond them it gets a MemoryError, not the browser an exhausted tab. */
export const memoryLimit = 512 * 2 ** 20;

const packages = '/lib/rasp';
const again = 1_000;
const cached = 8; // graphs of the last requests: one program is analysed, compiled and run

/** Before Pyodide is loaded: a worker's memories grow to `memoryLimit` and no further. */
export function capMemory() {
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * 65536 > memoryLimit) throw new RangeError('memory limit');
    return grow.call(this, pages);
  };
}

/** From here on there are the files that there are: what a program wrote, the next one would read. */
function closeFiles(FS) {
  const refuse = () => {
    throw new FS.ErrnoError(69); // a read-only file system
  };
  const at = `${packages}/tracr/__init__.py`,
    { node_ops: folder } = FS.lookupPath(packages).node,
    { node_ops: file, stream_ops: stream } = FS.lookupPath(at).node;
  for (const name of ['mknod', 'rename', 'unlink', 'rmdir', 'symlink', 'setattr']) folder[name] = refuse;
  Object.assign(file, { setattr: refuse });
  Object.assign(stream, { write: refuse, mmap: refuse, msync: refuse });
}

/** JSON of a request with its graph; numbers stay as they are written. */
export const withGraph = (text, graph) => `${text.trimEnd().replace(/\}$/, '')},"graph":${graph}}`;

/**
 * `pyodide`: loaded. `sources`: {"tracr/rasp/rasp.py": text}. `engine`: a request's text → its document's text, at
 * once. `say` is told the line of the program under way, now and then. Gives {graph(text)}: {graph}, the graph's text for
 * a request's, with `ended` where Python has come to an end, so that the worker must be replaced.
 */
export function createHost({ pyodide, sources, engine, say = () => {} }) {
  for (const [file, text] of Object.entries(sources)) {
    const at = `${packages}/${file}`;
    pyodide.FS.mkdirTree(at.slice(0, at.lastIndexOf('/')));
    pyodide.FS.writeFile(at, text);
  }
  let deadline = Infinity;
  // Python looks here every few thousand instructions. What it writes back does not stop the clock; a program that goes
  // on is interrupted again, but not while this package words the message.
  const late = () => {
    const now = performance.now();
    if (now <= deadline) return 0;
    deadline = now + again;
    return 2;
  };
  pyodide.setInterruptBuffer(Object.defineProperty({}, 0, { get: late, set: () => {} }));
  let told; // the line under way that was told last: where Python's stack cannot be read, this is what is known
  const tell = (line) => {
    told = line;
    say(line);
  };
  const run = pyodide.runPython(
    `import sys\nsys.path.insert(0, ${JSON.stringify(packages)})\nimport rasp_host\nrasp_host.run`,
  );
  closeFiles(pyodide.FS);
  // Python writes of the calls under way to what was its standard output.
  const calls = [],
    { _dump_traceback: dump, stackSave, stackRestore } = pyodide._module;
  pyodide.setStdout({ batched: (line) => calls.push(line) });
  const callsNow = (stack) => {
    calls.length = 0;
    try {
      stackRestore(stack); // what was thrown through Python's frames left them on its own stack, which may be full
      dump();
    } catch {
      /* not even that */
    }
    return calls;
  };
  // C++ and Python meet here: nothing may be thrown through their frames.
  const safe = (text) => {
    try {
      return engine(text);
    } catch {
      return '{"ok":false,"diagnostics":[{"severity":"error","class":"limit","code":"limit-memory","message":"This takes more memory or stack than there is"}]}';
    }
  };
  const graphs = new Map();
  function graph(text) {
    const request = JSON.parse(text);
    const { program, name, files, output, input, inputs, vocabulary, max_length, causal, example_input, command } =
      request;
    // Once parsed, 1.0 is 1: where one of them may be meant, the text itself is the key.
    const floats =
      [input, inputs, vocabulary].flat(2).some(Number.isInteger) &&
      /\d\.|\de/i.test(text.replace(JSON.stringify(program), ''));
    const key = floats
      ? text
      : JSON.stringify([
          program,
          name,
          files,
          output,
          input,
          inputs,
          vocabulary,
          max_length,
          causal,
          example_input ?? command === 'analyze',
        ]);
    let made = graphs.get(key);
    if (made === undefined) {
      deadline = performance.now() + (request.limit_ms > 0 ? request.limit_ms : 10_000);
      const stack = stackSave();
      told = undefined;
      try {
        made = run(text, safe, tell);
      } catch (error) {
        const line = lineIn(callsNow(stack), name ?? 'program.py') ?? told;
        return { graph: endedGraph(text, causeOf(error), line), ended: true };
      } finally {
        deadline = Infinity;
      }
      if (graphs.size >= cached) graphs.delete(graphs.keys().next().value);
      graphs.set(key, made);
    }
    return { graph: made };
  }
  return { graph };
}

/** Does the request's program need this host? */
export function isPython(request) {
  if (request === null || typeof request !== 'object' || typeof request.program !== 'string' || request.graph)
    return false;
  return (
    request.language === 'python' ||
    (request.language === undefined && typeof request.name === 'string' && request.name.endsWith('.py'))
  );
}
