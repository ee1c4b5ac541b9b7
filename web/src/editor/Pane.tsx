// The editor's pane: file tabs, and the program as plain text until the editor itself has been loaded.
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { active, files, freshName, source } from '../state/project';
import { drawn } from '../state/drawn';
import { question } from '../state/question';
import type { EditorOptions } from './Editor';

const loaded = signal<ComponentType<EditorOptions> | null>(null);
const failed = signal(false);
export const loadEditor = () =>
  import('./Editor').then(
    (m) => {
      loaded.value = m.default;
    },
    () => {
      failed.value = true;
    },
  );

const full = (name: string) => (/\.(rasp|py)$/.test(name) ? name : `${name}.rasp`);

function badName(name: string, before: string): string | null {
  if (name === '') return 'A file needs a name.';
  if (full(name).length > 60 || /[\\/"\n]/.test(name))
    return 'A file name has no slashes or quotes and at most 60 characters.';
  return full(name) !== before && Object.hasOwn(files.value, full(name))
    ? `There is a file "${full(name)}" already.`
    : null;
}

function rename(name: string) {
  question.value = {
    title: `Rename ${name}`,
    action: 'Rename',
    field: { label: 'file name', value: name, check: (to) => badName(to, name) },
    accept: (to) => {
      files.value = Object.fromEntries(
        Object.entries(files.value).map(([n, text]) => [n === name ? full(to) : n, text]),
      );
      if (active.value === name) active.value = full(to);
    },
  };
}

function remove(name: string) {
  const accept = () => {
    const rest = Object.fromEntries(Object.entries(files.value).filter(([n]) => n !== name));
    if (active.value === name) active.value = Object.keys(rest)[0]!;
    files.value = rest;
  };
  if (files.value[name]?.trim()) question.value = { title: `Remove ${name}?`, action: 'Remove', accept };
  else accept();
}

/** As the editor will show it: the `#@` lines at the top in one. */
const folded = (text: string) =>
  text.replace(/^(#@.*\n)+\n?/, (head) => `▸ ${head.match(/^#@ title (.*)$/m)?.[1] ?? 'settings'}\n`);

export function Pane(options: EditorOptions) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void drawn.then(loadEditor);
  }, []);
  const now = () => {
    void loadEditor();
  }; // whoever reaches for the program gets the editor at once
  const names = Object.keys(files.value),
    inPython = active.value.endsWith('.py');
  const Editor = loaded.value;
  return (
    <div class="pane" ref={host}>
      <div class="files" role="group" aria-label="Files">
        {names.map((name) => (
          <span class={`file${name === active.value ? ' on' : ''}`}>
            <button
              type="button"
              aria-pressed={name === active.value}
              title={options.readOnly ? name : 'Double-click or F2 renames'}
              onClick={() => {
                active.value = name;
              }}
              onDblClick={() => {
                if (!options.readOnly) rename(name);
              }}
              onKeyDown={(e) => {
                if (e.key === 'F2' && !options.readOnly) rename(name);
              }}
            >
              {name}
            </button>
            {!options.readOnly && names.length > 1 && (
              <button type="button" class="file-close" aria-label={`Remove ${name}`} onClick={() => remove(name)}>
                ×
              </button>
            )}
          </span>
        ))}
        {!options.readOnly && (
          <button
            type="button"
            class="file-new"
            aria-label="New file"
            title={`New file; others use it by ${inPython ? 'import name' : 'load "name"'}`}
            onClick={() => {
              const name = freshName();
              files.value = { ...files.value, [name]: '' };
              active.value = name;
            }}
          >
            +
          </button>
        )}
        {!options.readOnly && Editor && !inPython && (
          <button
            type="button"
            class="file-format"
            title="Format the program (Shift+Alt+F)"
            onClick={() => host.current?.querySelector('.editor-host')?.dispatchEvent(new Event('rasp-format'))}
          >
            format
          </button>
        )}
      </div>
      <div class="editor">
        {Editor ? (
          <Editor {...options} />
        ) : (
          <pre class="plain-code" tabIndex={0} onPointerEnter={now} onFocus={now}>
            {folded(source.value)}
            {failed.value ? '\n\n# The editor could not be loaded. Reload the page.' : ''}
          </pre>
        )}
      </div>
    </div>
  );
}
