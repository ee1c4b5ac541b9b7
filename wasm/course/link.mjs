// Assignments and submissions in a link's fragment: `#assignment=2.` or `#submission=2.`, base64url(deflate-raw(JSON)),
// `.` and the checksum of all characters before it. Links of the first version, `#assignment=` and the packed JSON
// alone, carry no checksum and are still read. What is read is untrusted: its length is bounded before and while it is
// inflated.
import { checksum } from './checksum.mjs';

export const longestLink = 48 * 1024; // characters of the fragment
const mostInflated = 1024 * 1024; // bytes

const toBase64 = (bytes) => {
  let text = '';
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
};

class TooLarge extends Error {}

async function collect(stream, most) {
  const reader = stream.getReader(),
    parts = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    total += value.length;
    if (total > most) {
      await reader.cancel().catch(() => {});
      throw new TooLarge('The link holds more than an assignment can');
    }
    parts.push(value);
  }
  const out = new Uint8Array(total);
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** The fragment of a JSON text, from its packed bytes. */
export function fragmentOf(kind, packed) {
  const body = `${kind}=2.${toBase64(packed)}`;
  return `${body}.${checksum(body)}`;
}

/** The fragment for a JSON text, without `#`; throws where it would be too long for a link. */
export async function encodeLink(kind, text) {
  const minified = JSON.stringify(JSON.parse(text));
  const stream = new Blob([minified]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const fragment = fragmentOf(kind, await collect(stream, 1 << 24));
  if (fragment.length > longestLink)
    throw new Error(`The link would have ${fragment.length} characters, more than ${longestLink}: share the file`);
  return fragment;
}

const inflate = (bytes) =>
  collect(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')), mostInflated);

const damaged = 'The link is damaged: a character was changed, added or lost on the way';

/** Where it is one of ours: `{kind, body, unchecked}`; throws where it cannot be whole. */
function parts(fragment) {
  const text = fragment.replace(/^#/, '');
  const kind = /^(assignment|submission)=/.exec(text)?.[1];
  if (!kind) return null;
  if (text.length > longestLink) throw new Error('The link is too long');
  const [, version, body, check] = /^\w+=(?:(\d+)\.)?([A-Za-z0-9_-]*)(?:\.([0-9a-f]{8}))?$/.exec(text) ?? [];
  if (body === undefined) throw new Error(damaged);
  if (version === undefined && check === undefined) return { kind, body, unchecked: true };
  if (version !== undefined && version !== '2')
    throw new Error(
      `The link has version ${version.slice(0, 6)}, which this page does not know: reload for a newer page`,
    );
  if (version === undefined || check === undefined || checksum(text.slice(0, -9)) !== check) throw new Error(damaged);
  return { kind, body, unchecked: false };
}

/**
 * The kind and JSON text of a fragment, and whether it carries no checksum; null where it is none of ours; throws where
 * it is broken or too large.
 */
export async function decodeLink(fragment) {
  const found = parts(fragment);
  if (!found) return null;
  let inflated;
  try {
    const bytes = Uint8Array.from(atob(found.body.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    if (toBase64(bytes) !== found.body) throw new Error(damaged);
    inflated = await inflate(bytes);
    // Some engines pass over what follows the end of the packed text: then it is whole without the last byte, too.
    if (
      found.unchecked &&
      (await inflate(bytes.slice(0, -1)).then(
        () => true,
        () => false,
      ))
    )
      throw new Error(damaged);
    return {
      kind: found.kind,
      text: new TextDecoder('utf-8', { fatal: true }).decode(inflated),
      unchecked: found.unchecked,
    };
  } catch (error) {
    throw error instanceof TooLarge ? error : new Error(damaged);
  }
}
