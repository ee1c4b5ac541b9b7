// CodeMirror 6 in a shadow root: there it adopts its style sheets, which a strict style-src allows.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic as Mark, lintGutter, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Diagnostic } from '../engine/protocol';
import { answerWith } from '../state/edge';
import { clearSelection, hover, lit } from '../state/focus';
import { outcomes, pending } from '../state/expects';
import { analysis, analyzedSource } from '../state/live';
import { problems, typed, typingEnded } from '../state/problems';
import { type Selection, active, selection, setSource, source } from '../state/project';
import { lockedLines, setLockedLines } from './locked';
import { question } from '../state/question';
import { lockedRanges } from '../state/session';
import { fixing, goTo } from '../state/goto';
import { folding, showSummary } from './fold';
import { hideSignature, signatureHelp } from './signature';
import { summary } from './summary';
import { decorations, drawLinks, drawValues, nodeAt, offset, outOfSight, revealLinks } from './decorate';
import { badName, complete, format, goToDefinition, hoverHelp, rename } from './help';
import { rasp } from './language';
import { highlight, theme } from './theme';

function askRename(view: EditorView): boolean {
  const word = view.state.wordAt(view.state.selection.main.head);
  if (!word || view.state.readOnly) return true;
  const name = view.state.sliceDoc(word.from, word.to);
  question.value = {
    title: `Rename ${name}`,
    action: 'Rename',
    field: { label: 'new name', value: name, check: (to) => badName(view, to) },
    accept: (to) => {
      rename(view, to);
      view.focus();
    },
  };
  return true;
}

/** What stands in the picture for the expression that was chosen. */
const showInPicture = () =>
  document.querySelector('.centre :is(.box, .band, tr).on')?.scrollIntoView({ block: 'nearest' });

/** One step of the history. Its places are those of the analysed text: once that is changed, there is nothing to apply. */
function applyFix(view: EditorView, fix: NonNullable<Diagnostic['fix']>) {
  const { doc } = view.state;
  if (view.state.readOnly || doc.toString() !== analyzedSource.peek()) return;
  view.dispatch({
    changes: fix.edits.map(({ span: [line, column, endLine, endColumn], text }) => ({
      from: offset(doc, line, column),
      to: offset(doc, endLine, endColumn),
      insert: text,
    })),
    userEvent: 'input.fix',
    scrollIntoView: true,
  });
}

export interface EditorOptions {
  readOnly: boolean;
}

export default function Editor({ readOnly }: EditorOptions) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: 'open' });
    root.replaceChildren();
    const parent = document.createElement('div');
    parent.style.height = '100%';
    root.append(parent);
    const states = new Map<string, EditorState>(); // each file keeps its undo history and cursor
    const extensions = [
      lineNumbers(),
      EditorView.lineWrapping,
      history(),
      drawSelection(),
      bracketMatching(),
      closeBrackets(),
      highlightActiveLine(),
      lintGutter(),
      indentUnit.of('    '),
      syntaxHighlighting(highlight),
      theme,
      decorations,
      folding,
      hoverHelp,
      EditorState.readOnly.of(readOnly),
      lockedLines,
      keymap.of([
        { key: 'F12', run: goToDefinition },
        { key: 'F2', run: askRename },
        {
          key: 'Shift-Alt-f',
          run: (v) => {
            if (!active.peek().endsWith('.py')) void format(v);
            return true;
          },
        },
        ...closeBracketsKeymap,
        ...defaultKeymap,
        ...historyKeymap,
        ...completionKeymap,
        indentWithTab,
      ]),
      EditorView.contentAttributes.of({ 'aria-label': 'RASP program', spellcheck: 'false', autocapitalize: 'off' }),
      EditorView.domEventHandlers({
        mousemove(event, v) {
          const at = v.posAtCoords({ x: event.clientX, y: event.clientY });
          const found = at === null ? null : nodeAt(v.state.doc, at);
          if (found?.node !== hover.peek()?.node) hover.value = found && { node: found.node };
        },
        mouseleave() {
          hover.value = null;
        },
        blur(_, v) {
          typingEnded();
          hideSignature(v);
        },
        // Typing over a selection: the browser would copy the selection's look into a style attribute, which the page's
        // policy forbids.
        beforeinput(event, v) {
          const { from, to, empty } = v.state.selection.main;
          if (
            event.inputType !== 'insertText' ||
            !event.data ||
            empty ||
            v.composing ||
            v.state.readOnly ||
            v.state.selection.ranges.length > 1
          )
            return false;
          const text = event.data;
          const insert = () =>
            v.state.update(v.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true });
          if (!v.state.facet(EditorView.inputHandler).some((handle) => handle(v, from, to, text, insert)))
            v.dispatch(insert());
          event.preventDefault();
          return true;
        },
        keydown(event) {
          if (event.key === 'Escape') clearSelection();
        },
      }),
      EditorView.updateListener.of((u) => {
        if (u.docChanged && u.transactions.some((t) => t.isUserEvent('input') || t.isUserEvent('delete'))) typed();
        if (u.docChanged) setSource(u.state.doc.toString());
        if (u.selectionSet && !u.docChanged && u.transactions.some((t) => t.isUserEvent('select'))) {
          const found = nodeAt(u.state.doc, u.state.selection.main.head);
          chosenHere = found ? { node: found.node } : {};
          selection.value = chosenHere;
          if (found) requestAnimationFrame(showInPicture);
        }
      }),
    ];
    // Python's parser comes with the first Python file.
    const ofFile = new Compartment(),
      forRasp: Extension = [rasp, signatureHelp, autocompletion({ override: [complete] })];
    const create = (doc: string, file: string) =>
      EditorState.create({ doc, extensions: [extensions, ofFile.of(file.endsWith('.py') ? [] : forRasp)] });
    const settle = (file: string) => {
      if (!file.endsWith('.py')) return;
      void import('./python').then(
        ({ python }) => {
          if (shown === file) view.dispatch({ effects: ofFile.reconfigure(python) });
        },
        () => {},
      );
    };
    let shown = active.peek();
    let chosenHere: Selection = selection.peek();
    const view = new EditorView({ parent, root, state: create(source.peek(), shown) });
    settle(shown);
    const later = (f: () => void) => queueMicrotask(f);
    answerWith(() => outOfSight(view));
    let marked = false;
    const stops = [
      effect(() => {
        const file = active.value,
          text = source.value;
        if (file !== shown) {
          states.set(shown, view.state);
          shown = file;
          view.setState(states.get(file) ?? create(text, file));
          marked = true; // as it was left
          settle(file);
        }
        if (text !== view.state.doc.toString())
          view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      }),
      effect(() => {
        const { doc } = view.state;
        const list: Mark[] = problems.value
          .filter((d) => !d.file)
          .map((d) => {
            const from = offset(doc, d.line, d.column);
            const to = Math.max(offset(doc, d.end_line, d.end_column), Math.min(from + 1, doc.length));
            return {
              from: Math.min(from, to),
              to,
              severity: d.severity,
              message: d.hint ? `${d.message}. ${d.hint}` : d.message,
              source: d.code,
              ...(d.fix
                ? { actions: [{ name: d.fix.title, apply: (v: EditorView) => d.fix && applyFix(v, d.fix) }] }
                : {}),
            };
          });
        later(() => {
          // Marks in the gutter outlive the text that they stood at, so that an editor without diagnostics may have some.
          if (list.length || marked) view.dispatch(setDiagnostics(view.state, list));
          marked = list.length > 0;
        });
      }),
      effect(() => {
        const ranges = lockedRanges.value;
        later(() => setLockedLines(view, ranges));
      }),
      effect(() => {
        analysis.value;
        outcomes.value;
        later(() => drawValues(view));
      }),
      effect(() => {
        view.dom.toggleAttribute('data-pending', pending.value);
      }),
      effect(() => {
        const text = source.value === analyzedSource.value ? summary.value : null;
        if (text !== null) later(() => showSummary(view, text));
      }),
      effect(() => {
        analysis.value;
        lit.value;
        later(() => drawLinks(view));
      }),
      effect(() => {
        const s = selection.value;
        if (s !== chosenHere) later(() => revealLinks(view));
      }),
      effect(() => {
        const fix = fixing.value;
        if (fix)
          later(() => {
            fixing.value = null;
            applyFix(view, fix);
            view.focus();
          });
      }),
      effect(() => {
        const to = goTo.value;
        if (!to) return;
        later(() => {
          goTo.value = null;
          view.dispatch({ selection: { anchor: offset(view.state.doc, to.line, to.column) }, scrollIntoView: true });
          view.focus();
        });
      }),
    ];
    const formatNow = () => void format(view);
    host.current!.addEventListener('rasp-format', formatNow);
    return () => {
      host.current?.removeEventListener('rasp-format', formatNow);
      for (const s of stops) s();
      answerWith(() => null);
      view.destroy();
    };
  }, [readOnly]);
  return <div class="editor-host" ref={host} />;
}
