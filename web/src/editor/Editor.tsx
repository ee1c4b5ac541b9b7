import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionContext } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { HighlightStyle, bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics, type Diagnostic as Mark } from '@codemirror/lint';
import { Compartment, EditorState, StateEffect, StateField, type Text } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, WidgetType, drawSelection, highlightActiveLine, hoverTooltip, keymap, lineNumbers } from '@codemirror/view';
import { effect } from '@preact/signals';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'preact/hooks';
import type { SpanTuple } from '../engine/protocol';
import { analysis, diagnostics, hue, library, selectedNode, source } from '../state';
import { rasp } from './language';

const style = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--code-comment)' }, { tag: tags.meta, color: 'var(--code-meta)' }, { tag: tags.string, color: 'var(--code-string)' },
  { tag: tags.number, color: 'var(--code-number)' }, { tag: tags.keyword, color: 'var(--code-keyword)', fontWeight: '600' }, { tag: tags.typeName, color: 'var(--code-form)' },
  { tag: tags.atom, color: 'var(--code-number)' },
]);
const theme = EditorView.theme({
  '&': { height: '100%', fontSize: '14px', backgroundColor: 'transparent', color: 'var(--text)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--text)' }, '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--muted)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--selection) !important' },
  '.inlay': { color: 'var(--muted)', fontSize: '12px', paddingLeft: '1.5em', fontStyle: 'normal' },
  '.linked': { backgroundColor: 'var(--accent-soft)', borderRadius: '2px' },
  '.cm-tooltip': { backgroundColor: 'var(--surface)', color: 'var(--text)', border: '1px solid var(--line)', borderRadius: '6px' },
  '.cm-tooltip-hover': { padding: '6px 10px', maxWidth: '420px', fontFamily: 'var(--mono)', fontSize: '12px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' },
});

class Inlay extends WidgetType {
  constructor(readonly text: string, readonly colour: string) { super(); }
  override eq(other: Inlay) { return other.text === this.text && other.colour === this.colour; }
  toDOM() {
    const span = document.createElement('span');
    span.className = 'inlay';
    span.textContent = this.text;
    span.style.color = this.colour;
    span.setAttribute('aria-hidden', 'true');
    return span;
  }
}

const setMarks = StateEffect.define<DecorationSet>();
const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(set, tr) {
    let next = set.map(tr.changes);
    for (const e of tr.effects) if (e.is(setMarks)) next = e.value;
    return next;
  },
  provide: (f) => EditorView.decorations.from(f),
});

const offset = (doc: Text, line: number, column: number) => {
  const l = doc.line(Math.min(Math.max(1, line), doc.lines));
  return Math.min(l.from + column - 1, l.to);
};
const range = (doc: Text, s: SpanTuple) => [offset(doc, s[0], s[1]), offset(doc, s[2], s[3])] as const;

/** The innermost expression around a place in the program, and its node. */
function nodeAt(doc: Text, place: number): { node: number; from: number; to: number } | null {
  let best: { node: number; from: number; to: number } | null = null;
  for (const use of analysis.value?.uses ?? []) {
    if (!use.span) continue;
    const [from, to] = range(doc, use.span);
    if (place >= from && place <= to && (!best || to - from < best.to - best.from)) best = { node: use.node, from, to };
  }
  for (const d of analysis.value?.definitions ?? []) {
    if (d.display?.node === undefined || !d.name_span) continue;
    const [from, to] = range(doc, d.name_span);
    if (place >= from && place <= to) best = { node: d.display.node, from, to };
  }
  return best;
}

function decorate(view: EditorView) {
  const { doc } = view.state;
  const list: { from: number; to: number; value: Decoration }[] = [];
  const byLine = new Map<number, { text: string; colour: string }>();
  const a = analysis.value;
  for (const d of a?.definitions ?? []) {
    if (!d.display || d.display.kind === 'function' || d.display.kind === 'selector') continue;
    const h = d.display.node === undefined ? null : hue(d.display.node);
    byLine.set(d.span[2], { text: d.display.text, colour: h === null ? '' : `hsl(${h} var(--hue-s) var(--hue-l))` });
  }
  for (const p of a?.printed ?? []) if (p.span && p.display.kind !== 'selector') byLine.set(p.span[2], { text: p.display.text, colour: '' });
  for (const [line, inlay] of byLine) {
    if (line > doc.lines) continue;
    const at = doc.line(line).to;
    list.push({ from: at, to: at, value: Decoration.widget({ widget: new Inlay(inlay.text.length > 60 ? `${inlay.text.slice(0, 59)}…` : inlay.text, inlay.colour), side: 1 }) });
  }
  if (selectedNode.value !== null) {
    for (const use of a?.uses ?? []) {
      if (use.node !== selectedNode.value || !use.span) continue;
      const [from, to] = range(doc, use.span);
      if (to > from) list.push({ from, to, value: Decoration.mark({ class: 'linked' }) });
    }
  }
  view.dispatch({ effects: setMarks.of(Decoration.set(list.map((x) => x.value.range(x.from, x.to)), true)) });
}

function complete(context: CompletionContext) {
  const word = context.matchBefore(/[A-Za-z_][A-Za-z_0-9]*/);
  if (!word && !context.explicit) return null;
  const own = (analysis.value?.definitions ?? []).map((d) => ({ label: d.name, detail: d.display?.kind ?? '', type: 'variable' }));
  const names = new Set(own.map((o) => o.label));
  return { from: word?.from ?? context.pos, options: [...own, ...library.value.filter((l) => !names.has(l.name)).map((l) => ({ label: l.name, detail: l.signature === l.name ? l.kind : l.signature.slice(l.name.length), info: l.doc, type: l.kind === 'function' || l.kind === 'form' ? 'function' : 'variable' }))] };
}

const hover = hoverTooltip((view, place) => {
  const found = nodeAt(view.state.doc, place);
  const node = found && analysis.value?.nodes[found.node];
  if (!found || !node) return null;
  return {
    pos: found.from, end: found.to, above: true,
    create: () => {
      const dom = document.createElement('div');
      const value = node.selector ? `selector\n${(node.matrix ?? []).map((r) => r.replaceAll('0', '· ').replaceAll('1', '■ ')).join('\n')}` : (node.value ? `[${node.value.values.join(', ')}]` : node.kind);
      dom.textContent = `${node.name || node.label}\n${value}`;
      dom.style.whiteSpace = 'pre-wrap';
      return { dom };
    },
  };
});

export function Editor() {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // In a shadow root CodeMirror adopts its style sheets, which a strict style-src allows.
    const root = host.current!.attachShadow({ mode: 'open' });
    const parent = document.createElement('div');
    parent.style.height = '100%';
    root.append(parent);
    const view = new EditorView({
      parent, root,
      state: EditorState.create({
        doc: source.value,
        extensions: [
          lineNumbers(), history(), drawSelection(), bracketMatching(), closeBrackets(), highlightActiveLine(), lintGutter(), rasp, syntaxHighlighting(style), theme, marks, hover,
          autocompletion({ override: [complete] }), new Compartment().of([]),
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, indentWithTab]),
          EditorView.contentAttributes.of({ 'aria-label': 'RASP program', spellcheck: 'false' }),
          EditorView.updateListener.of((u) => {
            if (u.docChanged) source.value = u.state.doc.toString();
            if (u.selectionSet && u.view.hasFocus) selectedNode.value = nodeAt(u.state.doc, u.state.selection.main.head)?.node ?? null;
          }),
        ],
      }),
    });
    const stop = [
      effect(() => {
        const text = source.value;
        if (text !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      }),
      effect(() => {
        const { doc } = view.state;
        const list: Mark[] = diagnostics.value.filter((d) => !d.file).map((d) => {
          const from = offset(doc, d.line, d.column);
          return { from, to: Math.max(offset(doc, d.end_line, d.end_column), Math.min(from + 1, doc.length)), severity: d.severity, message: d.hint ? `${d.message}\n${d.hint}` : d.message, source: d.code };
        });
        view.dispatch(setDiagnostics(view.state, list));
      }),
      effect(() => {
        analysis.value;
        selectedNode.value;
        queueMicrotask(() => decorate(view));
      }),
    ];
    return () => {
      for (const s of stop) s();
      view.destroy();
    };
  }, []);
  return <div class="editor" ref={host} />;
}
