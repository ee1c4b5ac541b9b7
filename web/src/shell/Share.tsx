// A link or a file is all anyone needs.
import { useEffect, useState } from 'preact/hooks';
import { type Shared, encodeFile, encodeLink, fragmentLimit } from '../state/link';
import { engineVersion, picture, stale, title } from '../state/live';
import { project } from '../state/project';
import { download } from './download';
import { Dialog } from '../views/Dialog';

/** What is said of the model that is shown, unless it is that of an earlier program. */
function seen(): Partial<Shared> {
  if (!picture.value || stale.value) return {};
  const { fingerprint, model } = picture.value.compiled;
  return {
    fingerprint,
    ...(engineVersion.value ? { engine: engineVersion.value } : {}),
    sizes: [model.layers, model.heads, model.d_model, model.parameters],
  };
}

export default function Share({ close }: { close: () => void }) {
  const [link, setLink] = useState('');
  const [copied, setCopied] = useState('');
  const [readonly, setReadonly] = useState(false);
  const [bare, setBare] = useState(false);
  const shared: Shared = { project: project.value, ...seen() };
  const [refused, setRefused] = useState('');
  useEffect(() => {
    encodeLink(shared).then(
      (fragment) => setLink(`${location.origin}${location.pathname}#${fragment}`),
      (e: Error) => setRefused(e.message),
    );
  }, []);
  const fragment = link.split('#')[1] ?? '';
  const tooLong = fragment.length > fragmentLimit;
  const options = `embed=1${readonly ? '&readonly=1' : ''}${bare ? '&hide=editor,settings' : ''}`;
  // An example as it is in the gallery has a page with its picture, for services that show one beside a link.
  const example = location.hash.match(/^#example=([\w-]+)$/)?.[1];
  const preview =
    example && project.value.active === `${example}.rasp`
      ? new URL(`example/${example}.html`, `${location.origin}${location.pathname}`).href
      : '';
  const snippet = `<iframe src="${link.replace('#', `?${options}#`)}" width="100%" height="640" style="border:0" title="${title.value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></iframe>`;
  const copy = (text: string, what: string) =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(what),
      () => setCopied('nothing: select the text and copy it by hand'),
    );
  return (
    <Dialog title="Share" close={close}>
      {refused ? (
        <p class="caution">This work does not fit into a link: {refused}. Send it as a file.</p>
      ) : tooLong ? (
        <p class="caution">
          This work makes a link of {Math.round(fragment.length / 1024)} KiB; many programs cut links over{' '}
          {fragmentLimit / 1024} KiB. Send it as a file.
        </p>
      ) : (
        <>
          <p>The link holds everything: files, settings, input, view and experiments. Nothing is stored on a server.</p>
          <div class="field">
            <label for="share-link">link</label>
            <input id="share-link" class="mono" readOnly value={link} onFocus={(e) => e.currentTarget.select()} />
            <button type="button" onClick={() => void copy(link, 'link')}>
              Copy
            </button>
          </div>
          {preview && (
            <div class="field">
              <label for="share-preview">with a picture</label>
              <input
                id="share-preview"
                class="mono"
                readOnly
                value={preview}
                onFocus={(e) => e.currentTarget.select()}
              />
              <button type="button" onClick={() => void copy(preview, 'link with a picture')}>
                Copy
              </button>
            </div>
          )}
          <p class="hint">
            {link.length.toLocaleString('en')} characters{shared.fingerprint ? `, model ${shared.fingerprint}` : ''}
          </p>
          <div class="field">
            <label for="share-embed">in a page</label>
            <textarea id="share-embed" class="mono" readOnly rows={3} onFocus={(e) => e.currentTarget.select()}>
              {snippet}
            </textarea>
            <button type="button" onClick={() => void copy(snippet, 'snippet')}>
              Copy
            </button>
          </div>
          <p>
            <label class="check">
              <input type="checkbox" checked={readonly} onInput={(e) => setReadonly(e.currentTarget.checked)} />{' '}
              read-only
            </label>{' '}
            <label class="check">
              <input type="checkbox" checked={bare} onInput={(e) => setBare(e.currentTarget.checked)} /> without the
              editor
            </label>
          </p>
        </>
      )}
      <p>
        <button
          type="button"
          onClick={() => download(`${title.value || 'program'}.rasp.json`, encodeFile(shared), 'application/json')}
        >
          Download as a file
        </button>
      </p>
      <p role="status" class="good">
        {copied && `Copied: ${copied}`}
      </p>
    </Dialog>
  );
}
