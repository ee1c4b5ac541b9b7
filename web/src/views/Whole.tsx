// A score of many heads, small enough to be seen whole: arcs and a bar code of values for each band, one drawing. A
// click goes to the real one.
import { useEffect, useState } from 'preact/hooks';
import { subspaceCells } from '../draw/cells';
import { lines as scoreLines } from '../draw/lines';
import { drawnPattern, headName } from '../draw/pattern';
import { type Band, type Row, arcPath, arcsOf } from '../draw/score';
import { whole } from '../state/bands';
import { colour, nodeLabel } from '../state/focus';
import type { Picture } from '../state/live';
import { selection } from '../state/project';

const namesWidth = 150,
  leastLabelled = 14,
  top = 20;

/** The height that is left below `host`, in pixels. */
function useHeight(): number {
  const measure = () => Math.max(240, innerHeight - 260);
  const [height, setHeight] = useState(measure);
  useEffect(() => {
    const again = () => setHeight(measure());
    addEventListener('resize', again);
    return () => removeEventListener('resize', again);
  }, []);
  return height;
}

/** Cells as a bar code: each value of the row has a strength of its own. */
function Bars({ p, row, lane, y, height }: { p: Picture; row: Row; lane: number; y: number; height: number }) {
  const texts = subspaceCells(p, row.subspace, p.compiled.subspaces[row.subspace]!.written).map((c) => c.text),
    values = [...new Set(texts)];
  return (
    <>
      {values.map((v, i) => (
        <path
          d={texts.map((t, x) => (t === v ? `M${x * lane} ${y}h${lane - 0.5}v${height}h${0.5 - lane}z` : '')).join('')}
          fill={colour(row.node)}
          fill-opacity={0.12 + (0.7 * i) / Math.max(1, values.length - 1)}
        />
      ))}
    </>
  );
}

interface Piece {
  key: string;
  band?: Band;
  row?: Row;
  label: string;
  node: number;
}

/** A band with the first row that it writes, or a row that an MLP writes. */
function piecesOf(p: Picture): Piece[] {
  const rows = scoreLines.value.filter((l): l is Row => l.kind === 'row');
  const bands = scoreLines.value.filter((l): l is Band => l.kind === 'band');
  const taken = new Set(bands.flatMap((b) => b.writes));
  const ofBand = (band: Band): Piece => {
    const row = rows.find((r) => band.writes.includes(r.subspace));
    return {
      key: band.key,
      band,
      ...(row ? { row } : {}),
      node: band.nodes[0] ?? -1,
      label: `${headName(band.layer, band.head)} ${band.nodes.map(nodeLabel).join(', ')}`,
    };
  };
  return scoreLines.value.flatMap((l): Piece[] =>
    l.kind === 'band'
      ? [ofBand(l)]
      : l.kind === 'row' && l.mlp && !taken.has(l.subspace) && p.compiled.subspaces[l.subspace]
        ? [{ key: l.key, row: l, node: l.node, label: l.name }]
        : [],
  );
}

export default function Whole({ p, room }: { p: Picture; room: number }) {
  const pieces = piecesOf(p),
    height = useHeight(),
    each = Math.max(3, Math.min(28, Math.floor((height - top) / Math.max(1, pieces.length))));
  const labelled = each >= leastLabelled,
    left = labelled ? namesWidth : 8,
    lanes = p.trace.T - 1;
  const lane = Math.max(1, Math.min(52, (room - left - 8) / Math.max(1, lanes)));
  const go = ({ band, row }: Piece) => {
    whole.value = false;
    selection.value = band ? { layer: band.layer, head: band.head } : { node: row!.node, subspace: row!.subspace };
  };
  const w = Math.floor(left + lane * lanes),
    h = top + each * pieces.length;
  return (
    <svg class="whole" width={w} height={h} viewBox={`0 0 ${w} ${h}`} role="group" aria-label="The whole score">
      {p.trace.tokens.slice(1).map(
        (t, i) =>
          (lane >= 9 || i % Math.ceil(9 / lane) === 0) && (
            <text x={left + (i + 0.5) * lane} y={13} text-anchor="middle" class="token">
              {t.slice(0, 2)}
            </text>
          ),
      )}
      {pieces.map((piece, i) => {
        const arcs = piece.band ? Math.floor(each * (piece.row ? 0.68 : 0.95)) : 0,
          bars = each - arcs - 1;
        return (
          <g
            key={piece.key}
            role="button"
            tabindex={0}
            aria-label={piece.label}
            transform={`translate(0 ${top + i * each})`}
            onClick={() => go(piece)}
            onKeyDown={(e) => {
              if (e.key === 'Enter' || e.key === ' ') {
                e.preventDefault();
                go(piece);
              }
            }}
          >
            <title>{piece.label}</title>
            <rect class="ground" width={w} height={each} />
            {labelled && (
              <text x={4} y={each / 2 + 4} fill={colour(piece.node)}>
                {piece.label.length > 19 ? `${piece.label.slice(0, 18)}…` : piece.label}
              </text>
            )}
            <g transform={`translate(${left} 0)`}>
              {piece.band &&
                arcsOf(drawnPattern(p, piece.band.layer, piece.band.head), p.trace.T).map(
                  (pairs, level) =>
                    pairs.length > 0 && (
                      <path
                        class="arc"
                        d={arcPath(pairs, lane, arcs)}
                        stroke={colour(piece.node)}
                        stroke-opacity={[0.2, 0.35, 0.5, 0.75][level]}
                      />
                    ),
                )}
              {piece.row && bars > 1 && <Bars p={p} row={piece.row} lane={lane} y={arcs} height={bars} />}
            </g>
          </g>
        );
      })}
    </svg>
  );
}
