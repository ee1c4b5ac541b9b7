// Links from JSON texts and back, written apart from the page's own packing.
import { deflateRawSync, inflateRawSync } from 'node:zlib';

const most = 4 << 20;

/** `{head, json, packed}` of a link, or null where the bytes are none. */
export function unpack(input) {
  const match = /^(#?(?:1\.[zj]\.|assignment=|submission=))([A-Za-z0-9_-]*)$/.exec(input.toString('latin1'));
  if (!match) return null;
  const packed = Buffer.from(match[2], 'base64url');
  if (match[1].endsWith('j.')) return { head: match[1], json: packed, packed };
  try {
    return { head: match[1], json: inflateRawSync(packed, { maxOutputLength: most }), packed };
  } catch {
    return { head: match[1], json: null, packed };
  }
}

export const packBytes = (head, packed) => Buffer.from(head + packed.toString('base64url'));
export const pack = (head, json) => packBytes(head, head.endsWith('j.') ? json : deflateRawSync(json));

/** A link that unpacks to far more than it holds: a valid beginning, then one byte for ever. */
export const bomb = (head, start, size) =>
  packBytes(head, deflateRawSync(Buffer.concat([Buffer.from(start), Buffer.alloc(size, 'a')]), { level: 9 }));
