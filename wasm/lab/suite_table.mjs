// Statistics of circuit-discovery methods over the models of a suite. The same rows and seed give the same numbers to
// the last digit.
import { randomFrom } from '../suite/random.mjs';

export const truths = ['causal', 'semantic', 'structural'];
const resamples = 2000;
const round = (x) => Math.round(x * 10000) / 10000;
const meanOf = (list) => list.reduce((a, b) => a + b, 0) / list.length;

/**
 * Mean of values in [0, 1] with the 95 % percentile bootstrap interval (Efron 1979) over models: how much another draw
 * of models would move the mean. One model says nothing about that: its interval is null.
 * @param {number[]} list
 * @param {string} seed
 * @returns {{mean: number, interval: [number, number] | null, models: number} | null} null for no models
 */
export function meanWithInterval(list, seed) {
  if (!list.length) return null;
  const mean = round(meanOf(list));
  if (list.length === 1) return { mean, interval: null, models: 1 };
  const random = randomFrom(seed);
  const means = Array.from({ length: resamples }, () => meanOf(list.map(() => random.pick(list)))).sort(
    (a, b) => a - b,
  );
  const edge = Math.floor(0.025 * resamples);
  return { mean, interval: [round(means[edge]), round(means[resamples - 1 - edge])], models: list.length };
}

const levels = ['easy', 'medium', 'hard'];

function named(by, rows, key, order) {
  return [...new Set(rows.map(key))]
    .sort((a, b) => order.indexOf(a) - order.indexOf(b) || (a < b ? -1 : 1))
    .map((group) => ({ by, group, rows: rows.filter((row) => key(row) === group) }));
}
const leveled = (by, rows) =>
  rows.length ? [{ by, group: 'all', rows }, ...named(by, rows, (r) => r.level, levels)] : [];

/** Compressed variants are groups of their own, beside the models that they were made of. */
function groupsOf(rows) {
  const own = rows.filter((r) => !r.compressed),
    variants = rows.filter((r) => r.compressed);
  const narrower = variants.filter(({ compressed: { d, d_model: D } }) => d < D),
    turned = variants.filter((r) => !narrower.includes(r));
  const before = new Set(narrower.map((r) => r.compressed.of));
  return [
    ...(own.length ? [{ by: 'all', group: 'all', rows: own }] : []),
    ...named('difficulty', own, (r) => r.level, levels),
    ...named('family', own, (r) => r.family, []),
    ...leveled(
      'before_compression',
      own.filter((r) => before.has(r.id)),
    ),
    ...leveled('compressed', narrower),
    ...leveled('turned', turned),
  ];
}

/**
 * A row for every method in every group of models: area under the ROC curve against each kind of true edges, and
 * faithfulness. Models on which an area is not defined (every edge is true, or none) are not among its `models`.
 * @param {object[]} rows what wasm/lab/worker.mjs found of each model
 */
export function suiteTable(rows, methods, seed) {
  return groupsOf(rows).flatMap(({ by, group, rows: members }) =>
    methods.map((method) => {
      const found = members.map((row) => row.methods.find((m) => m.method === method));
      const of = (name, list) =>
        meanWithInterval(
          list.filter((x) => x !== null),
          `discover ${seed} ${by} ${group} ${method} ${name}`,
        );
      return {
        by,
        group,
        method,
        models: members.length,
        auc: Object.fromEntries(
          truths.map((t) => [
            t,
            of(
              t,
              found.map((m) => m.auc[t]),
            ),
          ]),
        ),
        faithfulness: of(
          'faithfulness',
          found.map((m) => m.faithfulness),
        ),
      };
    }),
  );
}

const cell = (v) =>
  v ? `${v.mean.toFixed(3)}${v.interval ? ` (${v.interval.map((x) => x.toFixed(3)).join('–')})` : ''}` : '–';

const words = {
  before_compression: 'The same models before they were compressed',
  compressed: 'Compressed into fewer dimensions',
  turned: 'Turned into another basis of as many dimensions',
};

/** Tables for people, in Markdown: areas against causal edges by difficulty, and against the others over all models; one more for each kind of variant. */
export function tableText(table, methods) {
  const kinds = Object.keys(words).filter((by) => table.some((r) => r.by === by));
  return [
    textOf(table, methods, ['all', 'difficulty']),
    ...kinds.map((by) => `\n${words[by]}:\n\n${textOf(table, methods, [by])}`),
  ].join('');
}

function textOf(table, methods, by) {
  const rowsOf = table.filter((r) => by.includes(r.by));
  if (!rowsOf.length) return '';
  const groups = [...new Set(rowsOf.map((r) => r.group))];
  const at = (group, method) => rowsOf.find((r) => r.group === group && r.method === method);
  const head = [
    ...groups.map((g) => `causal, ${g} (${at(g, methods[0]).models})`),
    'semantic, all',
    'structural, all',
    'faithfulness, all',
  ];
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rows = methods.map((m) => {
    const all = at('all', m);
    return line([
      `\`${m}\``,
      ...groups.map((g) => cell(at(g, m).auc.causal)),
      cell(all.auc.semantic),
      cell(all.auc.structural),
      cell(all.faithfulness),
    ]);
  });
  return `${[line(['method', ...head]), line(['---', ...head.map(() => '--:')]), ...rows].join('\n')}\n`;
}
