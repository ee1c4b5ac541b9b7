// The JSON Schema of an assignment (draft 2020-12). examples/assignments/assignment.schema.json is this object,
// published: `node wasm/cli.mjs assignment schema FILE` writes it, and a test keeps the two in step.
// Only `type`, bounds, `enum`, `const`, `pattern`, `required` and `additionalProperties` are used, so that every
// mistake has one place in the file and one sentence. What a schema cannot say is in assignment.mjs.

const text = (most, description) => ({ type: 'string', maxLength: most, description });
const cost = {
  type: 'number',
  minimum: 0,
  maximum: 1,
  description: 'The share of the task’s points that is lost where this is not met; 1 if left out.',
};
const tokens = {
  type: ['string', 'array'],
  minLength: 1,
  maxLength: 2048,
  minItems: 1,
  maxItems: 2048,
  items: { type: ['string', 'number', 'boolean'], maxLength: 1000 },
};
const input = { ...tokens, description: 'A string, whose characters are the tokens, or an array of tokens.' };
const output = {
  type: 'array',
  minItems: 1,
  maxItems: 2048,
  items: { type: ['string', 'number', 'boolean'], maxLength: 10_000 },
  description:
    'An s-op’s values, one a position; a selector’s rows as strings of 0 and 1, one a query position. Left out: what the reference solution gives.',
};
const weight = {
  type: 'number',
  exclusiveMinimum: 0,
  maximum: 1000,
  description: 'How much this counts beside the task’s other cases; 1 if left out.',
};
const hash = {
  type: 'string',
  pattern: '^[0-9a-f]{64}$',
  description: 'In a students’ file: the salted hash of the expected output.',
};
const call = text(500, 'The expression that is evaluated after the program; the task’s `call` or name if left out.');
const name = { type: 'string', pattern: '^[A-Za-z_][A-Za-z_0-9]*$', maxLength: 100 };

const object = (required, properties, description) => ({
  type: 'object',
  ...(description ? { description } : {}),
  required,
  additionalProperties: false,
  properties,
});
const list = (items, most, description) => ({
  type: 'array',
  maxItems: most,
  items,
  ...(description ? { description } : {}),
});
const most = (description) => ({ type: 'integer', minimum: 0, maximum: 1_000_000_000, description });
const budget = (unit) => ({ ...object(['most'], { most: most(`The largest number of ${unit} allowed.`), cost }) });

const shown = object(
  ['input'],
  {
    input,
    output,
    call,
    weight,
    note: text(500, 'A sentence shown with the case.'),
    steps: {
      type: 'object',
      maxProperties: 50,
      additionalProperties: output,
      propertyNames: name,
      description: 'Values that named s-ops must have on the way; a failing case then names the first that differs.',
    },
  },
  'A case that students see: input, expected output.',
);
const hidden = object(['input'], { input, output, call, weight, hash }, 'A case of which students see the input only.');
const property = object(
  ['max_length'],
  {
    max_length: { type: 'integer', minimum: 1, maximum: 64, description: 'Every input up to this length is tried.' },
    vocabulary: {
      ...tokens,
      description: 'The tokens that those inputs are made of; the task’s vocabulary if left out.',
    },
    call,
    weight,
    hash,
  },
  'The program is compared with the reference solution on every input up to a length.',
);
const counted = {
  s_ops: most('s-ops'),
  selectors: most('selectors'),
  aggregates: most('aggregates'),
  selector_widths: most('selector widths'),
  selects: most('select(…)'),
  elementwise: most('elementwise operations'),
};
const rule = object(
  [],
  {
    ban: list(
      { type: 'string', minLength: 1, maxLength: 100 },
      100,
      'Names and operators that the program’s text must not use.',
    ),
    require: list(
      { type: 'string', minLength: 1, maxLength: 100 },
      100,
      'Names and operators that the program’s text must use.',
    ),
    causal: {
      const: true,
      description: 'No position may need a later one: under the causal mask the values stay the same on every case.',
    },
    compiles: { const: true, description: 'The program must compile to a transformer.' },
    exact: { const: true, description: 'The compiled transformer must be proved equal to the program on every input.' },
    at_most: { ...object([], counted, 'How many of each the asked s-op or selector may need.'), minProperties: 1 },
    message: text(500, 'What a student reads where the rule is broken.'),
    cost,
  },
  'One rule: exactly one of ban, require, causal, compiles, exact, at_most.',
);

const whole = (least, most) => ({ type: 'integer', minimum: least, maximum: most });
const laboratory = object(
  ['program', 'experiment', 'measure'],
  {
    program: text(60_000, 'The program of the experiment, under the task’s vocabulary, length and mask.'),
    experiment: object(
      ['kind'],
      {
        kind: { enum: ['superposition', 'twin', 'methods'] },
        d: whole(1, 4096),
        recipe: { enum: ['orthonormal', 'principal', 'paper'] },
        optimised: { const: true, description: 'Compress the optimised model, not the plain construction.' },
        layers: whole(1, 8),
        heads: whole(1, 8),
        width: whole(4, 256),
        patterns: { const: true, description: 'The twin is held to the compiled attention patterns, too.' },
        of: {
          enum: ['superposition', 'twin'],
          description: 'Methods: on such a model, trained first; the compiled one if left out.',
        },
        steps: whole(1, 100_000),
        seed: whole(0, 10_000_000),
      },
      'The experiment, as the page’s links hold it.',
    ),
    measure: {
      enum: ['held_out', 'inputs', 'auc'],
      description: 'held_out and inputs: shares in percent as the page shows them; auc: to three digits.',
    },
    method: {
      enum: ['edge_patching', 'zero_ablation', 'mean_ablation', 'node_patching', 'eap', 'eap_ig', 'acdc'],
      description: 'Of auc.',
    },
    truth: {
      enum: ['causal', 'semantic', 'structural'],
      description: 'Of auc: the edges it is measured against; causal if left out.',
    },
  },
  'A result of the laboratory is asked for: what hidden cases without an output expect.',
);

const task = object(['id', 'title', 'points', 'asks', 'starter', 'vocabulary', 'max_length', 'cases'], {
  id: {
    type: 'string',
    pattern: '^[a-z0-9][a-z0-9_-]*$',
    maxLength: 60,
    description: 'Names the task in files and links.',
  },
  title: { ...text(200, 'One line.'), minLength: 1 },
  statement: text(50_000, 'Markdown.'),
  points: { type: 'number', exclusiveMinimum: 0, maximum: 10_000 },
  asks: object(
    ['name', 'kind'],
    { name, kind: { enum: ['s-op', 'selector', 'function', 'number'] } },
    'What the program must define; a number for a result of the laboratory.',
  ),
  call: {
    ...call,
    description:
      'The expression that is evaluated after the program; what is asked for if left out. A function needs one.',
  },
  starter: text(60_000, 'The program that students begin with.'),
  locked: list(
    { type: 'array', minItems: 2, maxItems: 2, items: { type: 'integer', minimum: 1, maximum: 10_000 } },
    100,
    'Lines of the starter that students cannot change: [first, last], 1-based.',
  ),
  files: {
    type: 'object',
    maxProperties: 20,
    additionalProperties: { type: 'string', maxLength: 60_000 },
    description: 'What `load "name"` finds: "name.rasp" → program.',
  },
  vocabulary: { ...tokens, description: 'The tokens of the inputs and of the compiled model.' },
  max_length: {
    type: 'integer',
    minimum: 1,
    maximum: 256,
    description: 'The longest input; the compiled model’s length.',
  },
  causal: { type: 'boolean', description: 'Every selector is masked to keys at or before the query.' },
  cases: list(shown, 200, 'At least one, but where a number is asked for.'),
  hidden: list(hidden, 500),
  properties: list(property, 10),
  credit: {
    enum: ['proportional', 'all'],
    description:
      'proportional (the default): points in proportion to the weight of what passes; all: only where everything passes.',
  },
  budgets: {
    ...object(
      [],
      {
        layers: budget('layers'),
        heads: budget('heads'),
        d_model: budget('residual dimensions'),
        parameters: budget('parameters'),
      },
      'The compiled model’s size.',
    ),
  },
  rules: list(rule, 50),
  hints: list(
    object(['text'], {
      text: text(5000, 'Markdown.'),
      after: {
        type: 'integer',
        minimum: 0,
        maximum: 100,
        description: 'Unlocks after this many different programs that failed; its number in the list if left out.',
      },
    }),
    20,
  ),
  steps: list(
    name,
    50,
    'Names of the reference solution whose values the students’ file shows for every visible case.',
  ),
  laboratory,
  reference: text(60_000, 'The reference solution: in the instructor’s file only.'),
});

export const formatName = 'rasp-assignment';
export const formatVersion = 1;

export const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'RASP Playground assignment',
  description:
    'One assignment. The instructor’s file holds the reference solutions and the outputs of hidden cases; the students’ file, made by `assignment publish`, holds salted hashes instead.',
  ...object(['format', 'version', 'id', 'title', 'tasks'], {
    $schema: { type: 'string', maxLength: 500 },
    format: { const: formatName },
    version: { const: formatVersion },
    id: {
      type: 'string',
      pattern: '^[a-z0-9][a-z0-9_-]*$',
      maxLength: 60,
      description: 'Names the assignment in files.',
    },
    title: { ...text(200, 'One line.'), minLength: 1 },
    statement: text(50_000, 'Markdown.'),
    salt: {
      type: 'string',
      pattern: '^[0-9a-f]{32}$',
      description: 'In a students’ file: what the hashes are salted with.',
    },
    tasks: { ...list(task, 50), minItems: 1 },
  }),
};
