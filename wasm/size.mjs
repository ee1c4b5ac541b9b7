// What takes the bytes: node size.mjs engine.wasm [BUDGET_GZIP]. Sections; with a name section (link with
// --profiling-funcs) also functions by where they come from. Given a budget, fails when the gzipped file is larger.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const [file, budget] = process.argv.slice(2);
const bytes = readFileSync(file);
let at = 8;
const varint = () => {
  let value = 0,
    shift = 0,
    byte;
  do {
    byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    shift += 7;
  } while (byte & 128);
  return value;
};
const text = () => {
  const n = varint();
  at += n;
  return bytes.toString('utf8', at - n, at);
};
const names = [
  'custom',
  'types',
  'imports',
  'functions',
  'tables',
  'memory',
  'globals',
  'exports',
  'start',
  'elements',
  'code',
  'data',
  'data count',
  'tags',
];
const sections = new Map(),
  sizes = [],
  named = new Map();
let imported = 0;
while (at < bytes.length) {
  const id = bytes[at++],
    size = varint(),
    end = at + size;
  let name = names[id] ?? `section ${id}`;
  if (id === 2) {
    for (let n = varint(); n > 0; --n) {
      text();
      text();
      const kind = bytes[at++];
      if (kind === 0) {
        varint();
        ++imported;
      } else if (kind === 1) {
        ++at;
        if (varint() & 1) {
          varint();
        }
        varint();
      } else if (kind === 2) {
        if (varint() & 1) {
          varint();
          varint();
        } else varint();
      } else if (kind === 3) at += 2;
      else {
        ++at;
        varint();
      }
    }
  } else if (id === 10) {
    for (let n = varint(); n > 0; --n) {
      const length = varint();
      sizes.push(length);
      at += length;
    }
  } else if (id === 0) {
    name = text();
    if (name === 'name') {
      while (at < end) {
        const kind = bytes[at++],
          stop = varint() + at;
        if (kind === 1)
          for (let n = varint(); n > 0; --n) {
            const index = varint();
            named.set(index, text());
          }
        at = stop;
      }
    }
  }
  sections.set(name, (sections.get(name) ?? 0) + size);
  at = end;
}
const zipped = gzipSync(bytes, { level: 9 }).length;
const row = (n, what) => console.log(`${String(n).padStart(9)}  ${what}`);
console.log(`${file}: ${bytes.length} bytes, ${zipped} gzipped`);
if (!budget) for (const [name, size] of [...sections].sort((a, b) => b[1] - a[1])) row(size, name);
if (!budget && named.size) {
  const groups = new Map(),
    functions = [];
  sizes.forEach((size, i) => {
    const name = named.get(imported + i) ?? '?';
    const own = /(?:^|[ *&])rasp::(?:\(anonymous namespace\)::)?(\w+)/.exec(name.replace(/<.*/, ''));
    const group = own
      ? 'rasp'
      : /^nlohmann|[ ]nlohmann/.test(name.replace(/<.*/, '')) || /json_abi/.test(name)
        ? 'JSON (nlohmann)'
        : /Eigen/.test(name)
          ? 'Eigen'
          : /std::__2|^operator|__cxa|_cxx/.test(name)
            ? 'std'
            : /emscripten/.test(name)
              ? 'embind'
              : 'other';
    groups.set(group, (groups.get(group) ?? 0) + size);
    functions.push([size, name]);
  });
  console.log('\ncode by origin');
  for (const [group, size] of [...groups].sort((a, b) => b[1] - a[1])) row(size, group);
  console.log('\nlargest functions');
  for (const [size, name] of functions.sort((a, b) => b[0] - a[0]).slice(0, 40)) row(size, name.slice(0, 130));
}
if (budget && zipped > Number(budget)) {
  console.error(
    `${file} takes ${zipped} bytes gzipped; its budget is ${budget}. Linked with --profiling-funcs and without a budget, this script says what takes them.`,
  );
  process.exit(1);
}
