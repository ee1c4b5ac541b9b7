// Programs in Python on the command line: the project's files, and that nothing of the machine can be reached.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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

end();
