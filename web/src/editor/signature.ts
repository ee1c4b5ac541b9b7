// Signature help: inside the brackets of a call, what the function wants, with the argument that is being written set
// off.
import { closeCompletion } from '@codemirror/autocomplete';
import { type EditorState, Prec, StateEffect, StateField } from '@codemirror/state';
import { type EditorView, type Tooltip, keymap, showTooltip } from '@codemirror/view';
import { analysis, library } from '../state/live';

const mostBack = 600; // characters: a call that began earlier is not what one is writing

/** The innermost call around a place: its name, where its bracket is, and which argument the place is in. */
export function callAt(text: string): { name: string; at: number; argument: number } | null {
  const stack: { name: string; at: number; argument: number }[] = [];
  let quoted = false,
    comment = false;
  for (let i = 0; i < text.length; ++i) {
    const c = text[i]!;
    if (comment) {
      comment = c !== '\n';
      continue;
    }
    if (quoted) {
      quoted = c !== '"' && c !== '\n';
      continue;
    }
    if (c === '"') quoted = true;
    else if (c === '#') comment = true;
    else if ('([{'.includes(c))
      stack.push({ name: c === '(' ? (text.slice(0, i).match(/[A-Za-z_]\w*$/)?.[0] ?? '') : '', at: i, argument: 0 });
    else if (')]}'.includes(c)) stack.pop();
    else if (c === ';') stack.length = 0;
    else if (c === ',' && stack.length) ++stack[stack.length - 1]!.argument;
  }
  if (quoted || comment) return null;
  const call = stack.at(-1);
  return call?.name ? call : null;
}

function known(name: string): { signature: string; doc: string } | null {
  const own = analysis.peek()?.symbols.find((s) => s.name === name && s.signature);
  if (own) return { signature: own.signature!, doc: own.doc ?? '' };
  const entry = library.peek().find((l) => l.name === name && l.signature.startsWith(`${name}(`));
  return entry ? { signature: entry.signature, doc: entry.doc } : null;
}

/** "f(a, b)" in parts; the one that is being written is set off. A last one with "…" takes all that follow. */
function signatureLine(signature: string, argument: number): HTMLElement {
  const line = document.createElement('div');
  line.className = 'help-title';
  const open = signature.indexOf('('),
    close = signature.lastIndexOf(')');
  const parts = signature
    .slice(open + 1, close)
    .split(',')
    .map((p) => p.trim());
  const chosen = argument < parts.length ? argument : parts.at(-1)?.includes('…') ? parts.length - 1 : -1;
  line.append(signature.slice(0, open + 1));
  parts.forEach((part, i) => {
    const word = document.createElement(i === chosen ? 'b' : 'span');
    if (i === chosen) word.className = 'argument';
    word.textContent = part;
    line.append(...(i ? [', '] : []), word);
  });
  line.append(signature.slice(close));
  return line;
}

function tooltip(state: EditorState): Tooltip | null {
  const { main } = state.selection;
  if (!main.empty || state.readOnly) return null;
  const start = Math.max(0, main.head - mostBack);
  const call = callAt(state.sliceDoc(start, main.head));
  const found = call && known(call.name);
  if (!call || !found) return null;
  return {
    pos: start + call.at,
    above: true,
    strictSide: false,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'help signature';
      dom.append(signatureLine(found.signature, call.argument));
      if (found.doc)
        dom.append(Object.assign(document.createElement('div'), { className: 'help-note', textContent: found.doc }));
      return { dom };
    },
  };
}

const hide = StateEffect.define<null>();

/** Shown while one writes a call; Escape and a click elsewhere take it away until the next key. */
const field = StateField.define<Tooltip | null>({
  create: () => null,
  update(value, tr) {
    if (tr.effects.some((e) => e.is(hide))) return null;
    if (tr.docChanged) return tr.isUserEvent('input') || tr.isUserEvent('delete') ? tooltip(tr.state) : null;
    if (tr.selection) return value && tooltip(tr.state);
    return value;
  },
  provide: (f) => showTooltip.from(f),
});

/** A program in Python has none. */
export const hideSignature = (view: EditorView) => {
  if (view.state.field(field, false)) view.dispatch({ effects: hide.of(null) });
};

/** One Escape takes away this and a list of completions that stands below it or is on its way. */
const escape = (view: EditorView): boolean => {
  if (!view.state.field(field)) return false;
  hideSignature(view);
  closeCompletion(view);
  return true;
};

export const signatureHelp = [field, Prec.highest(keymap.of([{ key: 'Escape', run: escape }]))];
