/** Locked regions in the editor: CodeMirror drops changes that touch them. */
import { EditorState, type Extension, RangeSet, StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView } from '@codemirror/view';

const set = StateEffect.define<[number, number][]>();
const line = Decoration.line({ class: 'course-locked' });

/** The ranges move with the text; a change inside one, or one that joins its lines with others, is refused. */
const field = StateField.define<{ from: number; to: number }[]>({
  create: () => [],
  update(ranges, tr) {
    let next = ranges;
    if (tr.docChanged)
      next = next.map((r) => ({ from: tr.changes.mapPos(r.from, 1), to: tr.changes.mapPos(r.to, -1) }));
    for (const e of tr.effects) {
      if (e.is(set)) {
        next = e.value
          .filter(([first, last]) => first >= 1 && last >= first && last <= tr.newDoc.lines)
          .map(([first, last]) => ({ from: tr.newDoc.line(first).from, to: tr.newDoc.line(last).to }));
      }
    }
    return next;
  },
});

export const lockedLines: Extension = [
  field,
  EditorState.changeFilter.of((tr) => {
    // A whole new document (another task, a file) is not an edit of this one.
    if (
      !tr.isUserEvent('input') &&
      !tr.isUserEvent('delete') &&
      !tr.isUserEvent('move') &&
      !tr.isUserEvent('undo') &&
      !tr.isUserEvent('redo')
    )
      return true;
    // The locked text is the same after the change, and still begins and ends its lines.
    return tr.startState.field(field).every((r) => {
      const from = tr.changes.mapPos(r.from, 1),
        to = tr.changes.mapPos(r.to, -1),
        doc = tr.newDoc;
      return (
        to >= from &&
        doc.lineAt(from).from === from &&
        doc.lineAt(to).to === to &&
        doc.sliceString(from, to) === tr.startState.doc.sliceString(r.from, r.to)
      );
    });
  }),
  EditorView.decorations.compute([field], (state) =>
    RangeSet.of(
      state.field(field).flatMap((r) => {
        const out = [];
        for (let n = state.doc.lineAt(r.from).number; n <= state.doc.lineAt(Math.max(r.from, r.to)).number; ++n)
          out.push(line.range(state.doc.line(n).from));
        return out;
      }),
      true,
    ),
  ),
];

export const setLockedLines = (view: EditorView, ranges: [number, number][]) =>
  view.dispatch({ effects: set.of(ranges) });
