// node tests/tools/figures.mjs: writes the figures of docs/compiler.md and README.md (between their markers) with the
// built WebAssembly engine.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEngine } from '../../wasm/engine.mjs';
import { largePrograms, measure } from '../wasm/large.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const engine = await loadEngine();
const table = (head, rows) =>
  [
    `| ${head.join(' | ')} |`,
    `|:--${'|--:'.repeat(head.length - 1)}|`,
    ...rows.map((r) => `| ${r.join(' | ')} |`),
  ].join('\n');
const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
const compile = async (request) => {
  const c = await engine.request({ command: 'compile', limit_ms: 60000, ...request });
  if (!c.ok) throw new Error(`${JSON.stringify(c.diagnostics)}\n${request.program}`);
  await engine.request({ command: 'release', handle: c.handle });
  return c;
};
const most = (list) => Math.max(1, ...list);

// Tracr's programs. Records of one program with the same settings have the same sizes and are one row.
const rows = [],
  sums = { ours: 0, tracr: 0, programs: 0 };
const seen = new Map();
for (const r of JSON.parse(readFileSync(path.join(root, 'tests/golden/tracr/records.json'), 'utf8'))) {
  if (!r.tracr) continue;
  const { model: m } = await compile({
    program: r.program,
    vocabulary: r.vocabulary,
    max_length: r.max_length,
    causal: r.causal,
  });
  sums.ours += m.parameters;
  sums.tracr += r.tracr.parameters;
  ++sums.programs;
  const cells = [m.layers, most(m.heads_per_layer), m.d_model, m.d_mlp, m.parameters];
  const theirs = [r.tracr.layers, r.tracr.heads, r.tracr.d_model, r.tracr.d_mlp, r.tracr.parameters];
  const key = JSON.stringify([cells, theirs, r.program]);
  if (seen.has(key)) continue;
  seen.set(key, true);
  rows.push([
    r.name.replace('__', ' '),
    ...cells.map((c, i) => `${grouped(c)} / ${grouped(theirs[i])}`),
    (r.tracr.parameters / m.parameters).toFixed(1),
  ]);
}
const tracr = table(['record', 'layers', 'heads', 'd_model', 'd_mlp', 'parameters', 'ratio'], rows);

const bounds = { reverse: 2, sort: 2, histogram: 1, double_histogram: 2, most_frequent: 3, dyck1: 2, dyck2: 4 };
const depth = [];
for (const [name, bound] of Object.entries(bounds)) {
  const program = readFileSync(path.join(root, `examples/${name}.rasp`), 'utf8');
  const [d, s] = [await compile({ program, objective: 'depth' }), await compile({ program })];
  depth.push([name, bound, d.model.layers, grouped(d.model.parameters), s.model.layers, grouped(s.model.parameters)]);
}

const large = largePrograms().map((file) => {
  const r = measure(file);
  const m = r.model;
  return [
    r.title,
    r.exact ? 'yes' : 'no',
    m.layers,
    m.d_model,
    m.d_mlp,
    grouped(m.parameters),
    grouped(m.nonzeros),
    r.compile_ms.toFixed(0),
    r.megabytes.toFixed(0),
  ];
});

const text = `### Tracr's programs

${sums.programs} records that Tracr compiles: ours have ${grouped(sums.ours)} parameters in all, Tracr's ${grouped(sums.tracr)} (${(sums.tracr / sums.ours).toFixed(1)} times as many).
Parameters are dense, with biases and embeddings. Cells: ours / Tracr's; records that differ in nothing are one row.

${tracr}

### Depth

Layers with \`--objective depth\` against the bounds of the RASP paper, and what the default objective makes of the same program.

${table(['example', 'paper', 'layers', 'parameters', 'layers (size)', 'parameters (size)'], depth)}

### Large programs

In WebAssembly under Node ${process.versions.node}, each in a fresh process: time of the whole request, from text to document, on a cold engine, and the process's largest resident size
(Node itself takes about 60 MB of it).

${table(['program', 'exact', 'layers', 'd_model', 'd_mlp', 'parameters', 'non-zeros', 'ms', 'MB'], large)}
`;
const short = `On the ${sums.programs} recorded programs that Tracr compiles, layers, heads, d_model, d_mlp and dense parameters are each at most Tracr's, and ${grouped(sums.ours)} parameters
in all against ${grouped(sums.tracr)}. Large programs, in WebAssembly on one core, from text to document on a cold engine:

${table(
  ['program', 'proved', 'layers', 'd_model', 'parameters', 'ms', 'MB'],
  large.map((r) => [r[0], r[1], r[2], r[3], r[5], r[7], r[8]]),
)}`;

/** Puts `content` between the markers of a file. */
function write(name, content) {
  const file = path.join(root, name),
    document = readFileSync(file, 'utf8');
  const [begin, end] = ['<!-- figures: node tests/tools/figures.mjs -->', '<!-- end of figures -->'];
  writeFileSync(
    file,
    `${document.slice(0, document.indexOf(begin) + begin.length)}\n\n${content}\n${document.slice(document.indexOf(end))}`,
  );
}
write('docs/compiler.md', text);
write('README.md', short);
console.log(text);
