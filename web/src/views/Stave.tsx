// A row of the score: what one subspace of the residual stream holds, position by position; its dimensions on demand.
import { useEffect, useRef, useState } from 'preact/hooks';
import { subspaceCells } from '../draw/cells';
import { filled } from '../draw/lines';
import { residualAt } from '../draw/residual';
import { type Note, type Row, noteWords } from '../draw/score';
import { writtenOf } from '../draw/written';
import { colour, focus, hover, lit, pointing } from '../state/focus';
import type { Picture } from '../state/live';
import { experiments, half as stepped, selection } from '../state/project';
import { Words } from './Term';
import { second } from '../draw/second';
import { number, token } from '../values';

interface Props {
  p: Picture;
  line: Row | Note;
  lanes: number;
  step: number;
  mark: string;
  tokens?: boolean;
  dense?: boolean;
  notes: boolean;
}

const short = (label: string) => (label.length > 40 ? `${label.slice(0, 39)}…` : label);

export function Stave({ p, line, lanes, step, mark, tokens, dense, notes }: Props) {
  const nodes = line.kind === 'note' ? line.nodes : [line.node];
  const on =
    nodes.some((n) => lit.value.has(n)) ||
    (focus.value.layer === line.layer &&
      focus.value.head === undefined &&
      focus.value.node === undefined &&
      line.half % 2 === 0 &&
      line.half > 0);
  const off =
    line.half > 0 &&
    line.half % 2 === 0 &&
    experiments.value.some((x) => x.kind === 'zero_mlp' && x.layer === line.layer);
  if (line.kind === 'note') {
    const [verb, why] = noteWords(line);
    return (
      <tbody class={`line note${on ? ' on' : ''}${off ? ' off' : ''}${mark}`} data-item={line.key}>
        <tr class="stave">
          <th scope="row">
            <small>
              <Words text={verb} />
            </small>
          </th>
          <td colSpan={lanes + (notes ? 1 : 0)} class="words">
            {line.nodes.map((node, i) => (
              <>
                {i > 0 && ' · '}
                <button
                  type="button"
                  class="link"
                  style={{ color: colour(node) }}
                  data-node={node}
                  {...pointing({ layer: line.layer, node })}
                >
                  {short(line.names[i]!)}
                </button>
              </>
            ))}
            <span>: {why}</span>
          </td>
        </tr>
      </tbody>
    );
  }
  return (
    <ValueRow {...{ p, line, lanes, step, mark, on, off, notes }} tokens={tokens ?? false} dense={dense ?? false} />
  );
}

/** Far rows of a large score are not drawn. */
export function useNear<E extends HTMLElement>(lazy: boolean): [{ current: E | null }, boolean] {
  const host = useRef<E>(null);
  const [near, setNear] = useState(!lazy);
  useEffect(() => {
    if (!lazy) {
      setNear(true);
      return undefined;
    }
    const observer = new IntersectionObserver((entries) => setNear(entries.at(-1)!.isIntersecting), {
      rootMargin: '20px',
    });
    observer.observe(host.current!);
    return () => observer.disconnect();
  }, [lazy]);
  return [host, near];
}

function ValueRow({
  p,
  line,
  lanes,
  step,
  mark,
  tokens,
  dense,
  on,
  off,
  notes,
}: Omit<Props, 'line' | 'tokens'> & { line: Row; tokens: boolean; on: boolean; off: boolean }) {
  const [host, near] = useNear<HTMLTableSectionElement>(dense ?? false);
  const [open, setOpen] = useState(false);
  const { compiled } = p;
  const s = compiled.subspaces[line.subspace]!;
  const ended = s.dead >= 0 && step >= s.dead,
    shownEnded = ended && stepped.value !== null;
  const written = filled(s.written) && !ended;
  const at = Math.max(s.written, Math.min(step, s.dead >= 0 ? s.dead - 1 : step));
  const cells = subspaceCells(p, line.subspace, at).slice(0, lanes);
  const f = focus.value;
  const target = line.mlp ? { layer: line.layer, node: line.node } : { node: line.node, subspace: line.subspace };
  const Other = second.value?.compiled === compiled ? second.value.Cells : null;
  const fresh = stepped.value !== null && line.half === step && written;
  const whole = compiled.nodes[line.node]?.name ?? '';
  const code = !notes || !line.mlp || !whole ? '' : line.part ? whole : writtenOf(p, line.node);
  const until = s.dead >= 0 ? `, until layer ${Math.ceil(s.dead / 2)}` : '',
    about = `${line.note}${until}`.replace(/^, /, '');
  return (
    <tbody
      class={`line${on ? ' on' : ''}${off ? ' off' : ''}${fresh ? ' fresh' : ''}${shownEnded ? ' ended' : ''}${mark}`}
      data-item={line.key}
      data-node={line.node}
      data-half={line.half}
      style={{ '--tint': colour(line.node) }}
      ref={host}
    >
      <tr class={`stave${tokens ? ' input-row' : ''}`}>
        <th scope="row" title={notes || !line.note ? line.name : `${line.name}: ${line.note}`}>
          <button
            type="button"
            class="expander"
            aria-expanded={open ? 'true' : 'false'}
            aria-label={`Dimensions of ${line.name}`}
            onClick={() => setOpen(!open)}
          />
          <button
            type="button"
            class="link name"
            style={{ color: colour(line.node) }}
            {...pointing(target)}
            onKeyDown={(e) => {
              const d = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
              if (!d || !written) return;
              e.preventDefault();
              e.stopPropagation();
              const from = selection.value.subspace === line.subspace ? (selection.value.position ?? 0) : 0;
              selection.value = { subspace: line.subspace, half: at, position: Math.min(lanes, Math.max(1, from + d)) };
            }}
          >
            {short(line.name)}
          </button>
        </th>
        {!near && <td colSpan={lanes} class="far" />}
        {near &&
          cells.map((c, i) => {
            const here = { subspace: line.subspace, half: at, position: i + 1 };
            const shown = written || (ended && filled(s.written));
            if (dense)
              return (
                <td
                  class={`${shown ? 'value' : 'unwritten'}${c.changed ? ' changed' : ''}${f.subspace === line.subspace && f.position === i + 1 ? ' here' : ''}`}
                  title={c.full ?? c.text}
                  onClick={() => {
                    if (shown) selection.value = here;
                  }}
                >
                  {shown ? c.text || '·' : ''}
                </td>
              );
            return (
              <td
                class={`${tokens ? 'token' : ''}${shown ? '' : ' unwritten'}${c.changed ? ' changed' : ''}${f.subspace === line.subspace && f.position === i + 1 ? ' here' : ''}${(f.position ?? f.query) === i + 1 ? ' lane' : ''}${f.key === i + 1 ? ' key' : ''}`}
              >
                {shown && (
                  <button
                    type="button"
                    class="value"
                    aria-label={`${line.name} at position ${i}: ${c.full || 'nothing'}`}
                    title={c.full}
                    onMouseEnter={() => {
                      hover.value = here;
                    }}
                    onMouseLeave={() => {
                      hover.value = null;
                    }}
                    onClick={() => {
                      hover.value = null;
                      selection.value = here;
                    }}
                  >
                    {tokens ? token(c.text) : c.text || '·'}
                  </button>
                )}
              </td>
            );
          })}
        {notes && (
          <th class="note" title={about} aria-hidden={about ? undefined : 'true'}>
            <span class="clamp">
              {code && line.part && <small>part of </small>}
              {code && <code>{code}</code>}
              <small>
                {code ? '' : <Words text={line.note} />}
                {code || line.note ? until : until.slice(2)}
              </small>
            </span>
          </th>
        )}
      </tr>
      {Other && near && <Other line={line} lanes={lanes} half={at} notes={notes} />}
      {open && <Dimensions p={p} line={line} lanes={lanes} half={at} />}
    </tbody>
  );
}

function Dimensions({ p, line, lanes, half }: { p: Picture; line: Row; lanes: number; half: number }) {
  const { compiled } = p,
    width = compiled.model.d_model,
    data = residualAt(p, half)!.data;
  const s = compiled.subspaces[line.subspace]!;
  const used = s.dimensions.filter((d) =>
    Array.from({ length: lanes }, (_, i) => data[(i + 1) * width + d]).some((x) => x !== 0),
  );
  const zero = s.dimensions.length - used.length;
  return (
    <>
      {used.map((d) => (
        <tr class="dimension">
          <th scope="row" title={compiled.residual_labels[d]}>
            <small>{d}</small> {compiled.residual_labels[d]}
          </th>
          {Array.from({ length: lanes }, (_, i) => {
            const x = data[(i + 1) * width + d]!;
            return (
              <td class={x ? '' : 'zero'} title={number(x)}>
                {number(x)}
              </td>
            );
          })}
        </tr>
      ))}
      {zero > 0 && (
        <tr class="dimension">
          <th scope="row" colSpan={lanes + 1}>
            +{zero} zero at every position
          </th>
        </tr>
      )}
    </>
  );
}
