// One candidate of a suite: composed, compiled, proved, tried out, and written as files. Nothing here touches the disk.
import { compose } from './compose.mjs';
import { basisText, compressed } from './compress.mjs';
import { drawing } from './drawing.mjs';
import { randomFrom } from './random.mjs';

export const counts = { train: 200, test: 50, probes: 60, witnesses: 300 };
// never met by a sound compiler: a candidate given up for time would make the suite depend on the machine
const limitMs = 300_000;
const utf8 = new TextEncoder();

class Rejected extends Error {}

const same = (a, b) => JSON.stringify(a.values) === JSON.stringify(b.values) && a.types === b.types;

// Distinct inputs of 1 to max_length tokens, long ones more often; few where there are few.
function drawInputs(program, random, count) {
  const found = new Map();
  for (let tries = 0; found.size < count && tries < 20 * count; ++tries) {
    const length = Math.max(random.between(1, program.max_length), random.between(1, program.max_length));
    const some = random.shuffled(program.vocabulary).slice(0, random.between(1, program.vocabulary.length));
    const input = Array.from({ length }, () => random.pick(some));
    found.set(JSON.stringify(input), input);
  }
  return [...found.values()];
}

async function outputsOf(engine, program, inputs) {
  const answer = await engine.request({ command: 'eval_many', program: program.text, inputs, limit_ms: limitMs });
  if (!answer.ok) throw new Rejected(answer.diagnostics[0].code);
  if (answer.results.some((each) => !each.values || each.values.includes(null))) throw new Rejected('undefined');
  return answer.results.map(({ values, types }) => ({ values, types }));
}

// The same length, one token changed, another output: the clean and the corrupted side of a patching experiment.
async function corrupted(engine, program, random, inputs, outputs) {
  const tries = inputs.map((input) => {
    const places = random.shuffled([...input.keys()]).slice(0, 6);
    return places.map((at) =>
      input.map((token, i) => (i === at ? random.pick(program.vocabulary.filter((other) => other !== token)) : token)),
    );
  });
  const results = await outputsOf(engine, program, tries.flat());
  const pairs = [];
  let at = 0;
  tries.forEach((changed, index) => {
    const found = changed.findIndex((_, i) => !same(results[at + i], outputs[index]));
    if (found >= 0) pairs.push({ clean: index, input: changed[found], output: results[at + found] });
    at += changed.length;
  });
  return pairs;
}

function parts(compiled) {
  return compiled.layers.flatMap((layer, l) => [
    ...layer.heads.map((_, head) => ({ name: `L${l}H${head}`, intervention: { kind: 'zero_head', layer: l, head } })),
    ...(layer.d_mlp ? [{ name: `MLP${l}`, intervention: { kind: 'zero_mlp', layer: l } }] : []),
  ]);
}

// Every head and MLP changes the output on some input when it is taken out; the input that shows it is kept.
async function witnesses(engine, handle, compiled, inputs) {
  const base = [];
  const found = {};
  for (const { name, intervention } of parts(compiled)) {
    for (let i = 0; i < inputs.length && !(name in found); ++i) {
      base[i] ??= (await engine.request({ command: 'trace', handle, input: inputs[i] })).model;
      const without = await engine.request({
        command: 'trace',
        handle,
        input: inputs[i],
        interventions: [intervention],
      });
      if (!same(without.model, base[i])) found[name] = inputs[i];
    }
    if (!(name in found)) throw new Rejected('part-without-effect');
  }
  return found;
}

// How hard a circuit is to find: the more layers it is deep and the more parts it has.
function difficulty(model, mlps) {
  const parts = model.heads + mlps;
  const level = model.layers <= 1 && parts <= 3 ? 'easy' : model.layers <= 3 && parts <= 7 ? 'medium' : 'hard';
  return {
    level,
    layers: model.layers,
    heads: model.heads,
    mlps,
    d_model: model.d_model,
    d_mlp: model.d_mlp,
    parameters: model.parameters,
  };
}

async function bytesOf(engine, request) {
  const answer = await engine.request(request);
  if (!answer.ok) throw new Rejected(answer.diagnostics[0].code);
  return engine.bytes();
}

/**
 * The circuit, in the words of docs/laboratory.md: nodes with the expressions that they compute, and every direct edge
 * with what is true of it. An edge into a head goes by its queries, keys or values. A causal one has the inputs that
 * witness it.
 */
async function truthOf(engine, program, compiled, seed, basis) {
  const found = await engine.request({
    command: 'discover',
    program: program.text,
    name: 'program.rasp',
    methods: [],
    pairs: 1,
    witnesses: counts.witnesses,
    seed,
    basis,
    limit_ms: limitMs,
  });
  if (!found.ok) throw new Rejected(found.diagnostics.find((each) => each.severity === 'error')?.code ?? 'refused');
  const { nodes, readers, edges } = found.circuit;
  const words = (node) => compiled.nodes[node].name || compiled.nodes[node].label;
  const owned = nodes.map(({ owners, ...node }) => ({
    ...node,
    ...(owners ? { owners: [...new Set(owners.map(words))] } : {}),
  }));
  const direct = edges.map(({ from, to, structural, semantic, causal, witness }) => {
    const [, name, input] = /^(.*?)(?: ([QKV]))?$/.exec(readers[to]);
    return {
      from: nodes[from].name,
      to: name,
      ...(input ? { input } : {}),
      structural,
      semantic,
      causal,
      ...(witness ? { witness: { clean: witness.clean.values, corrupted: witness.corrupted.values } } : {}),
    };
  });
  return `{\n  "nodes": ${lines(owned)},\n  "edges": ${lines(direct)}\n}\n`;
}

const dataText = ({ train, test, pairs }, shown) =>
  `{\n  "train": ${lines(train)},\n  "test": ${lines(test)},\n  "corrupted": ${lines(pairs)},\n  "every_part_matters": ${JSON.stringify(shown)}\n}\n`;

async function filesOf(engine, handle, program) {
  const base = { command: 'export', handle, names: 'transformer_lens' };
  return {
    'program.rasp': utf8.encode(program.text),
    'model.safetensors': await bytesOf(engine, { ...base, format: 'safetensors' }),
    'model.json': await bytesOf(engine, { ...base, format: 'meta' }),
    'listing.craft': await bytesOf(engine, { command: 'export', handle, format: 'craft' }),
  };
}

/** The same circuit with its residual stream in fewer dimensions, what is said of it measured on its own weights. */
function variantOf(engine, program, compiled, { data, level, picture, seed, share }) {
  const inputs = [...data.test, ...data.train, ...data.pairs].map(({ input }) => input);
  const D = compiled.model.d_model;
  return compressed(
    engine,
    { program: program.text, d_model: D, share, seed, inputs, limitMs },
    async (handle, basis, { fingerprint, model, lead, step }) => {
      try {
        const shown = await witnesses(engine, handle, compiled, inputs.slice(0, counts.probes));
        const truth = await truthOf(engine, program, compiled, seed, basis);
        return {
          fingerprint,
          compressed: { d_model: D, inputs: inputs.length, lead: Math.round(lead * 1e4) / 1e4, steps: step },
          difficulty: {
            ...level,
            d_model: model.d_model,
            parameters: model.parameters,
            superposition: Math.round((100 * D) / model.d_model) / 100,
          },
          files: {
            ...(await filesOf(engine, handle, program)),
            'basis.json': utf8.encode(basisText(basis)),
            'truth.json': utf8.encode(truth),
            'data.json': utf8.encode(dataText(data, shown)),
            'score.svg': utf8.encode(picture),
          },
        };
      } catch (error) {
        if (error instanceof Rejected) return undefined; // not fit: in this basis some part does nothing
        throw error;
      }
    },
  );
}

const lines = (list) => `[\n${list.map((each) => `    ${JSON.stringify(each)}`).join(',\n')}\n  ]`;

async function build(engine, seed, index, { share, known }) {
  const program = compose(seed, index);
  const random = randomFrom(`suite ${seed} inputs ${index}`);
  const compiled = await engine.request({
    command: 'compile',
    program: program.text,
    name: 'program.rasp',
    keep: true,
    details: true,
    limit_ms: limitMs,
  });
  if (!compiled.ok)
    throw new Rejected(compiled.diagnostics.find((each) => each.severity === 'error')?.code ?? 'refused');
  const handle = compiled.handle;
  try {
    if (compiled.exactness !== 'proved') throw new Rejected('not-proved');
    const mlps = compiled.layers.filter((layer) => layer.d_mlp > 0).length;
    if (compiled.model.heads + mlps === 0) throw new Rejected('no-parts');

    const inputs = drawInputs(program, random, counts.train + counts.test);
    const outputs = await outputsOf(engine, program, inputs);
    const varied = new Map();
    outputs.forEach((each) =>
      varied.set(each.values.length, (varied.get(each.values.length) ?? new Set()).add(JSON.stringify(each.values))),
    );
    if (![...varied.values()].some((set) => set.size > 1)) throw new Rejected('constant');
    const shown = await witnesses(engine, handle, compiled, inputs.slice(0, counts.probes));

    const tests = Math.min(counts.test, Math.ceil(inputs.length / 5));
    const named = compiled.nodes.filter(
      (node) => node.name && !node.selector && program.text.includes(`${node.name} = `),
    );
    const test = [];
    for (let i = 0; i < tests; ++i) {
      const trace = await engine.request({ command: 'trace', handle, input: inputs[i] });
      if (!trace.ok || !trace.agree) throw new Rejected('differs');
      const nodes = Object.fromEntries(
        named.map((node) => [node.name, trace.nodes.find((each) => each.id === node.id)?.value]),
      );
      test.push({ input: inputs[i], output: outputs[i], nodes });
    }
    const train = inputs.slice(tests).map((input, i) => ({ input, output: outputs[tests + i] }));
    const pairs = await corrupted(engine, program, random, inputs.slice(0, tests), outputs);
    // long, and with many answers
    const telling = inputs.map((input, i) => input.length + 2 * new Set(outputs[i].values).size);
    const pictured = inputs[telling.indexOf(Math.max(...telling))];
    const picture = drawing(compiled, await engine.request({ command: 'trace', handle, input: pictured }));

    const truth = await truthOf(engine, program, compiled, index);
    const data = { train, test, pairs },
      level = difficulty(compiled.model, mlps);
    const variant =
      share === undefined || known.has(compiled.fingerprint)
        ? undefined
        : await variantOf(engine, program, compiled, { data, level, picture, seed: index, share });
    known.add(compiled.fingerprint);
    return {
      name: program.name,
      family: program.family,
      mechanisms: program.mechanisms,
      description: program.description,
      output: program.output,
      vocabulary: program.vocabulary,
      max_length: program.max_length,
      causal: program.causal,
      fingerprint: compiled.fingerprint,
      encoding: compiled.codec.encoding,
      metric: compiled.codec.encoding === 'categorical' ? 'logit_difference' : 'number',
      difficulty: level,
      files: {
        ...(await filesOf(engine, handle, program)),
        'truth.json': utf8.encode(truth),
        'data.json': utf8.encode(dataText(data, shown)),
        'score.svg': utf8.encode(picture),
      },
      ...(variant ? { variant } : {}),
    };
  } finally {
    await engine.request({ command: 'release', handle });
  }
}

/**
 * The candidate as {…facts, files}, or {rejected: code}: why it is not in the suite.
 * @param {{share?: number, known: Set<string>}} options share of d_model for a compressed `variant`; fingerprints that
 * have been made with a lower
 *   index: such a candidate will be a duplicate, and gets none
 */
export async function candidate(engine, seed, index, options) {
  try {
    return await build(engine, seed, index, options);
  } catch (error) {
    if (error instanceof Rejected) return { rejected: error.message };
    throw error;
  }
}
