// The editor's pane: file tabs, and the program as plain text until the editor itself has been loaded.
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { active, files, freshName, source } from '../state/project';
import type { EditorOptions } from './Editor';

const loaded = signal<ComponentType<EditorOptions> | null>(null);
const failed = signal(false);
export const loadEditor = () => import('./Editor').then((m) => { loaded.value = m.default; }, () => { failed.value = true; });

function rename(name: string) {
  const to = window.prompt('File name', name)?.trim();
  if (!to || to === name) return;
  const full = to.endsWith('.rasp') ? to : `${to}.rasp`;
  if (full.length > 60 || /[\\/"\n]/.test(full) || full in files.value) {
    window.alert(full in files.value ? `There is a file "${full}" already.` : 'A file name has no slashes or quotes and at most 60 characters.');
    return;
  }
  files.value = Object.fromEntries(Object.entries(files.value).map(([n, text]) => [n === name ? full : n, text]));
  if (active.value === name) active.value = full;
}

function remove(name: string) {
  if (files.value[name]?.trim() && !window.confirm(`Remove ${name}?`)) return;
  const rest = Object.fromEntries(Object.entries(files.value).filter(([n]) => n !== name));
  if (active.value === name) active.value = Object.keys(rest)[0]!;
  files.value = rest;
}

export function Pane(options: EditorOptions) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => { void loadEditor(); }, []);
  const names = Object.keys(files.value);
  const Editor = loaded.value;
  return (
    <div class="pane" ref={host}>
      <div class="files" role="group" aria-label="Files">
        {names.map((name) => (
          <span class={`file${name === active.value ? ' on' : ''}`}>
            <button type="button" aria-pressed={name === active.value} title="Double-click renames" onClick={() => { active.value = name; }} onDblClick={() => { if (!options.readOnly) rename(name); }}>{name}</button>
            {!options.readOnly && names.length > 1 && <button type="button" class="file-close" aria-label={`Remove ${name}`} onClick={() => remove(name)}>×</button>}
          </span>
        ))}
        {!options.readOnly && <button type="button" class="file-new" aria-label="New file" title={'New file; others use it by load "name"'} onClick={() => { const name = freshName(); files.value = { ...files.value, [name]: '' }; active.value = name; }}>+</button>}
        {!options.readOnly && Editor && <button type="button" class="file-format" title="Format the program (Shift+Alt+F)" onClick={() => host.current?.querySelector('.editor-host')?.dispatchEvent(new Event('rasp-format'))}>format</button>}
      </div>
      <div class="editor">{Editor ? <Editor {...options} /> : <pre class="plain-code" tabIndex={0}>{source.value}{failed.value ? '\n\n# The editor could not be loaded. Reload the page.' : ''}</pre>}</div>
    </div>
  );
}
