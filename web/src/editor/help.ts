// Completion, hover, go to definition, rename and formatting, from what the engine knows of the program.
import type { Completion, CompletionContext } from '@codemirror/autocomplete';
import { type EditorView, hoverTooltip } from '@codemirror/view';
import { nodeLabel } from '../state/focus';
import { keywords, reservedNames, type SpanTuple, type SymbolDoc } from '../engine/protocol';
import { analysis, analyzedSource, askInterpreter, library, picture } from '../state/live';
import { showAll } from '../values';
import { nodeAt, range } from './decorate';

const wordAt = (view: EditorView, at: number) => {
  const word = view.state.wordAt(at);
  return word && { ...word, from: word.from, to: word.to, text: view.state.sliceDoc(word.from, word.to) };
};

/** What follows the name in a signature: "(a, b)"; all of it where it does not begin with the name ("a and b"). */
const afterName = (name: string, signature: string) =>
  signature.startsWith(`${name}(`) ? signature.slice(name.length) : signature;

export function complete(context: CompletionContext) {
  const word = context.matchBefore(/[A-Za-z_][A-Za-z_0-9]*/);
  if (!word && !context.explicit) return null;
  const { doc } = context.state;
  const before = context.state.sliceDoc(doc.lineAt(context.pos).from, context.pos);
  if (before.includes('#') || (before.match(/"/g)?.length ?? 0) % 2) return null;
  const own = new Map<string, Completion>();
  const inScope = (analysis.value?.symbols ?? []).filter(
    (s) => !s.scope || (range(doc, s.scope)[0] <= context.pos && context.pos <= range(doc, s.scope)[1]),
  );
  for (const s of inScope) {
    const value = analysis.value?.definitions.findLast((d) => d.name === s.name)?.display;
    own.set(s.name, {
      label: s.name,
      detail: (s.signature && afterName(s.name, s.signature)) ?? (s.scope ? s.kind : (value?.kind ?? s.kind)),
      info: s.doc ?? (value && value.kind !== 'function' ? value.text : ''),
      type: s.kind === 'function' ? 'function' : 'variable',
      boost: s.scope ? 2 : 1,
    });
  }
  const lib = library.value
    .filter((l) => !own.has(l.name))
    .map((l) => ({
      label: l.name,
      detail: l.signature === l.name ? l.kind : afterName(l.name, l.signature),
      info: l.doc,
      type: l.kind === 'function' || l.kind === 'form' ? 'function' : l.kind === 'constant' ? 'constant' : 'variable',
    }));
  return { from: word?.from ?? context.pos, options: [...own.values(), ...lib], validFor: /^[A-Za-z_0-9]*$/ };
}

function line(className: string, text: string): HTMLElement {
  const div = document.createElement('div');
  div.className = className;
  div.textContent = text;
  return div;
}

export const hoverHelp = hoverTooltip(
  (view, at) => {
    const word = wordAt(view, at);
    const entry = word && library.value.find((l) => l.name === word.text);
    const found = nodeAt(view.state.doc, at);
    const node = found ? analysis.value?.nodes[found.node] : undefined;
    const named = symbolAt(view, at)?.symbol;
    const definition = word && analysis.value?.definitions.findLast((d) => d.name === word.text);
    if (!entry && !node && !definition && !named) return null;
    const from = found?.from ?? word?.from ?? at,
      to = found?.to ?? word?.to ?? at;
    return {
      pos: from,
      end: to,
      above: true,
      create: () => {
        const dom = document.createElement('div');
        dom.className = 'help';
        if (named?.signature) dom.append(line('help-title', `${named.signature} · function`));
        if (named?.doc) dom.append(line('help-note', named.doc));
        if (node && found) {
          dom.append(
            line(
              'help-title',
              `${nodeLabel(found.node)} · ${node.selector ? 'selector' : `s-op${node.value ? ` of ${typeName(node.value.types)}` : ''}`}`,
            ),
          );
          if (node.matrix)
            dom.append(
              line(
                'help-matrix',
                node.matrix
                  .slice(0, 16)
                  .map((r) => r.slice(0, 32).replaceAll('0', '· ').replaceAll('1', '■ '))
                  .join('\n'),
              ),
            );
          else if (node.value) dom.append(line('help-value', `[${showAll(node.value).slice(0, 24).join(', ')}]`));
          if (node.undefined) dom.append(line('help-warning', node.undefined));
          const set = picture.value?.compiled.value_sets[String(found.node)];
          if (set && !node.selector)
            dom.append(
              line('help-note', `can be ${showAll(set).slice(0, 16).join(', ')}${set.values.length > 16 ? ', …' : ''}`),
            );
        } else if (definition?.display && !named?.signature) {
          dom.append(
            line(
              'help-title',
              `${definition.display.kind === 'function' ? definition.display.text : definition.name} · ${definition.display.kind}`,
            ),
          );
          if (definition.display.kind !== 'function') dom.append(line('help-value', definition.display.text));
        }
        if (entry && !named) {
          dom.append(line('help-title', entry.signature));
          dom.append(line('help-note', entry.doc));
        }
        return { dom };
      },
    };
  },
  { hoverTime: 250 },
);

function typeName(types: string): string {
  const kinds = new Set([...types].filter((t) => t !== '-'));
  if (kinds.size === 1) return { i: 'ints', f: 'floats', b: 'bools', s: 'strings' }[[...kinds][0]!] ?? 'values';
  return [...kinds].every((k) => k !== 's') ? 'numbers' : 'mixed values';
}

/** The symbol whose name stands at a place, and the definition that this use reads. */
export function symbolAt(
  view: EditorView,
  at: number,
): { symbol: SymbolDoc; definition: [number, number] | null } | null {
  const a = analysis.value;
  const { doc } = view.state;
  if (!a || doc.toString() !== analyzedSource.value) return null;
  const holds = (span: SpanTuple) => {
    const [from, to] = range(doc, span);
    return from <= at && at <= to;
  };
  for (const symbol of a.symbols) {
    if (symbol.kind === 'loaded' && !symbol.references.some(holds)) continue;
    const definition = symbol.kind === 'loaded' ? undefined : symbol.definitions.find(holds);
    if (definition) return { symbol, definition: range(doc, definition) };
    if (!symbol.references.some(holds)) continue;
    const read = a.references.find((r) => holds(r.span))?.definition_span;
    return { symbol, definition: read && symbol.kind !== 'loaded' ? range(doc, read) : null };
  }
  return null;
}

export function goToDefinition(view: EditorView): boolean {
  const found = symbolAt(view, view.state.selection.main.head);
  if (!found?.definition) return false;
  view.dispatch({ selection: { anchor: found.definition[0], head: found.definition[1] }, scrollIntoView: true });
  return true;
}

const reserved = new Set<string>([...keywords, ...reservedNames]);

/** Null, or why the name under the cursor cannot become this one. */
export function badName(view: EditorView, to: string): string | null {
  const found = symbolAt(view, view.state.selection.main.head);
  if (!found || found.symbol.kind === 'loaded') return 'Put the cursor on a name that this file defines.';
  if (to === found.symbol.name) return null;
  if (!/^[A-Za-z_][A-Za-z_0-9]*$/.test(to) || reserved.has(to)) return `"${to}" cannot be a name.`;
  if (analysis.value?.symbols.some((s) => s.name === to) || library.value.some((l) => l.name === to))
    return `"${to}" is already in use.`;
  return null;
}

export function rename(view: EditorView, to: string) {
  const found = symbolAt(view, view.state.selection.main.head);
  if (!found || badName(view, to) !== null || to === found.symbol.name) return;
  const spots = new Map(
    [...found.symbol.definitions, ...found.symbol.references].map((s) => [
      range(view.state.doc, s)[0],
      range(view.state.doc, s),
    ]),
  );
  view.dispatch({
    changes: [...spots.values()].sort((a, b) => a[0] - b[0]).map(([from, end]) => ({ from, to: end, insert: to })),
  });
}

/** Formats the document; a program with syntax errors is left as it is. */
export async function format(view: EditorView): Promise<boolean> {
  const text = view.state.doc.toString();
  const result = await askInterpreter({ command: 'format', program: text });
  if (!result.ok || typeof result.text !== 'string' || view.state.doc.toString() !== text) return false;
  if (result.text !== text) {
    const head = Math.min(view.state.selection.main.head, result.text.length);
    view.dispatch({ changes: { from: 0, to: text.length, insert: result.text }, selection: { anchor: head } });
  }
  return true;
}
