// Readers that share nothing with the writers: safetensors, the two namings, and the model's arithmetic in plain loops
// over doubles, from the description in docs/exports.md alone.

/** → { metadata, tensors: name → { shape, data: Float32Array } }; throws on anything that the format forbids. */
export function readSafetensors(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength % 8 !== 0) throw new Error('tensors are not aligned');
  const header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + headerLength)));
  const { __metadata__: metadata, ...entries } = header;
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') throw new Error(`metadata ${key} is not a string`);
  }
  const start = 8 + headerLength;
  const tensors = {};
  let end = 0;
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [from, to],
    },
  ] of Object.entries(entries)) {
    if (dtype !== 'F32') throw new Error(`${name} is ${dtype}`);
    if (from !== end) throw new Error(`${name} leaves a hole`);
    const size = shape.reduce((a, b) => a * b, 1);
    if (to - from !== 4 * size) throw new Error(`${name} has ${to - from} bytes for ${shape}`);
    const data = new Float32Array(size);
    for (let i = 0; i < size; ++i) data[i] = view.getFloat32(start + from + 4 * i, true);
    tensors[name] = { shape, data };
    end = to;
  }
  if (start + end !== bytes.byteLength) throw new Error('bytes are left over');
  return { metadata, tensors };
}

/** A state dict of a JSON document → tensors as readSafetensors gives them. */
export function readStateDict(stateDict) {
  const tensors = {};
  for (const [name, { shape, indices, values }] of Object.entries(stateDict)) {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    if (indices.length !== values.length)
      throw new Error(`${name}: ${indices.length} indices, ${values.length} values`);
    indices.forEach((element, i) => {
      if (element >= data.length) throw new Error(`${name}: element ${element} of ${data.length}`);
      data[element] = values[i];
    });
    tensors[name] = { shape, data };
  }
  return tensors;
}

/** Tracr's parameters → TransformerLens's state dict. */
export function fromTracr(tensors, config) {
  const { d_model: D, n_heads: H, d_head: d } = config;
  const out = {};
  const rename = (from, to, shape) => {
    out[to] = { shape: shape ?? tensors[from].shape, data: tensors[from].data };
  };
  // [D, (H d)] → [H, D, d]
  const split = (from, to) => {
    const data = new Float32Array(H * D * d);
    for (let i = 0; i < D; ++i)
      for (let h = 0; h < H; ++h)
        for (let c = 0; c < d; ++c) data[(h * D + i) * d + c] = tensors[from].data[i * H * d + h * d + c];
    out[to] = { shape: [H, D, d], data };
  };
  rename('token_embed/embeddings', 'embed.W_E');
  rename('pos_embed/embeddings', 'pos_embed.W_pos');
  for (let l = 0; l < config.n_layers; ++l) {
    const theirs = `transformer/layer_${l}`,
      ours = `blocks.${l}`;
    for (const [name, letter] of [
      ['query', 'Q'],
      ['key', 'K'],
      ['value', 'V'],
    ]) {
      split(`${theirs}/attn/${name}/w`, `${ours}.attn.W_${letter}`);
      rename(`${theirs}/attn/${name}/b`, `${ours}.attn.b_${letter}`, [H, d]);
    }
    rename(`${theirs}/attn/linear/w`, `${ours}.attn.W_O`, [H, d, D]);
    rename(`${theirs}/attn/linear/b`, `${ours}.attn.b_O`);
    rename(`${theirs}/mlp/linear_1/w`, `${ours}.mlp.W_in`);
    rename(`${theirs}/mlp/linear_1/b`, `${ours}.mlp.b_in`);
    rename(`${theirs}/mlp/linear_2/w`, `${ours}.mlp.W_out`);
    rename(`${theirs}/mlp/linear_2/b`, `${ours}.mlp.b_out`);
  }
  rename('unembed/w', 'unembed.W_U');
  rename('unembed/b', 'unembed.b_U');
  return out;
}

const pythonWords = (value) => (value === true ? 'True' : value === false ? 'False' : String(value));

/**
 * The name under which a reader of Tracr's models finds the output: the only one whose values in the residual labels
 * are those of the output encoder. Labels are split at their last colon (Python's rpartition).
 */
export function tracrOutputName({ residual_labels, output_encoder }) {
  const wanted = new Set(output_encoder.encoding_map.map(([value]) => pythonWords(value)));
  const byName = new Map();
  for (const label of residual_labels) {
    const at = label.lastIndexOf(':');
    if (at >= 0) byName.set(label.slice(0, at), (byName.get(label.slice(0, at)) ?? new Set()).add(label.slice(at + 1)));
  }
  const names = [...byName]
    .filter(([, values]) => values.size === wanted.size && [...values].every((value) => wanted.has(value)))
    .map(([name]) => name);
  if (names.length !== 1) throw new Error(`the output is not found: ${JSON.stringify(names)}`);
  return names[0];
}

/** The unembedding that such a reader makes, [d_model · values], row-major: a one where a dimension carries the label of a value. */
export function tracrUnembedding(tracr) {
  const {
    residual_labels: labels,
    output_encoder: { encoding_map: map },
  } = tracr;
  const rows = new Map(labels.map((label, row) => [label, row])); // as many rows as there are different labels
  if (rows.size !== labels.length)
    throw new Error(`two dimensions have one label: ${labels.filter((label, row) => rows.get(label) !== row)}`);
  const name = tracrOutputName(tracr),
    out = new Float32Array(labels.length * map.length);
  for (const [value, column] of map) {
    const row = rows.get(`${name}:${pythonWords(value)}`);
    if (row === undefined) throw new Error(`no dimension for ${value}`);
    out[row * map.length + column] = 1;
  }
  return out;
}

/** The shapes that TransformerLens's HookedTransformer expects, in the order of the file. */
export function expectedShapes(c) {
  const shapes = { 'embed.W_E': [c.d_vocab, c.d_model], 'pos_embed.W_pos': [c.n_ctx, c.d_model] };
  for (let l = 0; l < c.n_layers; ++l) {
    for (const letter of ['Q', 'K', 'V']) {
      shapes[`blocks.${l}.attn.W_${letter}`] = [c.n_heads, c.d_model, c.d_head];
      shapes[`blocks.${l}.attn.b_${letter}`] = [c.n_heads, c.d_head];
    }
    shapes[`blocks.${l}.attn.W_O`] = [c.n_heads, c.d_head, c.d_model];
    shapes[`blocks.${l}.attn.b_O`] = [c.d_model];
    shapes[`blocks.${l}.mlp.W_in`] = [c.d_model, c.d_mlp];
    shapes[`blocks.${l}.mlp.b_in`] = [c.d_mlp];
    shapes[`blocks.${l}.mlp.W_out`] = [c.d_mlp, c.d_model];
    shapes[`blocks.${l}.mlp.b_out`] = [c.d_model];
  }
  shapes['unembed.W_U'] = [c.d_model, c.d_vocab_out];
  shapes['unembed.b_U'] = [c.d_vocab_out];
  return shapes;
}

/** The whole forward pass on one input, in doubles, dense: → { resid: one Float64Array per half-layer, patterns, logits }. */
export function forward(c, tensors, tokens) {
  const w = (name) => tensors[name].data;
  const T = tokens.length,
    D = c.d_model,
    d = c.d_head;
  const affine = (x, rows, inner, columns, W, wOffset, b, bOffset) => {
    const y = new Float64Array(rows * columns);
    for (let r = 0; r < rows; ++r)
      for (let j = 0; j < columns; ++j) {
        let sum = b ? b[bOffset + j] : 0;
        for (let i = 0; i < inner; ++i) sum += x[r * inner + i] * W[wOffset + i * columns + j];
        y[r * columns + j] = sum;
      }
    return y;
  };
  let x = new Float64Array(T * D);
  tokens.forEach((id, t) => {
    for (let i = 0; i < D; ++i) x[t * D + i] = w('embed.W_E')[id * D + i] + w('pos_embed.W_pos')[t * D + i];
  });
  const resid = [x.slice()],
    patterns = [];
  for (let l = 0; l < c.n_layers; ++l) {
    const at = `blocks.${l}`;
    const next = x.slice();
    for (let t = 0; t < T; ++t) for (let i = 0; i < D; ++i) next[t * D + i] += w(`${at}.attn.b_O`)[i];
    patterns.push([]);
    for (let h = 0; h < c.n_heads; ++h) {
      const [q, k, v] = ['Q', 'K', 'V'].map((n) =>
        affine(x, T, D, d, w(`${at}.attn.W_${n}`), h * D * d, w(`${at}.attn.b_${n}`), h * d),
      );
      const pattern = new Float64Array(T * T),
        z = new Float64Array(T * d);
      for (let i = 0; i < T; ++i) {
        const visible = c.attention_dir === 'causal' ? i + 1 : T;
        const scores = [];
        for (let j = 0; j < visible; ++j) {
          let dot = 0;
          for (let e = 0; e < d; ++e) dot += q[i * d + e] * k[j * d + e];
          scores.push(dot / Math.sqrt(d));
        }
        const top = Math.max(...scores);
        const exps = scores.map((s) => Math.exp(s - top));
        const sum = exps.reduce((a, b) => a + b, 0);
        exps.forEach((e, j) => {
          pattern[i * T + j] = e / sum;
          for (let n = 0; n < d; ++n) z[i * d + n] += (e / sum) * v[j * d + n];
        });
      }
      patterns[l].push(pattern);
      affine(z, T, d, D, w(`${at}.attn.W_O`), h * d * D).forEach((y, i) => {
        next[i] += y;
      });
    }
    x = next;
    resid.push(x.slice());
    const hidden = affine(x, T, D, c.d_mlp, w(`${at}.mlp.W_in`), 0, w(`${at}.mlp.b_in`), 0).map((y) => Math.max(y, 0));
    const out = affine(hidden, T, c.d_mlp, D, w(`${at}.mlp.W_out`), 0, w(`${at}.mlp.b_out`), 0);
    x = x.map((y, i) => y + out[i]);
    resid.push(x.slice());
  }
  return { resid, patterns, logits: affine(x, T, D, c.d_vocab_out, w('unembed.W_U'), 0, w('unembed.b_U'), 0) };
}

/** FNV-1a over sizes and non-zero elements, as core/model/fingerprint.h describes it. */
export function fingerprint(c, bosId, tensors) {
  // 64-bit arithmetic in four 16-bit limbs: BigInt would take minutes on large models.
  let h = [0x2325, 0x8422, 0x9ce4, 0xcbf2];
  const byte = (b) => {
    const a = h[0] ^ b,
      [, b1, c1, d1] = h;
    // times 2^40 + 2^8 + 0xb3
    const r0 = a * 0x1b3,
      r1 = b1 * 0x1b3,
      r2 = c1 * 0x1b3 + a * 0x100,
      r3 = d1 * 0x1b3 + b1 * 0x100;
    let carry = 0;
    h = [r0, r1, r2, r3].map((r) => {
      const sum = r + carry;
      carry = Math.floor(sum / 65536);
      return sum & 0xffff;
    });
  };
  const scratch = new DataView(new ArrayBuffer(8));
  const bytes = (n) => {
    for (let i = 0; i < n; ++i) byte(scratch.getUint8(i));
  };
  const integer = (x) => {
    scratch.setBigInt64(0, BigInt(x), true);
    bytes(8);
  };
  for (const size of [
    c.n_layers,
    c.d_model,
    c.n_heads,
    c.d_head,
    c.d_mlp,
    c.n_ctx,
    c.d_vocab,
    c.d_vocab_out,
    c.attention_dir === 'causal' ? 1 : 0,
    bosId,
  ])
    integer(size);
  for (const name of Object.keys(expectedShapes(c))) {
    for (const b of new TextEncoder().encode(name)) byte(b);
    tensors[name].data.forEach((value, element) => {
      if (value === 0) return;
      integer(element);
      scratch.setFloat32(0, value, true);
      bytes(4);
    });
  }
  return h
    .reverse()
    .map((limb) => limb.toString(16).padStart(4, '0'))
    .join('');
}
