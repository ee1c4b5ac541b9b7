// discover FILE…: circuit-discovery methods scored against the circuit that the compiler wrote. One program: its
// circuit with every edge's scores. Several: a table over them, a JSON line for each program on standard error as it is
// done. With --compress D or --twin SETTINGS: on that model, when it has been trained. interchange FILE: by s-op,
// whether the model computes by it what the program does.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadEngine } from '../engine.mjs';
import { print, unreadable } from '../output.mjs';
import { TrainUsage, one, plan, tell } from './train.mjs';

const truths = ['causal', 'semantic', 'structural'];
const round = (x) => Math.round(x * 1000) / 1000;
const mean = (list) => round(list.reduce((a, b) => a + b, 0) / list.length);

/** A row for every method: mean and worst area under the ROC curve over the programs for which there is one, and the time of all. */
function summary(results) {
  return results[0].methods.map(({ method }) => {
    const rows = results.map((r) => r.methods.find((m) => m.method === method));
    const auc = Object.fromEntries(
      truths.map((t) => {
        const list = rows.map((r) => r.auc[t]).filter((x) => x !== null);
        return [t, list.length ? { mean: mean(list), worst: round(Math.min(...list)), programs: list.length } : null];
      }),
    );
    return {
      method,
      auc,
      faithfulness: mean(rows.map((r) => r.faithfulness)),
      seconds: round(rows.reduce((s, r) => s + r.seconds, 0)),
    };
  });
}

/** What to ask about: the program as it is compiled, or a run that is trained on it first. */
async function subject(engine, ask, request, options) {
  if (options.compress === undefined && options.twin === undefined) return { about: request };
  const planned = plan(options);
  if (planned.length !== 1) throw new TrainUsage('one d and one seed, or the sizes of one twin');
  const made = await one(engine, ask, { ...request, ...planned[0] }, tell);
  if (made.failure) return made;
  const { experiment, training, best } = made.result;
  const { pairs, seed, methods, witnesses, limit_ms } = request;
  return {
    about: { pairs, seed, methods, witnesses, limit_ms, run: made.run, step: best.step },
    trained: { experiment, training, point: best },
  };
}

/**
 * `discover` or `interchange` of one program.
 * @returns {Promise<number>} the exit status
 */
export async function aboutOne(command, request, serialise, options) {
  const engine = await loadEngine('laboratory');
  const ask = (document) => engine.requestText(serialise(document));
  const { about, trained, failure } = await subject(engine, ask, request, options);
  if (failure) return print(failure);
  const result = await ask({ ...about, command });
  return print(result.ok && trained ? { ...result, trained } : result);
}

/**
 * @param {object} request what all programs have in common
 * @param {(program: string, folder: string) => object} loaded the files that a program loads
 * @returns {Promise<number>} the exit status
 */
export async function discover(files, request, serialise, loaded) {
  const engine = await loadEngine('laboratory');
  const results = [],
    refused = [];
  for (const file of files) {
    let program;
    try {
      program = readFileSync(file === '-' ? 0 : file, 'utf8');
    } catch (error) {
      return print(unreadable(file, error));
    }
    const name = file === '-' ? 'program.rasp' : path.basename(file);
    const result = await engine.requestText(
      serialise({
        ...request,
        command: 'discover',
        program,
        name,
        files: loaded(program, file === '-' ? '.' : path.dirname(file)),
      }),
    );
    if (result.ok) results.push(result);
    else refused.push({ program: name, diagnostics: result.diagnostics });
    const brief = (m) => [m.method, m.auc.causal === null ? null : round(m.auc.causal)];
    process.stderr.write(
      `${JSON.stringify({ program: name, ok: result.ok, ...(result.ok ? { edges: result.circuit.edges.length, causal: result.circuit.edges.filter((e) => e.causal).length, auc: Object.fromEntries(result.methods.map(brief)) } : {}) })}\n`,
    );
  }
  return print({
    ok: results.length > 0,
    programs: results.length,
    methods: results.length ? summary(results) : [],
    refused,
  });
}
