// What the editor draws over the text: values after assignments, colour marks of named s-ops, and the linked
// expressions.
import { RangeSet, type RangeValue, StateEffect, StateField, type Text } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, GutterMarker, WidgetType, gutter } from '@codemirror/view';
import type { SpanTuple } from '../engine/protocol';
import { hue, lit } from '../state/focus';
import type { CodeEdge } from '../state/edge';
import { outcomes } from '../state/expects';
import { analysis, analyzedSource } from '../state/live';

export const offset = (doc: Text, line: number, column: number) => {
  const l = doc.line(Math.min(Math.max(1, line), doc.lines));
  return Math.min(l.from + column - 1, l.to);
};
export const range = (doc: Text, s: SpanTuple): [number, number] => [offset(doc, s[0], s[1]), offset(doc, s[2], s[3])];

// Classes, not inline styles: the browser copies those while it edits, which the page's policy forbids.
const hueClass = (node: number) => {
  const h = hue(node);
  return h === null ? '' : `hue-${h}`;
};

class Inlay extends WidgetType {
  constructor(
    readonly text: string,
    readonly hue: string,
  ) {
    super();
  }
  override eq(other: Inlay) {
    return other.text === this.text && other.hue === this.hue;
  }
  toDOM() {
    // The slot has no width of its own: a value that comes, goes or grows never wraps the code again.
    const slot = document.createElement('span'),
      span = document.createElement('span');
    slot.className = 'inlay-slot';
    span.className = `inlay ${this.hue}`;
    span.textContent = this.text;
    slot.append(span);
    slot.setAttribute('aria-hidden', 'true');
    return slot;
  }
}

class Mark extends GutterMarker {
  constructor(readonly hue: string) {
    super();
  }
  override eq(other: Mark) {
    return other.hue === this.hue;
  }
  override toDOM() {
    const span = document.createElement('span');
    span.className = `name-mark ${this.hue}`;
    return span;
  }
}

interface Drawn {
  inlays: DecorationSet;
  links: DecorationSet;
  marks: RangeSet<GutterMarker>;
}
const setInlays = StateEffect.define<{ inlays: DecorationSet; marks: RangeSet<GutterMarker> }>();
const setLinks = StateEffect.define<DecorationSet>();

const drawn = StateField.define<Drawn>({
  create: () => ({ inlays: Decoration.none, links: Decoration.none, marks: RangeSet.empty }),
  update(value, tr) {
    let next = tr.docChanged
      ? { inlays: value.inlays.map(tr.changes), links: value.links.map(tr.changes), marks: value.marks.map(tr.changes) }
      : value;
    for (const e of tr.effects) {
      if (e.is(setInlays)) next = { ...next, ...e.value };
      if (e.is(setLinks)) next = { ...next, links: e.value };
    }
    return next;
  },
  provide: (f) => [EditorView.decorations.from(f, (v) => v.inlays), EditorView.decorations.from(f, (v) => v.links)],
});

export const decorations = [drawn, gutter({ class: 'cm-names', markers: (view) => view.state.field(drawn).marks })];

/** A list as the score has it: `d c b a` for ["d", "c", "b", "a"], `F T` for [False, True]; anything else as it is. */
function brief(text: string): string {
  const inner = /^\[(.+)\]$/.exec(text)?.[1]?.split(', ');
  if (!inner?.every((x) => /^("[^"\s,\\]+"|-?[\d.e+-]+|True|False)$/.test(x))) return text;
  return inner.map((x) => ({ True: 'T', False: 'F' })[x] ?? x.replaceAll('"', '')).join(' ');
}

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** After an analysis: values and colour marks. Skipped while the text is ahead of the analysis: the mapped ones stay. */
export function drawValues(view: EditorView) {
  const a = analysis.value;
  const { doc } = view.state;
  if (!a || doc.toString() !== analyzedSource.value) return;
  const byLine = new Map<number, { text: string; hue: string }>();
  const marks = new Map<number, string>();
  for (const d of a.definitions) {
    if (!d.display || !d.span) continue;
    const node = d.display.node;
    const h = node === undefined ? '' : hueClass(node);
    if (h && d.name_span) marks.set(d.name_span[0], h);
    if (d.display.kind === 'function' || d.display.kind === 'selector') continue;
    byLine.set(d.span[2], { text: brief(d.display.text), hue: h });
  }
  for (const p of a.printed)
    if (p.span && p.display.kind !== 'selector' && !p.quiet) byLine.set(p.span[2], { text: p.display.text, hue: '' });
  for (const o of outcomes.value ?? [])
    byLine.set(o.line, o.ok ? { text: '✓', hue: 'good outcome' } : { text: `✗ got ${o.got}`, hue: 'bad outcome' });
  const lines = [...byLine].filter(([line]) => line <= doc.lines).sort((x, y) => x[0] - y[0]);
  const inlays = Decoration.set(
    lines.map(([line, x]) =>
      Decoration.widget({ widget: new Inlay(cut(x.text, 60), x.hue), side: 1 }).range(doc.line(line).to),
    ),
  );
  const names = RangeSet.of<GutterMarker>(
    [...marks]
      .filter(([line]) => line <= doc.lines)
      .sort((x, y) => x[0] - y[0])
      .map(([line, c]) => new Mark(c).range(doc.line(line).from)),
  );
  const now = view.state.field(drawn); // an update of the editor costs a layout: none for what stands there already
  if (!sameRanges(now.inlays, inlays) || !sameRanges(now.marks, names))
    view.dispatch({ effects: setInlays.of({ inlays, marks: names }) });
}

/** RangeSet.eq looks at points alone: marks at other places would be the same to it. */
function sameRanges<T extends RangeValue>(a: RangeSet<T>, b: RangeSet<T>): boolean {
  if (a.size !== b.size) return false;
  const x = a.iter(),
    y = b.iter();
  for (; x.value && y.value; x.next(), y.next())
    if (x.from !== y.from || x.to !== y.to || !x.value.eq(y.value)) return false;
  return !x.value && !y.value;
}

function linkedRanges(doc: Text): { from: number; to: number }[] {
  const on = lit.value;
  const a = analysis.value;
  const list: { from: number; to: number }[] = [];
  if (a && on.size && doc.toString() === analyzedSource.value) {
    for (const use of a.uses) {
      if (!use.span || !on.has(use.node)) continue;
      const [from, to] = range(doc, use.span);
      if (to > from) list.push({ from, to });
    }
    for (const d of a.definitions) {
      if (d.display?.node === undefined || !on.has(d.display.node) || !d.name_span) continue;
      const [from, to] = range(doc, d.name_span);
      if (to > from) list.push({ from, to });
    }
  }
  return list;
}

const inSight = (view: EditorView, { from }: { from: number }) => {
  const box = view.scrollDOM.getBoundingClientRect(),
    at = view.coordsAtPos(from);
  return at !== null && at.top >= box.top && at.bottom <= box.bottom;
};

/** The line of the nearest expression of what is in focus, where none is in sight. */
export function outOfSight(view: EditorView): CodeEdge | null {
  const list = linkedRanges(view.state.doc);
  if (!list.length || view.dom.offsetParent === null || list.some((x) => inSight(view, x))) return null;
  const top = view.lineBlockAtHeight(view.scrollDOM.scrollTop).from,
    above = list.filter((x) => x.from < top),
    places = (above.length ? above : list).map((x) => x.from);
  return {
    line: view.state.doc.lineAt(above.length ? Math.max(...places) : Math.min(...places)).number,
    up: above.length > 0,
  };
}

/** Scrolls to the first expression of what was chosen in the picture, unless one of them is in sight. */
export function revealLinks(view: EditorView) {
  const list = linkedRanges(view.state.doc).sort((a, b) => a.from - b.from);
  if (!list.length || view.dom.offsetParent === null) return; // on a narrow screen the program may be hidden
  if (!list.some((x) => inSight(view, x)))
    view.dispatch({ effects: EditorView.scrollIntoView(list[0]!.from, { y: 'nearest', yMargin: 24 }) });
}

/** The expressions of what is in focus. */
export function drawLinks(view: EditorView) {
  const list = linkedRanges(view.state.doc);
  const links = Decoration.set(
    list.map((x) => Decoration.mark({ class: 'linked' }).range(x.from, x.to)),
    true,
  );
  if (!sameRanges(view.state.field(drawn).links, links)) view.dispatch({ effects: setLinks.of(links) });
}

/** The innermost expression around a place in the program, and its node. */
export function nodeAt(doc: Text, place: number): { node: number; from: number; to: number } | null {
  const a = analysis.value;
  if (!a || doc.toString() !== analyzedSource.value) return null;
  let best: { node: number; from: number; to: number } | null = null;
  const consider = (node: number | undefined, span: SpanTuple | null) => {
    if (node === undefined || !span) return;
    const [from, to] = range(doc, span);
    if (place >= from && place <= to && (!best || to - from < best.to - best.from)) best = { node, from, to };
  };
  for (const use of a.uses) consider(use.node, use.span);
  for (const d of a.definitions) consider(d.display?.node, d.name_span);
  return best;
}
