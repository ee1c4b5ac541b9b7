// Programs in Python on the command line: the project's files, and that nothing of the machine can be reached.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { end, rasp, root, test } from './asking.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'rasp-python-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Writes {"a/b.py": text}, then runs a command in the folder: its document, or undefined where it printed none. */
function command(files, ...args) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const { stdout } = spawnSync(process.execPath, [path.join(root, 'wasm/cli.mjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return JSON.parse(stdout);
}

await test('a file of a package imports what its package has, from whatever folder the command is given', () => {
  const files = {
    'package/bench/__init__.py': '',
    'package/bench/vocabs.py': 'letters = {"a", "b"}\n',
    'package/bench/cases/__init__.py': '',
    'package/bench/cases/case_1.py': `${rasp}from bench import vocabs
class Case1:
  def get_program(self): return rasp.tokens + "!"
  def get_vocab(self): return vocabs.letters
`,
    'package/secret.py': 'text = "not of the package"\n',
  };
  const args = ['eval', 'package/bench/cases/case_1.py', '--input', '"ab"'];
  assert.deepEqual(command(files, ...args).values, ['a!', 'b!']);
  // Beside a program that is in no package there is nothing from above; nor outside of a package.
  const refused = command(
    {
      'alone/deep/program.py': `${rasp}import above\nx = rasp.tokens\n`,
      'alone/above.py': '',
      'package/bench/cases/other.py': `${rasp}import secret\nx = rasp.tokens\n`,
    },
    'eval',
    'alone/deep/program.py',
    '--input',
    '"ab"',
  );
  assert.match(refused.diagnostics[0].message, /No module named 'above'/);
  const outside = command({}, 'eval', 'package/bench/cases/other.py', '--input', '"ab"');
  assert.match(outside.diagnostics[0].message, /No module named 'secret'/);
});

// Each line is an attempt; what comes of it is printed. Those with a value must be blocked, or give nothing of the machine.
const attempts = String.raw`
open(SECRET).read()
open("/etc/passwd").read()
__import__("io").open(SECRET).read()
__import__("os").open(SECRET, 0)
__import__("os").listdir(FOLDER)
__import__("os").listdir("/proc/1")
__import__("pathlib").Path(SECRET).read_text()
__import__("os").environ["RASP_SECRET"]
__import__("os").system("touch " + FOLDER + "/touched") == 0 or raises()
__import__("os").popen("id").read()
__import__("os").fork()
__import__("os").execv("/bin/sh", ["sh"])
__import__("subprocess").run(["id"], capture_output=True)
__import__("socket").create_connection(("127.0.0.1", PORT), timeout=1)
__import__("urllib.request").request.urlopen("http://127.0.0.1:%d/" % PORT).read()
__import__("pyodide.http").http.open_url("http://127.0.0.1:%d/" % PORT).read()
__import__("js").process
__import__("js").globalThis
__import__("js").require("node:fs")
__import__("js").fetch("http://127.0.0.1:%d/" % PORT)
__import__("js").console
__import__("js").Object.constructor("return process")()
__import__("js").Object.getPrototypeOf(__import__("js").Object).constructor("return globalThis")()
__import__("js").setTimeout.constructor("return process")()
__import__("js").setTimeout("process.exit(7)", 0)
__import__("js").setTimeout(print, 0).constructor.constructor("return process")()
__import__("js").Object.getOwnPropertyDescriptor(__import__("js").Object.prototype, "__proto__").get.call(None).process.version
__import__("js").Array["from"].call(None, []).constructor.constructor("return process")()
__import__("pyodide.code").code.run_js("process.version")
__import__("pyodide.code").code.run_js("import('node:fs')")
__import__("_pyodide_core").raise_js("x").process
__import__("pyodide_js").mountNodeFS("/mnt", FOLDER)
__import__("pyodide_js").FS.filesystems.NODEFS.getMode(SECRET)
__import__("pyodide_js").FS.mount(__import__("pyodide_js").FS.filesystems.NODEFS, __import__("js").Object(), "/mnt")
__import__("pyodide.ffi").ffi.run_sync(__import__("pyodide_js")._api.loadBinaryFile(SECRET))
__import__("pyodide_js")._api.config.jsglobals.process
__import__("pyodide_js")._api.runtimeEnv.IN_NODE or raises()
__import__("pyodide_js")._api.public_api.runPython.constructor("return process")()
__import__("pyodide_js")._module.process
__import__("pyodide_js")._module.require("fs")
__import__("pyodide_js")._module.read(SECRET)
__import__("pyodide_js")._module.PATH.process
__import__("pyodide_js").loadPackage("file://" + SECRET).constructor.constructor("return process")()
__import__("ctypes").CDLL(None).system(b"touch " + FOLDER.encode() + b"/touched") == 0 or raises()
__import__("ctypes").CDLL(None).emscripten_run_script_int(b"process.pid") or raises()
__import__("sys").modules["js"].process
__import__("webbrowser").open("http://127.0.0.1/") or raises()
__import__("multiprocessing").Process(target=print).start()
__import__("threading").Thread(target=print).start()
__import__("asyncio").run(__import__("asyncio").create_subprocess_shell("id"))
__import__("rasp_host.host").host.sys.modules["js"].process
().__class__.__base__.__subclasses__()[-1].process
[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == "FileIO"][0](SECRET).read()
`
  .trim()
  .split('\n');

await test('a thread that has given up its authority has none of it, whatever Python is let near', async () => {
  const script = `import(${JSON.stringify(pathToFileURL(path.join(root, 'wasm/python/confined.mjs')).href)}).then(({ giveUpAuthority }) => {
    const { parentPort } = require('node:worker_threads');
    giveUpAuthority();
    const all = new Set();
    for (let at = globalThis; at; at = Object.getPrototypeOf(at)) for (const name of Reflect.ownKeys(at)) all.add(name);
    const makes = [() => Function('return 1')(), () => (() => {}).constructor('return 1')(), () => Object.getPrototypeOf(async () => {}).constructor('')];
    parentPort.postMessage({ left: [...all].map(String), made: makes.filter((f) => { try { f(); return true; } catch { return false; } }).length });
  })`;
  const worker = new Worker(script, { eval: true, stdout: true, stderr: true });
  const { left, made } = await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
  const outside = 'fetch WebSocket EventSource BroadcastChannel process Buffer navigator require module eval'.split(
    ' ',
  );
  assert.deepEqual(
    outside.filter((name) => left.includes(name)),
    [],
  );
  assert.equal(made, 0, 'functions of text');
  await worker.terminate();
});

await test('a program that tries to break out reaches nothing of the machine', async () => {
  const asked = [],
    server = createServer((request, response) => response.end(String(asked.push(request.url)))),
    port = await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
  const where = `SECRET = ${JSON.stringify(path.join(folder, 'secret.txt'))}; FOLDER = ${JSON.stringify(folder)}; PORT = ${port}`;
  writeFileSync(path.join(folder, 'secret.txt'), 'the secret of this machine');
  const wrapped = (line) => `${rasp}${where}
def raises(): raise OSError("refused")
def attempt():
    return ${line}
try:
    print("REACHED", str(attempt())[:80])
except BaseException as error:
    print("blocked", type(error).__name__)
x = rasp.tokens
`;
  // Some bring the host down: the next one finds a new host, and nothing done.
  const requests = attempts.map((line, i) =>
    JSON.stringify({ id: i, command: 'eval', program: wrapped(line), name: 'out.py', input: ['a'], limit_ms: 5_000 }),
  );
  const { stdout, status } = await new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(root, 'wasm/cli.mjs'), 'batch', '-'], {
      cwd: folder,
      env: { ...process.env, RASP_SECRET: 'the secret of this machine' },
    });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.on('close', (code) => resolve({ stdout: text, status: code }));
    child.stdin.end(`${requests.join('\n')}\n`);
  });
  const answers = stdout.trim().split('\n').map(JSON.parse);
  assert.deepEqual(
    answers.map(({ id }) => id),
    attempts.map((_, i) => i),
    'one answer for each, in their order: nothing else is on standard output',
  );
  const reached = answers
    .map(({ ok, printed, diagnostics }, i) => [attempts[i], ok ? printed[0].value : diagnostics[0].code])
    .filter(([, said]) => !/^blocked|^limit-/.test(said));
  assert.deepEqual(reached, []);
  assert.ok(!stdout.includes('the secret of this machine'), stdout);
  assert.ok(!existsSync(path.join(folder, 'touched')));
  assert.deepEqual(asked, []);
  assert.ok(status === 0 || status === 1, String(status));
  server.close();
});

end();
