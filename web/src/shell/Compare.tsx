// The model that a link's author saw beside the one that is shown here.
import { engineVersion, picture } from '../state/live';
import { changedLines, changedSettings, sentence } from '../state/linked';
import { project } from '../state/project';
import { linked, openProject } from '../state/session';
import { Dialog } from '../views/Dialog';

const shown = (x: unknown) => (x === undefined ? '(the program’s own)' : typeof x === 'string' ? x : JSON.stringify(x));

export default function Compare({ close }: { close: () => void }) {
  const link = linked.value,
    p = picture.value;
  if (!link || !p) return null;
  const origin = link.file ? 'file' : 'link';
  const { model, fingerprint } = p.compiled,
    here = project.value;
  const rows: [string, string | number | undefined, string | number][] = [
    ['fingerprint', link.fingerprint, fingerprint],
    ['engine', link.engine, engineVersion.value],
    ['layers', link.sizes?.[0], model.layers],
    ['heads', link.sizes?.[1], model.heads],
    ['d_model', link.sizes?.[2], model.d_model],
    ['parameters', link.sizes?.[3], model.parameters],
  ];
  const names = [...new Set([...Object.keys(link.project.files), ...Object.keys(here.files)])];
  const files = names
    .map((name) => ({ name, lines: changedLines(link.project.files[name] ?? '', here.files[name] ?? '') }))
    .filter((f) => f.lines.length);
  const settings = changedSettings(link.project.settings, here.settings);
  return (
    <Dialog title={`The ${origin}’s model and this one`} close={close}>
      <p>{sentence(link, { project: here, fingerprint, engine: engineVersion.value })}</p>
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">in the {origin}</th>
            <th scope="col">here</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, there, now]) => (
            <tr>
              <th scope="row">{name}</th>
              <td>{there?.toLocaleString('en') ?? `not in the ${origin}`}</td>
              <td>
                {there !== undefined && there !== now ? (
                  <mark>{now.toLocaleString('en')}</mark>
                ) : (
                  now.toLocaleString('en')
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {settings.length > 0 && (
        <ul>
          {settings.map((s) => (
            <li>
              <code>{s}</code>: {shown(link.project.settings[s])} in the {origin}, {shown(here.settings[s])} here
            </li>
          ))}
        </ul>
      )}
      {files.map((f) => (
        <section>
          <h3>{f.name}</h3>
          <pre class="changes" tabIndex={0}>
            {f.lines.map((l) => (
              <div class={l.mark === '+' ? 'added' : l.mark === '−' ? 'removed' : ''}>
                {l.mark} {l.text}
              </div>
            ))}
          </pre>
        </section>
      ))}
      <p>
        <button
          type="button"
          onClick={() => {
            openProject(link.project, link);
            close();
          }}
        >
          Open it as the {origin} has it
        </button>{' '}
        <span class="hint">What is here stays under Examples, as recent work.</span>
      </p>
    </Dialog>
  );
}
