// The `#@` lines at the top of a program as one line over the code. They open by a click, and when the cursor is put
// into them.
import { EditorState, StateEffect, StateField, type Text, type Transaction } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, WidgetType } from '@codemirror/view';

const setOpen = StateEffect.define<boolean>();
const setSummary = StateEffect.define<string>();

/** The end of the leading `#@` lines; null where the program does not begin with one. */
function headEnd(doc: Text): number | null {
  let end: number | null = null;
  for (let n = 1; n <= doc.lines; ++n) {
    const line = doc.line(n);
    if (!line.text.startsWith('#@')) break;
    end = line.to;
  }
  return end;
}

class Bar extends WidgetType {
  constructor(
    readonly text: string,
    readonly open: boolean,
  ) {
    super();
  }
  override eq(other: Bar) {
    return other.text === this.text && other.open === this.open;
  }
  toDOM(view: EditorView) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'fold-bar';
    button.setAttribute('aria-expanded', String(this.open));
    button.title = this.open ? 'Fold the #@ lines' : 'Show the #@ lines: title, vocabulary, input, tests';
    button.textContent = `${this.open ? '▾' : '▸'} ${this.text}`;
    button.onclick = () => {
      view.dispatch({ effects: setOpen.of(!this.open) });
    };
    return button;
  }
  override get estimatedHeight() {
    return 26;
  }
  override ignoreEvent() {
    return true;
  }
}

interface Fold {
  open: boolean;
  summary: string;
  decorations: DecorationSet;
}

function draw(doc: Text, open: boolean, summary: string): Fold {
  const end = headEnd(doc);
  if (end === null) return { open, summary, decorations: Decoration.none };
  const widget = new Bar(summary || firstWords(doc), open);
  const shape = open
    ? Decoration.widget({ widget, block: true, side: -1 }).range(0)
    : Decoration.replace({ widget, block: true }).range(0, end);
  return { open, summary, decorations: Decoration.set([shape]) };
}

const firstWords = (doc: Text) => doc.line(1).text.replace(/^#@\s*(title\s)?/, '');

/** Another program altogether, not an edit by whoever types. */
const replaced = (tr: Transaction) =>
  tr.docChanged &&
  !tr.isUserEvent('input') &&
  !tr.isUserEvent('delete') &&
  !tr.isUserEvent('move') &&
  !tr.isUserEvent('undo') &&
  !tr.isUserEvent('redo') &&
  tr.changes.touchesRange(0, tr.startState.doc.length) === 'cover';

/** Is the cursor inside what is folded? Selecting everything passes over it. */
function entered(state: EditorState): boolean {
  const end = headEnd(state.doc),
    { head, anchor } = state.selection.main;
  return end !== null && head > 0 && head < end && anchor <= end;
}

const field = StateField.define<Fold>({
  create: (state) => draw(state.doc, headEnd(state.doc) === null, ''),
  update(value, tr) {
    let { open, summary } = value;
    for (const e of tr.effects) {
      if (e.is(setOpen)) open = e.value;
      if (e.is(setSummary)) summary = e.value;
    }
    if (replaced(tr)) {
      open = headEnd(tr.newDoc) === null;
      summary = '';
      // lines that are being written now stay in sight
    } else if (tr.docChanged && headEnd(tr.newDoc) === null) open = true;
    if (tr.selection && entered(tr.state)) open = true;
    return open === value.open && summary === value.summary && !tr.docChanged ? value : draw(tr.newDoc, open, summary);
  },
  provide: (f) => [
    EditorView.decorations.from(f, (v) => v.decorations),
    EditorView.atomicRanges.of((view) => {
      const v = view.state.field(f);
      return v.open ? Decoration.none : v.decorations;
    }),
  ],
});

/** Chromium reports a selection of everything as one that begins below the folded lines: then they would outlive what is typed over all. */
const everything = EditorState.transactionFilter.of((tr) => {
  const { doc, selection } = tr.startState,
    end = headEnd(doc),
    before = selection.main,
    now = tr.selection?.main;
  if (
    !now ||
    tr.docChanged ||
    end === null ||
    tr.startState.field(field).open ||
    before.from > 0 ||
    before.to < doc.length
  )
    return tr;
  return now.to === doc.length && now.from > 0 && now.from <= end + 1 ? [tr, { selection: before }] : tr;
});

export const folding = [field, everything];

/** What the line says: title, settings and tests of the program. */
export function showSummary(view: EditorView, text: string) {
  if (view.state.field(field).summary !== text) view.dispatch({ effects: setSummary.of(text) });
}
