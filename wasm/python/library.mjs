// Python's own library as the page loads it: compiled once, here, instead of at every start; without what no program of
// s-ops can use. Reproducible.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { unzipSync, zipSync } from 'fflate';

/** Pyodide's own files, beside the library. */
export const runtime = ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm'];
export const libraryName = 'python_stdlib.zip';

const folder = path.dirname(createRequire(import.meta.url).resolve('pyodide/package.json'));
export const runtimeFile = (name) => readFileSync(path.join(folder, name));
export const { version } = JSON.parse(runtimeFile('package.json').toString());

// Network, processes, terminals, other encodings, tools for developers.
const unused =
  /^(_pyrepl|_pyio\.py|wsgiref|xmlrpc|multiprocessing|ctypes|curses|dbm|ensurepip|idlelib|lib2to3|pydoc_data|tkinter|turtledemo|venv|sqlite3|compression|tomllib\/|mailbox|imaplib|smtplib|poplib|nntplib|ftplib|socketserver|telnetlib|pdb\.py|bdb\.py|cmd\.py|pstats|profile\.py|cProfile|trace\.py|modulefinder|pickletools|wave\.py|plistlib|webbrowser|pydoc\.py|doctest\.py|xml\/|optparse|netrc|mimetypes|ipaddress|ssl\.py|uuid\.py|configparser|concurrent\/futures\/process)/;
const encodings =
  /^encodings\/(?!(__init__|aliases|utf_8|ascii|latin_1|cp437|idna|utf_16|utf_32|unicode_escape|raw_unicode_escape)\.py)/;

const compileAll = `
import importlib.util, marshal
def compiled(files):
    out = {}
    for name, text in files.items():
        source = bytes(text)
        code = compile(source, "/lib/" + name, "exec", dont_inherit=True, optimize=2 if not name.startswith(("dataclasses", "enum", "typing")) else 0)
        out[name + "c"] = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + importlib.util.source_hash(source) + marshal.dumps(code)
    return out
compiled
`;

/** The library's bytes: a stored zip of unchecked .pyc files. Takes some seconds. */
export async function pythonLibrary() {
  const { loadPyodide } = await import('pyodide');
  const python = await loadPyodide({ env: { PYTHONHASHSEED: '0', HOME: '/' } });
  const all = unzipSync(runtimeFile(libraryName));
  const kept = Object.keys(all)
    .filter(
      (name) =>
        !name.endsWith('/') && !unused.test(name) && !encodings.test(name) && !/(^|\/)(tests?|idle_test)\//.test(name),
    )
    .sort();
  const compile = python.runPython(compileAll);
  const sources = Object.fromEntries(kept.filter((name) => name.endsWith('.py')).map((name) => [name, all[name]]));
  const made = compile(python.toPy(sources));
  const files = {};
  const then = new Date(Date.UTC(1980, 0, 1, 12));
  for (const name of kept) if (!name.endsWith('.py')) files[name] = [all[name], { level: 0, mtime: then }];
  for (const [name, bytes] of Object.entries(
    made.toJs({ create_pyproxies: false, dict_converter: Object.fromEntries }),
  ))
    files[name] = [bytes, { level: 0, mtime: then }];
  return Buffer.from(
    zipSync(Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))), { level: 0, mtime: then }),
  );
}
