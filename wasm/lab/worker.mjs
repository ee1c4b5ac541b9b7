// Circuit-discovery methods on one model of a suite at a time.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { loadEngine } from '../engine.mjs';
import { refusal } from '../output.mjs';

const { folder, models, request } = workerData;
const engine = await loadEngine('laboratory');

// The circuit as truth.json writes an edge: readers by name and input.
const edgeName = ({ from, to, input }) => `${from} → ${to}${input ? ` ${input}` : ''}`;
const kindsOf = (edge) => `${edge.structural} ${edge.semantic} ${edge.causal}`;

function agrees(circuit, truth) {
  const recorded = new Map(truth.edges.map((edge) => [edgeName(edge), kindsOf(edge)]));
  return (
    circuit.edges.length === recorded.size &&
    circuit.edges.every(
      (edge) => recorded.get(`${circuit.nodes[edge.from].name} → ${circuit.readers[edge.to]}`) === kindsOf(edge),
    )
  );
}

const factsOf = ({ id, family, difficulty, compressed }) => ({
  id,
  family,
  level: difficulty.level,
  ...(compressed ? { compressed: { of: compressed.of, d_model: compressed.d_model, d: difficulty.d_model } } : {}),
});

async function rowOf(model) {
  const { id, fingerprint } = model,
    facts = factsOf(model);
  const read = (name) => readFileSync(path.join(folder, 'models', id, name), 'utf8');
  const program = read('program.rasp');
  const basis = model.compressed ? JSON.parse(read('basis.json')).W : undefined;
  const found = await engine.request({ ...request, command: 'discover', program, name: 'program.rasp', basis });
  if (!found.ok) return { ...facts, refused: found.diagnostics };
  if (found.fingerprint !== fingerprint) {
    const message = `The program compiles to other weights (${found.fingerprint}) than the suite's (${fingerprint})`;
    return {
      ...facts,
      refused: refusal('suite', 'input', message, 'Use the version that made the suite, or make it again.').diagnostics,
    };
  }
  const { circuit, methods } = found;
  const edges = { all: circuit.edges.length };
  for (const kind of ['causal', 'semantic', 'structural'])
    edges[kind] = circuit.edges.filter((edge) => edge[kind]).length;
  return {
    ...facts,
    edges,
    as_recorded: agrees(circuit, JSON.parse(read('truth.json'))),
    // no times: they differ from run to run
    methods: methods.map(({ method, auc, recall, faithfulness }) => ({ method, auc, recall, faithfulness })),
  };
}

parentPort.on('message', async (index) => {
  try {
    parentPort.postMessage({ index, made: await rowOf(models[index]) });
  } catch (error) {
    const message = String(error?.message ?? error).split('\n')[0];
    parentPort.postMessage({
      index,
      made: { ...factsOf(models[index]), refused: refusal('internal', 'internal', message).diagnostics },
    });
  }
});
parentPort.postMessage({ ready: true });
