import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BadProject, checkProject } from '../src/state/check';
import { decodeFile, decodeLink, encodeFile, encodeLink, fragmentLimit } from '../src/state/link';
import { type Project, emptyProject } from '../src/state/project';
import * as course from '../../wasm/course/index.mjs';

const golden = path.resolve(import.meta.dirname, '../../tests/web/links');

const full: Project = {
  files: { 'main.rasp': 'load "lib";\nx = f(tokens); # ä 中 😀\n', 'lib.rasp': 'def f(x) { return x; }' },
  active: 'main.rasp',
  settings: {
    input: '["a", 1.0]',
    vocabulary: 'abc',
    maxLength: 9,
    causal: true,
    objective: 'depth',
    off: ['fuse', 'pack'],
  },
  experiments: [
    { kind: 'zero_head', layer: 0, head: 1 },
    { kind: 'set_residual', half_layer: 2, position: 1, dimensions: [3, 4], values: [0, 1.5] },
    { kind: 'zero_mlp', layer: 1 },
    { kind: 'interpreter_pattern', layer: 0, head: 0 },
    { kind: 'interchange', s_op: 'hist', source: 'aab' },
    { kind: 'interchange', s_op: 3, source: ['a', 1, true] },
    { kind: 'set_residual', half_layer: 0, position: 1, dimensions: [2], source: 'ab' },
  ],
  view: 'score',
  half: 2,
  selection: { layer: 0, head: 1, query: 2, key: 3 },
  second: '["a", 2.5]',
};

describe('links', () => {
  it('carry the whole state and the fingerprint', async () => {
    const fragment = await encodeLink({ project: full, fingerprint: '0123456789abcdef' });
    expect(fragment).toMatch(/^2\.[zj]\.[A-Za-z0-9_-]+\.[0-9a-f]{8}$/);
    expect(await decodeLink(`#${fragment}`)).toEqual({ project: full, fingerprint: '0123456789abcdef' });
  });

  it('of every released version open: tests/web/links', async () => {
    const cases = readdirSync(golden).filter((f) => f.endsWith('.json'));
    expect(cases.length).toBeGreaterThan(0);
    for (const name of cases) {
      const { fragment, project, ...seen } = JSON.parse(readFileSync(path.join(golden, name), 'utf8'));
      const unchecked = fragment.startsWith('1.') ? { unchecked: true } : {};
      // Circuit and residual stream became one picture, the score.
      const view = ['circuit', 'residual'].includes(project.view) ? { view: 'score' } : {};
      expect(await decodeLink(fragment), name).toEqual({
        project: { ...emptyProject(), ...project, ...view },
        ...seen,
        ...unchecked,
      });
    }
  });

  const pack = (text: string) => `1.z.${deflateRawSync(Buffer.from(text)).toString('base64url')}`;
  it.each([
    ['', /not a link/],
    ['1', /not a link/],
    ['1.z', /not a link/],
    ['1.z.a.b', /not a link/],
    ['9.z.abc', /version 9/],
    ['2.z.AwA', /missing or was changed/],
    ['1.q.abc', /unknown way/],
    ['1.z.%%%', /characters/],
    ['1.z.AAAA', /missing or was changed/],
    [pack('{"files":').slice(0, -3), /missing or was changed/],
    [pack('not json'), /missing or was changed/],
    [pack('[]'), /not an object/],
    [pack('{}'), /no files/],
    [pack('{"files":{"a.rasp":1},"active":"a.rasp"}'), /not a text/],
    [pack('{"files":{"a.rasp":""},"active":"b"}'), /active file is missing/],
    [pack('{"files":{"a.rasp":""},"active":"toString"}'), /active file is missing/],
    [pack('{"files":{"a.rasp":""},"active":"a.rasp","settings":{"maxLength":-1}}'), /maxLength/],
    [pack('{"files":{"a.rasp":""},"active":"a.rasp","experiments":[{"kind":"erase"}]}'), /unknown experiment/],
    [
      pack('{"files":{"a.rasp":""},"active":"a.rasp","experiments":[{"kind":"interchange","s_op":null,"source":"a"}]}'),
      /"s_op" of an experiment is neither a name nor a number/,
    ],
    [
      pack(
        '{"files":{"a.rasp":""},"active":"a.rasp","experiments":[{"kind":"interchange","s_op":"x","source":{"a":1}}]}',
      ),
      /"source" of an experiment is no input/,
    ],
    [pack('{"files":{"a.rasp":""},"active":"a.rasp","view":"<script>"}'), /view is unknown/],
    [pack('{"files":{"a.rasp":""},"active":"a.rasp","second":["a"]}'), /second input is not a text/],
  ])('refuses %j with a reason', async (fragment, reason) => {
    await expect(decodeLink(fragment)).rejects.toThrow(BadProject);
    await expect(decodeLink(fragment)).rejects.toThrow(reason);
  });

  it('stops a bomb while it unpacks', async () => {
    const bomb = `1.z.${deflateRawSync(Buffer.alloc(20 << 20, 32), { level: 9 }).toString('base64url')}`;
    expect(bomb.length).toBeLessThan(fragmentLimit);
    await expect(decodeLink(bomb)).rejects.toThrow(/unpacks to more than 256 KiB/);
  });

  it('over the limit are refused before anything is unpacked', async () => {
    await expect(decodeLink(`1.z.${'A'.repeat(fragmentLimit)}`)).rejects.toThrow(/longer than 32 KiB/);
  });

  it('that could not be opened again are not made', async () => {
    await expect(encodeLink({ project: emptyProject('x'.repeat(262_145)) })).rejects.toThrow(/at most 256 KiB/);
    const large = emptyProject('x'.repeat(262_000));
    expect(await decodeLink(await encodeLink({ project: large }))).toEqual({ project: large });
  });

  it('cut anywhere are refused, never half opened', async () => {
    const fragment = await encodeLink({ project: full });
    for (let i = 0; i < fragment.length; i += 7)
      await expect(decodeLink(fragment.slice(0, i))).rejects.toThrow(BadProject);
  });
});

// A changed link must never open as something else: it is refused, or it holds the same.
describe('a link with one character changed', () => {
  const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=#~'];
  function* edits(link: string): Generator<string> {
    for (let i = 0; i <= link.length; ++i) {
      for (const c of alphabet) {
        yield link.slice(0, i) + c + link.slice(i);
        if (i < link.length) yield link.slice(0, i) + c + link.slice(i + 1);
      }
      if (i < link.length) yield link.slice(0, i) + link.slice(i + 1);
    }
  }
  const examples = path.resolve(import.meta.dirname, '../../examples');
  const program = (name: string) => emptyProject(readFileSync(path.join(examples, name), 'utf8'));
  it.each(['reverse.rasp', 'sort.rasp', 'histogram.rasp'])('is refused or opens the same: %s', async (name) => {
    const link = await encodeLink({ project: program(name), fingerprint: '0123456789abcdef' }),
      held = await decodeLink(link);
    for (const edit of edits(link)) {
      const opened = await decodeLink(edit).catch((error) => {
        expect(error).toBeInstanceOf(BadProject);
        return null;
      });
      if (opened) expect(opened, edit).toEqual(held);
    }
  });

  it.each(['assignment', 'submission'] as const)(
    'is refused, opens the same or is no link of ours: %s',
    async (kind) => {
      const link = await course.encodeLink(kind, '{"format":"rasp-submission","programs":{"a":"x = indices;"}}'),
        held = await course.decodeLink(link);
      for (const edit of edits(link)) {
        const opened = await course.decodeLink(edit).catch((error: Error) => {
          expect(error.message).not.toBe('');
          return null;
        });
        if (opened) expect(opened, edit).toEqual(held);
      }
    },
  );

  it('of the first version: what is appended is refused', async () => {
    for (const name of readdirSync(golden).filter((f) => f.startsWith('v1'))) {
      const { fragment } = JSON.parse(readFileSync(path.join(golden, name), 'utf8')) as { fragment: string };
      for (const c of alphabet)
        for (const more of [c, `${c}A`, `${c}AA`])
          await expect(decodeLink(fragment + more), fragment + more).rejects.toThrow(BadProject);
    }
    const body = deflateRawSync(Buffer.from('{"format":"rasp-submission"}')).toString('base64url');
    expect(await course.decodeLink(`submission=${body}`)).toEqual({
      kind: 'submission',
      text: '{"format":"rasp-submission"}',
      unchecked: true,
    });
    for (const c of alphabet)
      for (const more of [c, `${c}A`, `${c}AA`])
        await expect(course.decodeLink(`submission=${body}${more}`), more).rejects.toThrow(/damaged/);
  });
});

describe('project files', () => {
  it('carry the same', () => {
    expect(decodeFile(encodeFile({ project: full, fingerprint: 'ab' }))).toEqual({ project: full, fingerprint: 'ab' });
  });
  it.each([
    ['{', /not JSON/],
    ['{"format":"other"}', /not a project/],
    ['{"format":"rasp-playground","version":2}', /newer version/],
  ])('refuse %j', (text, reason) => {
    expect(() => decodeFile(text)).toThrow(reason);
  });
});

describe('checkProject', () => {
  it('drops members that it does not know', () => {
    expect(checkProject({ files: { 'a.rasp': '' }, active: 'a.rasp', evil: 1, settings: { colour: 'red' } })).toEqual({
      ...emptyProject(),
      files: { 'a.rasp': '' },
      active: 'a.rasp',
    });
  });
  it('does not let a file reach the prototype', () => {
    expect(() => checkProject(JSON.parse('{"files":{"__proto__":"x"},"active":"__proto__"}'))).toThrow(BadProject);
  });
});
