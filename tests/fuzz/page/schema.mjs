/**
 * A second opinion on what the readers let through: a checker for the keywords of JSON Schema that our formats use, and
 * the schema of a project. Both are written apart from the readers, so that a mistake would have to be made twice.
 */
const kinds = {
  object: (v) => typeof v === 'object' && v !== null && !Array.isArray(v),
  array: Array.isArray,
  string: (v) => typeof v === 'string',
  number: (v) => typeof v === 'number' && Number.isFinite(v),
  integer: Number.isInteger,
  boolean: (v) => typeof v === 'boolean',
  null: (v) => v === null,
};
const known = new Set([
  '$schema',
  'title',
  'description',
  'type',
  'required',
  'additionalProperties',
  'properties',
  'propertyNames',
  'items',
  'enum',
  'const',
  'pattern',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'anyOf',
]);
const characters = (s) => [...s].length;

/** Where a value breaks a schema, or ''. */
export function broken(value, schema, at = '') {
  for (const keyword of Object.keys(schema))
    if (!known.has(keyword)) throw new Error(`keyword ${keyword} is not checked here`);
  const says = (what) => `${at || 'the whole'}: ${what}`;
  if (schema.anyOf) {
    const all = schema.anyOf.map((s) => broken(value, s, at));
    if (!all.includes('')) return all.join(' and ');
  }
  if (schema.type && ![schema.type].flat().some((t) => kinds[t](value))) return says(`not ${schema.type}`);
  if (schema.enum && !schema.enum.includes(value)) return says('not in the enum');
  if ('const' in schema && schema.const !== value) return says('not the constant');
  if (typeof value === 'string') {
    if (schema.pattern && !new RegExp(schema.pattern, 'u').test(value)) return says('pattern');
    if (characters(value) < (schema.minLength ?? 0) || characters(value) > (schema.maxLength ?? Infinity))
      return says('length');
  }
  if (
    typeof value === 'number' &&
    (value < (schema.minimum ?? -Infinity) ||
      value > (schema.maximum ?? Infinity) ||
      value <= (schema.exclusiveMinimum ?? -Infinity))
  )
    return says('range');
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity))
      return says('number of items');
    if (schema.items)
      for (const [i, v] of value.entries()) {
        const b = broken(v, schema.items, `${at}[${i}]`);
        if (b) return b;
      }
  } else if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    if (keys.length < (schema.minProperties ?? 0) || keys.length > (schema.maxProperties ?? Infinity))
      return says('number of members');
    for (const key of schema.required ?? []) if (!Object.hasOwn(value, key)) return says(`lacks ${key}`);
    for (const key of keys) {
      if (schema.propertyNames) {
        const b = broken(key, schema.propertyNames, `${at}.name`);
        if (b) return b;
      }
      const inner =
        schema.properties && Object.hasOwn(schema.properties, key)
          ? schema.properties[key]
          : schema.additionalProperties;
      if (inner === false) return says(`unknown member ${JSON.stringify(key)}`);
      if (inner) {
        const b = broken(value[key], inner, `${at}.${key}`);
        if (b) return b;
      }
    }
  }
  return '';
}

const object = (required, properties) => ({ type: 'object', required, additionalProperties: false, properties });
const whole = (maximum, minimum = 0) => ({ type: 'integer', minimum, maximum });
const text = (maxLength) => ({ type: 'string', maxLength });
const numbers = { type: 'array', maxItems: 100_000, items: { type: 'number' } };
const place = whole(10_000_000),
  megabyte = 1 << 20;
const source = {
  anyOf: [
    text(megabyte),
    { type: 'array', maxItems: 100_000, items: { anyOf: [text(megabyte), { type: 'number' }, { type: 'boolean' }] } },
  ],
};

/** A project as the page holds it: what any link, file or slot may become. */
export const projectSchema = object(['files', 'active', 'settings', 'experiments', 'view', 'half', 'selection'], {
  files: {
    type: 'object',
    minProperties: 1,
    maxProperties: 50,
    propertyNames: { type: 'string', minLength: 1, maxLength: 100 },
    additionalProperties: text(megabyte),
  },
  active: text(100),
  settings: object([], {
    input: text(megabyte),
    vocabulary: text(megabyte),
    output: text(megabyte),
    maxLength: whole(1_000_000, 1),
    causal: { type: 'boolean' },
    objective: { const: 'depth' },
    off: {
      type: 'array',
      maxItems: 8,
      items: { enum: ['fuse', 'fold', 'merge_heads', 'drop', 'idioms', 'factor', 'pack', 'reuse'] },
    },
  }),
  experiments: {
    type: 'array',
    maxItems: 200,
    items: {
      anyOf: [
        object(['kind', 'layer', 'head'], {
          kind: { enum: ['zero_head', 'interpreter_pattern'] },
          layer: place,
          head: place,
        }),
        object(['kind', 'layer', 'head', 'values'], {
          kind: { const: 'set_pattern' },
          layer: place,
          head: place,
          values: numbers,
        }),
        object(['kind', 'layer'], { kind: { const: 'zero_mlp' }, layer: place }),
        object(['kind', 'half_layer', 'position', 'dimensions', 'values'], {
          kind: { const: 'set_residual' },
          half_layer: place,
          position: place,
          dimensions: { type: 'array', maxItems: 100_000, items: place },
          values: numbers,
        }),
        object(['kind', 'half_layer', 'position', 'dimensions', 'source'], {
          kind: { const: 'set_residual' },
          half_layer: place,
          position: place,
          dimensions: { type: 'array', maxItems: 100_000, items: place },
          source,
        }),
        object(['kind', 's_op', 'source'], {
          kind: { const: 'interchange' },
          s_op: { anyOf: [place, text(megabyte)] },
          source,
        }),
      ],
    },
  },
  view: { enum: ['score', 'craft', 'generate', 'cost', 'laboratory'] },
  half: { type: ['integer', 'null'], minimum: 0, maximum: 100_000 },
  phase: { enum: [1, 2] },
  generating: object(['steps', 'until', 'shown'], { steps: whole(64, 1), until: text(megabyte), shown: whole(64) }),
  lab: object(['kind'], {
    kind: { enum: ['superposition', 'twin', 'methods'] },
    recipe: { enum: ['orthonormal', 'principal', 'paper'] },
    optimised: { const: true },
    patterns: { const: true },
    run: { const: true },
    of: { enum: ['superposition', 'twin'] },
    lesson: object(['of', 'step'], { of: { enum: ['superposition', 'circuit'] }, step: whole(4) }),
    d: place,
    layers: place,
    heads: place,
    width: place,
    steps: place,
    seed: place,
  }),
  selection: object(
    [],
    Object.fromEntries(
      ['node', 'layer', 'head', 'query', 'key', 'subspace', 'half', 'position'].map((k) => [k, place]),
    ),
  ),
  second: text(megabyte),
  course: text(2 * megabyte),
});
