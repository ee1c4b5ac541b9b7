// node tests/bench/compile.mjs --native build/release/tests/session_native [--json PATH] [--only TEXT] [--rounds N]
// Compile time per stage and model size over programs × lengths × vocabularies, native and in WebAssembly, with growth
// exponents fitted. Each cell is the fastest of a few rounds; engines take turns. A program that is refused at a size
// stays in the table, with its code.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { loadEngine } from '../../wasm/engine.mjs';
import { exponent } from './fit.mjs';

const { values: options } = parseArgs({
  options: {
    native: { type: 'string' },
    json: { type: 'string' },
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '3' },
  },
});
if (!options.native) {
  console.error('usage: node compile.mjs --native PATH [--json PATH] [--only TEXT] [--rounds N]');
  process.exit(2);
}

const brackets = ['(', ')', '{', '}'];
const upto = 'upto = select(indices, indices, <=);\n';
const programs = {
  reverse: 'x = aggregate(select(indices, length - indices - 1, ==), tokens);',
  histogram: 'x = selector_width(select(tokens, tokens, ==));',
  'double histogram':
    'h = selector_width(select(tokens, tokens, ==));\nfirst = selector_width(select(tokens, tokens, ==) and select(indices, indices, <)) == 0;\nx = selector_width(select(h, h, ==) and select(first, True, ==));',
  sort: 'x = sort(tokens, tokens_int);',
  'most frequent first': 'x = sort(tokens, 0 - selector_width(select(tokens, tokens, ==)));',
  'dyck-1': `${upto}b = round((indices + 1) * aggregate(upto, indicator(tokens == "(") - indicator(tokens == ")")));\nbad = aggregate(upto, indicator(b < 0)) > 0;\nx = "F" if bad else ("T" if b == 0 else "P");`,
};
const vocabularyOf = (name, n) =>
  name.startsWith('dyck') ? brackets.slice(0, 2) : Array.from({ length: n }, (_, i) => String(i));
const grid = [];
for (const name of Object.keys(programs)) {
  for (const length of [8, 16, 32, 64]) grid.push({ name, length, vocabulary: vocabularyOf(name, 8) });
  if (!name.startsWith('dyck'))
    for (const v of [16, 32, 64]) grid.push({ name, length: 16, vocabulary: vocabularyOf(name, v) });
}

const child = spawn(options.native, [], { stdio: ['pipe', 'pipe', 'inherit'] });
const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
const native = async (request) => {
  child.stdin.write(`${JSON.stringify(request)}\n`);
  return JSON.parse((await lines.next()).value);
};
const engine = await loadEngine();
const wasm = (request) => engine.request(request);
async function timed(ask, request) {
  const start = performance.now();
  const answer = await ask(request);
  const ms = performance.now() - start;
  if (answer.ok) await ask({ command: 'release', handle: answer.handle });
  return { answer, ms };
}

const results = [];
for (const cell of grid.filter((c) => c.name.includes(options.only))) {
  const request = {
    command: 'compile',
    program: programs[cell.name],
    vocabulary: cell.vocabulary,
    max_length: cell.length,
    limit_ms: 60000,
  };
  const row = {
    name: cell.name,
    length: cell.length,
    vocabulary: cell.vocabulary.length,
    native: Infinity,
    wasm: Infinity,
  };
  for (let round = 0; round < Number(options.rounds); ++round)
    for (const [key, ask] of [
      ['native', native],
      ['wasm', wasm],
    ]) {
      const { answer, ms } = await timed(ask, request);
      if (ms < row[key]) Object.assign(row, { [key]: ms, [`${key}_stages`]: answer.timings_ms });
      if (answer.ok)
        Object.assign(row, {
          exact: answer.exact,
          layers: answer.model.layers,
          d_model: answer.model.d_model,
          d_mlp: answer.model.d_mlp,
          parameters: answer.model.parameters,
          nonzeros: answer.model.nonzeros,
        });
      else row.refused = answer.diagnostics.find((d) => d.severity === 'error').code;
    }
  results.push(row);
  console.error(`measured ${row.name} ${row.length} ${row.vocabulary}`);
}
child.stdin.end();

const print = (head, rows) => {
  console.log(`| ${head.join(' | ')} |\n|:--${'|--:'.repeat(head.length - 1)}|`);
  for (const r of rows) console.log(`| ${r.join(' | ')} |`);
};
const stages = [...new Set(results.flatMap((r) => Object.keys(r.native_stages ?? {})))];
const number = (x) => (x === undefined || !Number.isFinite(x) ? '–' : x.toFixed(x < 10 ? 2 : 0));
console.log('\n## Compile time (ms; stages native) and size\n');
print(
  [
    'program',
    'length',
    'vocabulary',
    'native',
    'wasm',
    ...stages,
    'exact',
    'layers',
    'd_model',
    'd_mlp',
    'parameters',
    'non-zeros',
  ],
  results.map((r) => [
    r.name,
    r.length,
    r.vocabulary,
    number(r.native),
    number(r.wasm),
    ...stages.map((s) => number(r.native_stages?.[s])),
    ...(r.refused
      ? [r.refused, '', '', '', '', '']
      : [r.exact ? 'yes' : 'no', r.layers, r.d_model, r.d_mlp, r.parameters, r.nonzeros]),
  ]),
);

const growth = [];
for (const name of new Set(results.map((r) => r.name)))
  for (const against of ['length', 'vocabulary']) {
    const points = results.filter(
      (r) =>
        r.name === name &&
        !r.refused &&
        (against === 'length' ? r.vocabulary === vocabularyOf(name, 8).length : r.length === 16),
    );
    const fit = (key) => exponent(points.map((p) => [p[against], p[key]]));
    if (new Set(points.map((p) => p[against])).size >= 3)
      growth.push({
        name,
        against,
        native: fit('native'),
        wasm: fit('wasm'),
        nonzeros: fit('nonzeros'),
        parameters: fit('parameters'),
      });
  }
console.log('\n## Growth: quantity ~ size^exponent\n');
print(
  ['program', 'against', 'native', 'wasm', 'non-zeros', 'parameters'],
  growth.map((g) => [
    g.name,
    g.against,
    ...['native', 'wasm', 'nonzeros', 'parameters'].map((k) => number(g[k] ?? undefined)),
  ]),
);
if (options.json) writeFileSync(options.json, `${JSON.stringify({ results, growth }, null, 1)}\n`);
