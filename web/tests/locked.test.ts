// @vitest-environment happy-dom
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { expect, test } from 'vitest';
import { lockedLines, setLockedLines } from '../src/editor/locked';

function editor(text: string, ranges: [number, number][]) {
  const view = new EditorView({ state: EditorState.create({ doc: text, extensions: [lockedLines] }) });
  setLockedLines(view, ranges);
  const type = (from: number, to: number, insert: string, userEvent = 'input.type') => {
    view.dispatch({ changes: { from, to, insert }, userEvent });
    return view.state.doc.toString();
  };
  return { view, type };
}

test('locked lines keep their text and their line', () => {
  const text = 'a;\nb;\nc;\n';
  const { type } = editor(text, [[2, 2]]);
  expect(type(3, 3, 'x')).toBe(text); // at the beginning of the locked line
  expect(type(5, 5, 'x')).toBe(text); // at its end
  expect(type(4, 4, 'x')).toBe(text); // inside
  expect(type(2, 3, '')).toBe(text); // joining it with the line before
  expect(type(5, 6, '')).toBe(text); // and with the line after
  expect(type(0, 9, '')).toBe(text); // everything
  expect(type(2, 2, '!')).toBe('a;!\nb;\nc;\n');
  expect(type(0, 0, 'new\n')).toBe('new\na;!\nb;\nc;\n');
  expect(type(8, 8, 'x')).toBe('new\na;!\nb;\nc;\n'); // the range has moved along
});

test('another program is not an edit', () => {
  const { view } = editor('a;\nb;', [[1, 1]]);
  view.dispatch({ changes: { from: 0, to: 5, insert: 'other' } });
  expect(view.state.doc.toString()).toBe('other');
});

test('ranges that the text does not have are left out', () => {
  const { type } = editor('a;', [
    [2, 3],
    [0, 1],
    [1, 0],
  ]);
  expect(type(0, 2, '')).toBe('');
});
