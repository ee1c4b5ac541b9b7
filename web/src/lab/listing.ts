// A listing of craft (docs/craft.md) as the view Craft shows it: parts that stand for something in program and model,
// lines, and words with their owners.
import type { CompileResult } from '../engine/protocol';
import type { Selection } from '../state/project';

export interface Word {
  text: string;
  kind: '' | 'key' | 'number' | 'remark' | 'name';
  node?: number;
} // node: whose direction or value it names
export interface Part {
  lines: Word[][];
  target: Selection | null;
  nodes: number[];
} // nodes: expressions that it belongs to

// A remark, a text, an arrow, a number, a name, or what stands between.
const word = /(#.*$)|("(?:[^"\\]|\\.)*")|(->|~)|(?<![\w.])(-?\d[\w.+-]*)|([A-Za-z_][\w:.|']*)|([^#"A-Za-z_\d]+|.)/g;
const keys = new Set([
  'craft',
  'model',
  'd_model',
  'max_length',
  'causal',
  'vocabulary',
  'output',
  'categorical',
  'numerical',
  'alternatives',
  'any_kind',
  'python',
  'basis',
  'one_hot',
  'number',
  'of',
  'from',
  'to',
  'token',
  'position',
  'layer',
  'head',
  'd_head',
  'selects',
  'attention_adds',
  'mlp_adds',
  'qk',
  'ov',
  'relu',
  'neuron',
  'unembed',
  'embeddings',
  'end',
  'attention',
  'mlp',
  'lookup',
  'steps',
  'clean',
  'clear',
  'neurons',
]);

const unquoted = (text: string): string => {
  try {
    return text.startsWith('"') ? (JSON.parse(text) as string) : text;
  } catch {
    return text;
  }
};

function words(line: string, owner: Map<string, number>): Word[] {
  return [...line.matchAll(word)].map((m): Word => {
    const text = m[0];
    // Of a basis its name alone: what follows are the grammar's words.
    const named = m[2] || (m[5] && (!line.startsWith('basis ') || m.index === 6));
    const node = named ? owner.get(unquoted(text)) : undefined;
    if (node !== undefined) return { text, kind: 'name', node };
    return { text, kind: m[1] ? 'remark' : m[4] ? 'number' : m[3] || (m[5] && keys.has(text)) ? 'key' : '' };
  });
}

/** Directions by name: the lines of a basis follow it, in the order of the model's subspaces; BOS comes first, what nobody uses last. */
function owners(lines: string[], compiled: CompileResult): Map<string, number> {
  const map = new Map<string, number>();
  let basis = -2; // BOS: -1
  for (const line of lines) {
    if (line.startsWith('basis ')) ++basis;
    const node = compiled.subspaces[basis]?.node;
    if (node === undefined || node < 0) continue;
    if (line.startsWith('basis ')) map.set(unquoted(/^basis ("(?:[^"\\]|\\.)*"|\S+)/.exec(line)?.[1] ?? ''), node);
    else if (line.startsWith('  '))
      for (const [, name] of line.matchAll(/\s\d+=("(?:[^"\\]|\\.)*"|\S+)/g)) map.set(unquoted(name!), node);
    else break;
  }
  return map;
}

/** The listing that the engine writes for this model, part by part: a basis, a head, a block of neurons, the unembedding; else a line or several. */
export function partsOf(listing: string, compiled: CompileResult): Part[] {
  const lines = listing.replace(/\n$/, '').split('\n');
  const owner = owners(lines, compiled);
  const parts: Part[] = [];
  let basis = -2,
    layer = -1,
    head = -1,
    group = -1,
    last = '';
  for (const line of lines) {
    const first = /^[a-z_]+/.exec(line)?.[0] ?? '';
    if (
      !(line.startsWith('  ') || (first === last && ['token', 'position', 'unembed'].includes(first))) ||
      !parts.length
    ) {
      let target: Selection | null = null,
        nodes: number[] = [];
      if (first === 'basis') {
        const s = compiled.subspaces[++basis];
        if (s && s.node >= 0) nodes = [s.node];
      } else if (first === 'layer') {
        ++layer, (head = group = -1);
      } else if (first === 'head') {
        const h = compiled.layers[layer]?.heads[++head];
        if (h) (target = { layer, head }), (nodes = [...new Set(h.nodes)]);
      } else if (first === 'mlp') {
        const g = compiled.layers[layer]?.neurons[++group];
        if (g && g.node >= 0) nodes = [g.node];
      } else if (first === 'unembed') {
        nodes = [compiled.output];
      }
      parts.push({ lines: [], target: target ?? (nodes.length ? { node: nodes[0]! } : null), nodes });
    }
    parts.at(-1)!.lines.push(words(line, owner));
    last = first;
  }
  return parts;
}
