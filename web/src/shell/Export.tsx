// Files for other tools: the model, pictures, tables.
import { batch } from '@preact/signals';
import { useState } from 'preact/hooks';
import { attentionSvg, residualSvg, toPng } from '../draw/picture';
import { animatedSvg, scoreSvg, stepSvgs } from '../draw/scoreSvg';
import { viewSvg } from '../draw/view';
import { attentionCsv, decodedCsv, residualCsv } from '../draw/tables';
import { ask, orderOf, picture, title } from '../state/live';
import { active, files, settings, source, view } from '../state/project';
import { halfInForce } from '../draw/residual';
import { hue } from '../state/focus';
import { Dialog } from '../views/Dialog';
import type { Failure, PythonResult, Requests } from '../engine/protocol';
import { download } from './download';

/** The colour of an s-op on paper, as three bytes: not every program that shows SVG knows oklch. */
function paint(node: number): string {
  const h = hue(node),
    context = document.createElement('canvas').getContext('2d');
  if (h === null || !context) return '#59616b';
  context.fillStyle = `oklch(47% 0.13 ${h})`;
  context.fillRect(0, 0, 1, 1);
  return `#${[...context.getImageData(0, 0, 1, 1).data.subarray(0, 3)].map((x) => x.toString(16).padStart(2, '0')).join('')}`;
}
/** The program in the other language, as another file of the project, which is opened. What writes it is loaded for this alone. */
async function openInOther() {
  const order = picture.value && orderOf(picture.value);
  if (!order) throw new Error('Wait until the program compiles.');
  const text = await (active.value.endsWith('.py') ? inRasp(order) : inPython(order)),
    [stem, ending] = active.value.endsWith('.py')
      ? [active.value.slice(0, -3), '.rasp']
      : [active.value.replace(/\.rasp$/, ''), '.py'];
  let name = `${stem}${ending}`;
  for (let i = 2; name in files.value; ++i) name = `${stem}${i}${ending}`;
  batch(() => {
    files.value = { ...files.value, [name]: text };
    active.value = name;
    settings.value = { ...settings.value, output: undefined }; // it may be a name that this text has not
  });
}
async function inPython(order: object): Promise<string> {
  const { lister } = await import('../lab/thread');
  const result = (await lister.ask({ ...order, command: 'python', limit_ms: 30_000 })).result as PythonResult | Failure;
  if (!result.ok) throw new Error(result.diagnostics[0]?.message ?? 'The program could not be written as Python.');
  return result.text;
}
async function inRasp({
  program,
  name,
  files,
  output,
  vocabulary,
  max_length,
  causal,
}: NonNullable<ReturnType<typeof orderOf>>): Promise<string> {
  const { asRasp } = await import('../engine/python/pythonRasp');
  return asRasp({ program, name, files, output, vocabulary, max_length, causal });
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 200));

export default function Export({ close }: { close: () => void }) {
  const [problem, setProblem] = useState(''),
    [progress, setProgress] = useState(''),
    [busy, setBusy] = useState(false);
  const p = picture.value;
  const kind = active.value.endsWith('.py') ? '.py' : '.rasp';
  const name = title.value || 'model';
  const attempt = (f: () => Promise<void> | void) => () => {
    setProblem('');
    Promise.resolve()
      .then(f)
      .catch((e: Error) => setProblem(e.message));
  };
  const model = (
    format: Requests['export']['format'],
    extension: string,
    type: string,
    names?: Requests['export']['names'],
  ) =>
    attempt(async () => {
      const result = await ask({ command: 'export', format, names });
      if (!result?.bytes) throw new Error('The model could not be written. Wait until the program compiles.');
      download(`${name}.${extension}`, result.bytes, type);
    });
  const svg = (make: () => string, what: string) => (
    <>
      <button
        type="button"
        disabled={!p}
        onClick={attempt(() => download(`${name} ${what}.svg`, make(), 'image/svg+xml'))}
      >
        SVG
      </button>
      <button
        type="button"
        disabled={!p}
        onClick={attempt(async () => download(`${name} ${what}.png`, await toPng(make()), 'image/png'))}
      >
        PNG
      </button>
    </>
  );
  const drawn = (selector: string, what: string) => {
    const element = document.querySelector(selector);
    if (!element?.getClientRects().length) throw new Error(`There is no picture of ${what} now: open its tab first.`);
    return viewSvg(element);
  };
  const row = (label: string, what: string, buttons: preact.ComponentChildren) => (
    <tr>
      <th scope="row">
        {label}
        <small>{what}</small>
      </th>
      <td>{buttons}</td>
    </tr>
  );
  const other = (
    <button
      type="button"
      disabled={!p || busy}
      onClick={attempt(async () => {
        setBusy(true);
        try {
          await openInOther();
          close();
        } finally {
          setBusy(false);
        }
      })}
    >
      {busy ? 'is being written…' : 'open as a file'}
    </button>
  );
  return (
    <Dialog title="Export" close={close}>
      <table class="exports">
        <tbody>
          {row(
            'Model, safetensors',
            'weights with TransformerLens’s names; take the description too',
            <>
              <button
                type="button"
                disabled={!p}
                onClick={model('safetensors', 'safetensors', 'application/octet-stream')}
              >
                weights
              </button>
              <button type="button" disabled={!p} onClick={model('meta', 'json', 'application/json')}>
                description
              </button>
            </>,
          )}
          {row(
            'Model, ONNX',
            'runs in ONNX Runtime',
            <button type="button" disabled={!p} onClick={model('onnx', 'onnx', 'application/octet-stream')}>
              ONNX
            </button>,
          )}
          {row(
            'Model, JSON',
            'weights and description in one document',
            <button type="button" disabled={!p} onClick={model('json', 'model.json', 'application/json')}>
              JSON
            </button>,
          )}
          {row(
            'Score',
            'bands, rows and output on this input in one picture',
            svg(() => scoreSvg(p!, paint), 'score'),
          )}
          {row(
            'Steps',
            'what the player shows: one moving picture for slides and pages, or a picture a step',
            <>
              <button
                type="button"
                disabled={!p || progress !== ''}
                onClick={attempt(async () => {
                  const { toGif } = await import('../draw/gif'),
                    pictures = stepSvgs(p!, paint);
                  const bytes = await toGif(pictures, 2, (done) =>
                    setProgress(`picture ${done} of ${pictures.length}`),
                  ).finally(() => setProgress(''));
                  download(`${name} steps.gif`, bytes, 'image/gif');
                })}
              >
                {progress || 'GIF'}
              </button>
              <button
                type="button"
                disabled={!p}
                onClick={attempt(() => download(`${name} steps.svg`, animatedSvg(p!, paint), 'image/svg+xml'))}
              >
                animated SVG
              </button>
              <button
                type="button"
                disabled={!p}
                onClick={attempt(async () => {
                  for (const [i, picture] of stepSvgs(p!, paint).entries()) {
                    download(`${name} step ${String(i + 1).padStart(2, '0')}.svg`, picture, 'image/svg+xml');
                    await pause(); // a browser that is asked too fast drops some of them
                  }
                })}
              >
                SVG a step
              </button>
            </>,
          )}
          {row(
            'Attention',
            'the patterns of all heads on this input',
            <>
              {svg(() => attentionSvg(p!), 'attention')}
              <button
                type="button"
                disabled={!p}
                onClick={attempt(() => download(`${name} attention.csv`, attentionCsv(p!), 'text/csv'))}
              >
                CSV
              </button>
            </>,
          )}
          {row(
            'Residual stream',
            'as values by s-op, and every dimension after every half-layer',
            <>
              {svg(() => residualSvg(p!, halfInForce()), 'residual')}
              <button
                type="button"
                disabled={!p}
                onClick={attempt(() => download(`${name} values.csv`, decodedCsv(p!), 'text/csv'))}
              >
                CSV values
              </button>
              <button
                type="button"
                disabled={!p}
                onClick={attempt(() => download(`${name} residual.csv`, residualCsv(p!), 'text/csv'))}
              >
                CSV dimensions
              </button>
            </>,
          )}
          {row(
            'This view',
            `${view.value}, as it stands on the screen, with all that is scrolled out of sight`,
            svg(() => drawn('#view section', view.value), view.value),
          )}
          {row(
            'Details',
            'the inspector: weights, sums and sentences of what is selected',
            svg(() => drawn('.inspector', 'details'), 'details'),
          )}
          {row(
            'Program',
            'the file in the editor',
            <button type="button" onClick={() => download(`${name}${kind}`, source.value, 'text/plain')}>
              {kind}
            </button>,
          )}
          {kind === '.rasp' && row('Program, Tracr’s Python', 'the same program for Tracr’s library', other)}
          {kind === '.py' && row('Program, RASP', 'the same program as RASP text, compared with this one', other)}
          {row(
            'Page',
            'as you see it',
            <button
              type="button"
              onClick={() => {
                close();
                setTimeout(() => window.print(), 50);
              }}
            >
              print
            </button>,
          )}
        </tbody>
      </table>
      <p class="problem" role="alert">
        {problem}
      </p>
    </Dialog>
  );
}
