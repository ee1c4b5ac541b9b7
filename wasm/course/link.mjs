// Assignments and submissions in a link's fragment: `#assignment=` or `#submission=` and base64url(deflate-raw(JSON)).
// What is read is untrusted: its length is bounded before and while it is inflated.

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

/** The fragment for a JSON text, without `#`; throws where it would be too long for a link. */
export async function encodeLink(kind, text) {
  const minified = JSON.stringify(JSON.parse(text));
  const stream = new Blob([minified]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const fragment = `${kind}=${toBase64(await collect(stream, 1 << 24))}`;
  if (fragment.length > longestLink) throw new Error(`The link would have ${fragment.length} characters, more than ${longestLink}: share the file`);
  return fragment;
}

/** The kind and JSON text of a fragment; null where it is none of ours; throws where it is broken or too large. */
export async function decodeLink(fragment) {
  const match = /^#?(assignment|submission)=([A-Za-z0-9_-]*)$/.exec(fragment);
  if (!match) return /^#?(assignment|submission)=/.test(fragment) ? Promise.reject(new Error('The link is damaged')) : null;
  if (fragment.length > longestLink + 1) throw new Error('The link is too long');
  let bytes;
  try {
    bytes = Uint8Array.from(atob(match[2].replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  } catch {
    throw new Error('The link is damaged');
  }
  let inflated;
  try {
    inflated = await collect(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')), mostInflated);
  } catch (error) {
    throw error instanceof TooLarge ? error : new Error('The link is damaged');
  }
  try {
    return { kind: match[1], text: new TextDecoder('utf-8', { fatal: true }).decode(inflated) };
  } catch {
    throw new Error('The link is damaged');
  }
}
