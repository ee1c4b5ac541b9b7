// The editor in the page's own colours: custom properties reach through the shadow root.
import { HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { hueCircle } from '../state/focus';

const named = (h: number) => `oklch(var(--named-l) var(--named-c) ${h})`;

export const highlight = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--code-comment)', fontStyle: 'italic' },
  { tag: tags.meta, color: 'var(--code-meta)' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: tags.number, color: 'var(--code-number)' },
  { tag: tags.keyword, color: 'var(--code-keyword)', fontWeight: '600' },
  { tag: tags.typeName, color: 'var(--code-form)' },
  { tag: tags.atom, color: 'var(--code-number)' },
]);

export const theme = EditorView.theme({
  ...Object.fromEntries(
    hueCircle.flatMap((h) => [
      [`.inlay.hue-${h}`, { color: named(h) }],
      [`.name-mark.hue-${h}`, { backgroundColor: named(h) }],
    ]),
  ),
  '&': { height: '100%', fontSize: '13.5px', backgroundColor: 'transparent', color: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6', overscrollBehavior: 'contain' },
  '.cm-content': { caretColor: 'var(--text)', paddingBottom: '40px' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--muted)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '28px', paddingRight: '6px' },
  '.cm-gutter-lint': { width: '14px' },
  '.cm-lint-marker': { width: '10px', height: '10px' },
  '.cm-names': { width: '6px' },
  '.cm-names .cm-gutterElement': { display: 'flex', alignItems: 'center' },
  '.name-mark': { display: 'block', width: '4px', height: '70%', borderRadius: '2px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--selection)',
  },
  '.cm-line': { overflowX: 'clip' },
  '.inlay-slot': {
    display: 'inline-block',
    width: '0',
    whiteSpace: 'nowrap',
    overflow: 'visible',
    pointerEvents: 'none',
  },
  '.inlay': { color: 'var(--muted)', fontSize: '12px', paddingLeft: '1.5em' },
  '.inlay.good': { color: 'var(--good)' },
  '.inlay.bad': { color: 'var(--bad)' },
  // What the tests gave before the last key stands until they have run again; where that takes long, it is dimmed.
  '&[data-pending] :is(.outcome, .fold-bar)': { opacity: '.5', transition: 'opacity .1s .25s' },
  '.fold-bar': {
    display: 'block',
    width: '100%',
    height: '26px',
    padding: '0 6px',
    border: 'none',
    borderBottom: '1px solid var(--line)',
    background: 'none',
    color: 'var(--muted)',
    font: '12.5px/1.5 system-ui, sans-serif',
    textAlign: 'left',
    whiteSpace: 'nowrap',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    cursor: 'pointer',
  },
  '.fold-bar:hover': { backgroundColor: 'var(--hover)', color: 'var(--text)' },
  '.fold-bar:focus-visible': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.signature .argument': { color: 'var(--accent)', textDecoration: 'underline', textUnderlineOffset: '3px' },
  '.signature .help-title': { fontWeight: '400' },
  '.linked': { backgroundColor: 'var(--accent-soft)', borderRadius: '2px' },
  '.linked .linked': { backgroundColor: 'transparent' }, // once is enough: words stay readable
  '.cm-matchingBracket': { backgroundColor: 'var(--accent-soft) !important', outline: '1px solid var(--accent)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
    boxShadow: '0 2px 12px #0003',
  },
  '.cm-tooltip.help, .cm-tooltip .help, .cm-tooltip-lint .cm-diagnostic': {
    padding: '6px 10px',
    maxWidth: '420px',
    fontSize: '12.5px',
  },
  '.help-title': { fontFamily: 'var(--mono)', fontWeight: '600' },
  '.help-value, .help-matrix': { fontFamily: 'var(--mono)', whiteSpace: 'pre-wrap' },
  '.help-note': { color: 'var(--muted)' },
  '.help-warning': { color: 'var(--caution)' },
  '.cm-diagnostic': { borderLeftWidth: '3px' },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: '13px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected] .cm-completionDetail': { color: 'var(--on-accent)' },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal' },
  '.cm-completionInfo': { fontSize: '12.5px', maxWidth: '280px' },
  '@media (max-width: 800px)': { '.cm-completionInfo': { display: 'none' } }, // it would lie over the names
});
