// A listing of craft as the page takes it apart.
import { describe, expect, it } from 'vitest';
import type { CompileResult } from '../src/engine/protocol';
import { partsOf } from '../src/lab/listing';

// By the grammar of docs/craft.md: s-ops called like words of the grammar, texts that look like remarks, a dimension
// used twice.
const listing = `craft 1
model d_model 4 max_length 2
vocabulary "a#b" "c"
output categorical "a#b" "c"

# The residual stream.
basis BOS one_hot from embeddings
  0=BOS
basis tokens one_hot of "tokens" from embeddings
  1="tokens:a#b" 2=tokens:c
basis number number of "number" from attention 0  # line 2; margin 1, error 0
  3=number
basis unused one_hot from embeddings
  4=unused:4

token "a#b" -> "tokens:a#b"
token "c" -> tokens:c

layer 0
head d_head 1 of "number" selects "full_s"  # head 0.0
  qk 0: 1 ~ BOS
  ov 0: -1*BOS + 1 -> 2e-05*number
head d_head 1 of "other" selects "x"  # head 0.1
  qk 0: tokens:c ~ tokens:c

mlp lookup of "x"
  neuron "x": relu(2*tokens:c - 1) -> tokens:c

unembed "a#b": 0.5
unembed "c": tokens:c
`;
const compiled = {
  subspaces: [{ node: 0 }, { node: 7 }],
  output: 9,
  layers: [{ heads: [{ nodes: [7] }, { nodes: [8, 5] }], neurons: [{ node: 6 }] }],
} as unknown as CompileResult;
const parts = partsOf(listing, compiled);
const textOf = (p: (typeof parts)[number]) => p.lines.map((l) => l.map((w) => w.text).join('')).join('\n');
const about = (begin: string) => parts.find((p) => textOf(p).startsWith(begin))!;

describe('a listing', () => {
  it('loses no character', () => expect(`${parts.map(textOf).join('\n')}\n`).toBe(listing));

  it('has parts that select what they are for', () => {
    const chosen = (begin: string) => [about(begin).target, about(begin).nodes];
    expect(chosen('basis BOS')).toEqual([null, []]);
    expect(chosen('basis tokens')).toEqual([{ node: 0 }, [0]]);
    expect(chosen('basis number')).toEqual([{ node: 7 }, [7]]);
    expect(chosen('basis unused')).toEqual([null, []]);
    expect(chosen('head d_head 1 of "number"')).toEqual([{ layer: 0, head: 0 }, [7]]);
    expect(chosen('head d_head 1 of "other"')).toEqual([{ layer: 0, head: 1 }, [8, 5]]);
    expect(chosen('mlp')).toEqual([{ node: 6 }, [6]]);
    expect(chosen('unembed')).toEqual([{ node: 9 }, [9]]);
    expect(about('unembed').lines).toHaveLength(2);
  });

  it('knows whose each direction is, and what is a word of the grammar', () => {
    const all = parts.flatMap((p) => p.lines.flat());
    const named = (text: string) => [...new Set(all.filter((w) => w.text === text).map((w) => w.node))];
    expect(named('tokens:c')).toEqual([0]);
    expect(named('"tokens:a#b"')).toEqual([0]);
    expect(
      about('basis number')
        .lines[0]!.map((w) => [w.text, w.kind])
        .filter(([, kind]) => kind)
        .slice(0, 3),
    ).toEqual([
      ['basis', 'key'],
      ['number', 'name'],
      ['number', 'key'],
    ]);
    expect(all.filter((w) => w.kind === 'remark').map((w) => w.text)).toEqual([
      '# The residual stream.',
      '# line 2; margin 1, error 0',
      '# head 0.0',
      '# head 0.1',
    ]);
    expect(all.find((w) => w.text === '2e-05')?.kind).toBe('number');
  });
});
