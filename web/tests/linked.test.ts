import { describe, expect, it } from 'vitest';
import { causes, changedLines, sentence } from '../src/state/linked';
import { emptyProject } from '../src/state/project';

const project = { ...emptyProject('x = indices;\n'), settings: { maxLength: 5 } };
const link = { project, fingerprint: 'aa', engine: '0.1.0' };
const now = { project, fingerprint: 'bb', engine: '0.1.0' };
const edited = { ...project, files: { 'main.rasp': 'x = indices + 1;\n' } };

describe('what differs from a link', () => {
  it.each([
    ['nothing', link, { ...now, fingerprint: 'aa', project: edited }, []],
    ['a link without a fingerprint', { project }, now, []],
    ['the program', link, { ...now, project: edited }, ['program']],
    [
      'another file',
      link,
      { ...now, project: { ...project, files: { ...project.files, 'lib.rasp': '' } } },
      ['program'],
    ],
    ['a setting', link, { ...now, project: { ...project, settings: { maxLength: 6 } } }, ['settings']],
    [
      'the input, from which a vocabulary is taken',
      link,
      { ...now, project: { ...project, settings: { maxLength: 5, input: 'abc' } } },
      ['settings'],
    ],
    ['the engine', link, { ...now, engine: '0.2.0' }, ['engine']],
    ['program and engine', link, { ...now, project: edited, engine: '0.2.0' }, ['program', 'engine']],
    ['the view only', link, { ...now, project: { ...project, view: 'cost' as const } }, ['unknown']],
    [
      'a loaded file',
      { ...link, project: { ...project, files: { 'main.rasp': 'load "lib";' } } },
      { ...now, project: { ...project, files: { 'main.rasp': 'load "lib";' } } },
      ['loaded'],
    ],
  ])('%s', (_, a, b, wanted) => {
    expect(causes(a, b)).toEqual(wanted);
  });

  it('is said in one sentence', () => {
    expect(sentence(link, { ...now, project: { ...edited, settings: {} }, engine: '0.2.0' })).toBe(
      "This model has other weights than the link's: the program was edited here, and its settings were changed here (maxLength), and version 0.1.0 of the engine compiled it, this page has 0.2.0.",
    );
    expect(sentence({ ...link, unchecked: true }, now)).toMatch(/no checksum/);
    expect(sentence(link, { ...now, fingerprint: 'aa' })).toBe('');
  });
});

describe('changed lines', () => {
  it('stand between one that is the same on each side', () => {
    expect(changedLines('a\nb\nc\nd', 'a\nB\nc\nd').map((l) => l.mark + l.text)).toEqual([' a', '−b', '+B', ' c']);
    expect(changedLines('a', 'a')).toEqual([]);
    expect(changedLines('a\na', 'a').map((l) => l.mark + l.text)).toEqual([' a', '−a']);
    expect(changedLines('', 'x').map((l) => l.mark + l.text)).toEqual(['−', '+x']);
  });
});
