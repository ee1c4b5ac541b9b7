/**
 * Links: `#1.z.` + base64url(deflate-raw(JSON)), or `#1.j.` + base64url(JSON) where the browser cannot deflate. The number is the
 * version; a released version is read for ever (tests/web/links). Both lengths are limited, and inflating stops at its limit.
 */
import { BadProject, checkProject } from './check';
import { type Project, emptyProject } from './project';

export const fragmentLimit = 32 * 1024;   // characters: what chats, mails and browsers pass on
export const inflatedLimit = 256 * 1024;  // bytes

export interface Shared { project: Project; fingerprint?: string }

const toBase64Url = (bytes: Uint8Array): string => {
  let text = '';
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
};
const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> => {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new BadProject('it has characters that no link has');
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
};

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer());
}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > inflatedLimit) {
      void reader.cancel();
      throw new BadProject(`it unpacks to more than ${inflatedLimit / 1024} KiB`);
    }
    parts.push(value);
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (const p of parts) { out.set(p, at); at += p.length; }
  return out;
}

/** What differs from an empty project: links stay short, and what is absent has its default for ever. */
function compact(p: Project): Record<string, unknown> {
  const base = emptyProject() as unknown as Record<string, unknown>;
  return Object.fromEntries(Object.entries(p).filter(([key, value]) => key === 'files' || key === 'active' || JSON.stringify(value) !== JSON.stringify(base[key])));
}

/** Throws BadProject where no link could be opened again. */
export async function encodeLink(shared: Shared): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify({ ...compact(shared.project), ...(shared.fingerprint ? { fingerprint: shared.fingerprint } : {}) }));
  if (json.length > inflatedLimit) throw new BadProject(`it has ${Math.ceil(json.length / 1024)} KiB, and a link unpacks to at most ${inflatedLimit / 1024} KiB`);
  if (typeof CompressionStream === 'undefined') return `1.j.${toBase64Url(json)}`;
  return `1.z.${toBase64Url(await deflate(json))}`;
}

/** Throws BadProject with the rest of the sentence "The link cannot be opened: …". */
export async function decodeLink(fragment: string): Promise<Shared> {
  const text = fragment.replace(/^#/, '');
  if (text.length > fragmentLimit) throw new BadProject(`it is longer than ${fragmentLimit / 1024} KiB`);
  const [version, packing, body, ...rest] = text.split('.');
  if (!/^\d+$/.test(version ?? '') || body === undefined || rest.length > 0) throw new BadProject('it is not a link of this page, or a part of it is missing');
  if (version !== '1') throw new BadProject(`it has version ${version!.slice(0, 6)}, which this page does not know: reload for a newer page`);
  let json: Uint8Array;
  try {
    const bytes = fromBase64Url(body);
    if (packing === 'z') json = await inflate(bytes);
    else if (packing === 'j') json = bytes;
    else throw new BadProject('it is packed in an unknown way');
    if (json.length > inflatedLimit) throw new BadProject(`it unpacks to more than ${inflatedLimit / 1024} KiB`);
  } catch (error) {
    throw error instanceof BadProject ? error : new BadProject('a part of it is missing or was changed on the way');
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw new BadProject('a part of it is missing or was changed on the way');
  }
  return checkShared(value);
}

function checkShared(value: unknown): Shared {
  const project = checkProject(value), { fingerprint } = value as { fingerprint?: unknown };
  return { project, ...(typeof fingerprint === 'string' && /^[0-9a-f]{1,64}$/.test(fingerprint) ? { fingerprint } : {}) };
}

/** A file holds the same JSON, readable, with a name and a version of its own. */
export const encodeFile = (shared: Shared): string => `${JSON.stringify({ format: 'rasp-playground', version: 1, ...compact(shared.project), ...(shared.fingerprint ? { fingerprint: shared.fingerprint } : {}) }, null, 2)}\n`;

export function decodeFile(text: string): Shared {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadProject('it is not JSON');
  }
  const v = value as { format?: unknown; version?: unknown } | null;
  if (v?.format !== 'rasp-playground') throw new BadProject('it is not a project of this page');
  if (v.version !== 1) throw new BadProject('it comes from a newer version of this page');
  return checkShared(value);
}
