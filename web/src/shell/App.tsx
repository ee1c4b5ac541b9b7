// The page: editor on the left, the transformer in the middle, the inspector of what is selected on the right; tabs on
// a phone.
import { computed, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { lazy } from '../views/lazy';
import { Pane } from '../editor/Pane';
import { clearSelection } from '../state/focus';
import { analysis, diagnostics, dimmed, picture, stale } from '../state/live';
import { lone, misfit } from '../state/fit';
import { newerBuild } from '../state/newer';
import { active, course, selection, source, view, viewNames, type ViewName } from '../state/project';
import type { Shared } from '../state/link';
import { question } from '../state/question';
import { droppedFile } from '../state/dropped';
import { authoring, linked, notice, openFile, otherModel, storageFull } from '../state/session';
import { chosen, printing, themes } from '../state/theme';
import { Console } from '../views/Console';
import { EdgeMarks } from '../views/Edge';
import { Inspector } from '../views/Inspector';
import { Player } from '../views/Player';
import { Busy, Result } from '../views/Result';
import { Score } from '../views/Score';
import { Explanation } from '../views/Term';
import { PhoneInput, Settings } from '../views/Settings';
import { startTour, step } from '../state/tour';
import { Captions } from './Captions';
import { First, standing } from './First';
import { Interim } from './Interim';
import { pythonLoading } from '../engine/python/loading';
import { PythonLoading } from './PythonLoading';
import { Splitter, panelStyle } from './Splitter';
import { Tour } from './Tour';
import { download } from './download';
import { embed, hidden, phoneTab, readOnly } from '../state/options';

const Laboratory = lazy(() => import('../lab/Laboratory'));
const Craft = lazy(() => import('../lab/Craft'));
const Course = lazy(() => import('./Course'));
const Gallery = lazy(() => import('./Gallery'));
const Share = lazy(() => import('./Share'));
const Export = lazy(() => import('./Export'));
const Compare = lazy(() => import('./Compare'));
const Cost = lazy(() => import('../views/Cost'));
const Generate = lazy(() => import('../views/Generate'));
const Ask = lazy(() => import('./Ask'));

const dialog = signal<'' | 'gallery' | 'share' | 'export' | 'compare'>('');
const dismissed = signal<Shared | null>(null); // the link whose difference need not be said again
const viewTitle: Record<ViewName, string> = {
  score: 'Score',
  craft: 'Craft',
  generate: 'Generate',
  cost: 'Cost',
  laboratory: 'Laboratory',
};

function TopBar() {
  const nextTheme = () => {
    chosen.value = themes[(themes.indexOf(chosen.value) + 1) % themes.length]!;
  };
  return (
    <header class="top">
      <h1>
        <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
          <path d="M1 1h6v6H1zM9 9h6v6H9z" />
          <path class="soft" d="M9 1h6v6H9zM1 9h6v6H1z" />
        </svg>{' '}
        RASP <span>Playground</span>
      </h1>
      <nav aria-label="Page">
        <button
          type="button"
          onClick={() => {
            dialog.value = 'gallery';
          }}
        >
          Examples
        </button>
        <button
          type="button"
          onClick={() => {
            dialog.value = 'share';
          }}
        >
          Share
        </button>
        <button
          type="button"
          onClick={() => {
            dialog.value = 'export';
          }}
        >
          Export
        </button>
        <button type="button" class="quiet" onClick={startTour}>
          Tour
        </button>
        <a class="button quiet" href="./docs/index.html" target="_blank" rel="noopener">
          Help
        </a>
        <button
          type="button"
          class="quiet"
          aria-label={`Theme: ${chosen.value}`}
          title={`Theme: ${chosen.value}`}
          onClick={nextTheme}
        >
          {{ system: '◐', light: '☀', dark: '☾' }[chosen.value]}
        </button>
      </nav>
    </header>
  );
}

function Notices() {
  const other = otherModel();
  return (
    <div class="notices" role="status">
      <PythonLoading />
      {notice.value && (
        <p class={notice.value.kind}>
          {notice.value.text}{' '}
          <button
            type="button"
            class="quiet"
            onClick={() => {
              notice.value = null;
            }}
          >
            dismiss
          </button>
        </p>
      )}
      {storageFull.value && (
        <p class="problem">
          This browser has no room to keep your work.{' '}
          <button
            type="button"
            onClick={() => {
              dialog.value = 'gallery';
            }}
          >
            Choose earlier work to forget
          </button>{' '}
          or download this from Share before you close the page.
        </p>
      )}
      {newerBuild.value && (
        <p class="info">
          {newerBuild.value === 'ready'
            ? 'A new version of this page is there. This tab keeps what it needs of its own until you close it.'
            : 'A new version of this page is there, and some parts of this one are gone.'}{' '}
          <button type="button" onClick={() => location.reload()}>
            Use the new version
          </button>{' '}
          <button
            type="button"
            class="quiet"
            onClick={() => {
              newerBuild.value = '';
            }}
          >
            dismiss
          </button>
        </p>
      )}
      {other && linked.value !== dismissed.value && (
        <p class="info">
          {other}{' '}
          <button
            type="button"
            onClick={() => {
              dialog.value = 'compare';
            }}
          >
            Compare
          </button>{' '}
          <button
            type="button"
            class="quiet"
            onClick={() => {
              dismissed.value = linked.value;
            }}
          >
            dismiss
          </button>
        </p>
      )}
    </div>
  );
}

// Computed apart, so that a key does not draw again what is in them.
const centreClass = computed(() => `centre${stale.value ? ' stale' : ''}${dimmed.value ? ' dimmed' : ''}`);
const nothingYet = computed(() =>
  diagnostics.value.some((d) => d.severity === 'error')
    ? 'Fix the problems listed under the program, and the model appears here.'
    : pythonLoading.value
      ? 'As soon as Python is here, the model appears.'
      : !analysis.value
        ? 'Starting the engine…'
        : analysis.value.output
          ? 'Compiling the first model…'
          : active.value.endsWith('.py')
            ? 'The program has no output yet. Assign an s-op to a variable.'
            : 'The program has no output yet. Write an expression and a semicolon: tokens;',
);

function Centre() {
  const p = picture.value;
  const lost = !p && diagnostics.value.find((d) => d.code === 'engine');
  const errors = !p && diagnostics.value.some((d) => d.severity === 'error');
  if (!p && !lost && standing()) return <First />;
  const empty = nothingYet.value;
  const arrow = (e: KeyboardEvent) => {
    const d = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!d) return;
    view.value = viewNames[(viewNames.indexOf(view.value) + d + viewNames.length) % viewNames.length]!;
    requestAnimationFrame(() => document.querySelector<HTMLElement>('.views [aria-selected="true"]')?.focus());
  };
  return (
    <div class={centreClass}>
      {!hidden.has('result') &&
        (p && !misfit.value && !lone.value ? (
          <Result p={p} values={view.value !== 'score'} />
        ) : (
          <Interim empty={empty} />
        ))}
      <Captions />
      <div class="views-bar">
        <div class="views" role="tablist" aria-label="Views" onKeyDown={arrow}>
          {viewNames.map((v) => (
            <button
              type="button"
              role="tab"
              id={`tab-${v}`}
              aria-controls="view"
              aria-selected={view.value === v}
              tabIndex={view.value === v ? 0 : -1}
              onClick={() => {
                view.value = v;
              }}
            >
              {viewTitle[v]}
            </button>
          ))}
        </div>
        {p && view.value === 'score' && !misfit.value && !lone.value && <Player />}
      </div>
      <div id="view" role="tabpanel" aria-labelledby={`tab-${view.value}`} class="view">
        {lost ? (
          <div class="empty" role="alert">
            <p>
              {lost.message}. {lost.hint}
            </p>
            <p>You can still read, edit, share and download your program.</p>
            <p>
              <button type="button" onClick={() => location.reload()}>
                Reload the page
              </button>
            </p>
          </div>
        ) : misfit.value || lone.value ? null : !p ? ( // what stands there would be of another input, or program
          <p class="empty">
            {analysis.value?.output && !errors ? 'Compiling the first model…' : hidden.has('result') ? empty : ''}
          </p>
        ) : view.value === 'cost' ? (
          <Cost p={p} fallback={null} />
        ) : view.value === 'craft' ? (
          <Craft p={p} save={download} fallback={<p class="empty">Opening the listing…</p>} />
        ) : view.value === 'generate' ? (
          <Generate p={p} fallback={null} />
        ) : view.value === 'score' ? (
          <Score p={p} />
        ) : (
          <Laboratory save={download} fallback={<p class="empty">Opening the laboratory…</p>} />
        )}
      </div>
    </div>
  );
}

const Inspected = () => <Inspector p={picture.value} />;

export function App() {
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if (e.key === 'Escape' && !document.querySelector('dialog[open]') && step.value === null) clearSelection();
    };
    const drop = (e: DragEvent) => {
      if (!e.dataTransfer?.types.includes('Files')) return;
      e.preventDefault();
      void droppedFile(e.dataTransfer).then((f) => {
        if (typeof f === 'string') notice.value = { kind: 'problem', text: f };
        else if (f) void openFile(f);
      });
    };
    const over = (e: DragEvent) => {
      if (e.dataTransfer?.types.includes('Files')) e.preventDefault();
    };
    addEventListener('keydown', key);
    addEventListener('drop', drop);
    addEventListener('dragover', over);
    return () => {
      removeEventListener('keydown', key);
      removeEventListener('drop', drop);
      removeEventListener('dragover', over);
    };
  }, []);
  const close = () => {
    dialog.value = '';
  };
  const inspected = Object.keys(selection.value).length > 0;
  const inCourse = course.value !== undefined || authoring.value !== null;
  const tab = !inCourse && phoneTab.value === 'task' ? 'model' : (phoneTab.value ?? (inCourse ? 'task' : 'model'));
  return (
    <div
      class={`app${embed ? ' embed' : ''} show-${tab}${inCourse ? ' in-course' : ''}${hidden.has('editor') ? ' no-editor' : ''}${hidden.has('inspector') ? ' no-inspector' : ''}${inspected ? ' inspected' : ''}`}
    >
      {!embed && <TopBar />}
      <nav class="phone-tabs" aria-label="Part of the page">
        {(inCourse ? (['task', 'code', 'model'] as const) : (['code', 'model'] as const)).map((t) => (
          <button
            type="button"
            aria-pressed={tab === t}
            onClick={() => {
              phoneTab.value = t;
            }}
          >
            {{ task: 'Task', code: 'Code', model: 'Model' }[t]}
          </button>
        ))}
        {tab === 'code' && (
          <span class="busy" role="status">
            <Busy />
          </span>
        )}
      </nav>
      <Notices />
      <main style={panelStyle()}>
        {embed && <h1 class="visually-hidden">RASP Playground</h1>}
        {inCourse && (
          <div class="task">
            <Course fallback={<p class="empty">Opening the assignment…</p>} />
          </div>
        )}
        {!hidden.has('editor') && (
          <div class="left">
            <Pane readOnly={readOnly} />
            {!hidden.has('settings') && <Settings />}
            <Splitter panel="console" />
            <Console />
          </div>
        )}
        {!hidden.has('editor') && <Splitter panel="left" />}
        {printing.value && <pre class="print-code">{source.value.replace(/^#@.*\n?/gm, '').trim()}</pre>}
        <Centre />
        {!hidden.has('inspector') && <Splitter panel="inspector" />}
        {!hidden.has('inspector') && <Inspected />}
        <Explanation />
        <EdgeMarks />
      </main>
      {!hidden.has('settings') && <PhoneInput />}
      {dialog.value === 'gallery' && <Gallery close={close} fallback={null} />}
      {dialog.value === 'share' && <Share close={close} fallback={null} />}
      {dialog.value === 'export' && <Export close={close} fallback={null} />}
      {dialog.value === 'compare' && <Compare close={close} fallback={null} />}
      {question.value && <Ask key={question.value.title} asked={question.value} fallback={null} />}
      <Tour />
    </div>
  );
}
