// The files of a project that a Python program on the command line may import.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const most = 400,
  largest = 1 << 20;

/** The folder above a file's outermost package: what Python calls the root of its imports. Without a package, its own. */
function rootOf(file) {
  let folder = path.dirname(file);
  while (existsSync(path.join(folder, '__init__.py')) && path.dirname(folder) !== folder) folder = path.dirname(folder);
  return folder;
}

/** {"folder/file.py": text} of a folder and those below, nearer ones first; without `main`. */
function filesBelow(root, start, main) {
  const files = {},
    waiting = [[start, 0]];
  while (waiting.length && Object.keys(files).length < most) {
    const [at, depth] = waiting.shift();
    for (const entry of readdirSync(path.join(root, at), { withFileTypes: true })) {
      const name = path.posix.join(at, entry.name);
      if (name === main || /^\.|^(__pycache__|node_modules|venv|build)$/.test(entry.name)) continue;
      if (Object.keys(files).length >= most) break;
      if (entry.isDirectory() && depth < 4) waiting.push([name, depth + 1]);
      else if (entry.isFile() && entry.name.endsWith('.py') && statSync(path.join(root, name)).size <= largest)
        files[name] = readFileSync(path.join(root, name), 'utf8');
    }
  }
  return files;
}

/** {name, files} of a program: by the folder that it is in or, in a package, by the package's root. */
export function pythonProject(file) {
  const resolved = path.resolve(file),
    root = rootOf(resolved),
    name = path.relative(root, resolved).split(path.sep).join('/');
  try {
    return { name, files: filesBelow(root, name.includes('/') ? name.split('/')[0] : '', name) };
  } catch {
    return { name, files: {} }; // what cannot be read is not there
  }
}
