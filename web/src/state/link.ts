/**
 * Links: `#2.z.` + base64url(deflate-raw(JSON)), or `#2.j.` + base64url(JSON) where the browser cannot deflate; then
 * `.` and the checksum of all characters before it. The number is the version; a released version is read for ever
 * (tests/web/links). Version 1 had no checksum: what it opens is `unchecked`. Both lengths are limited, and inflating
 * stops at its limit.
 */
import { checksum } from '../../../wasm/course/checksum.mjs';
import { BadProject, checkProject } from './check';
import { type Project, emptyProject } from './project';

export const fragmentLimit = 32 * 1024; // characters: what chats, mails and browsers pass on
export const inflatedLimit = 256 * 1024; // bytes

export interface Shared {
  project: Project;
  fingerprint?: string; // of the model that its author saw, with
  engine?: string; // the version of the engine that made it and
  sizes?: Sizes; // its size
  unchecked?: true; // a link that carries no checksum
  file?: true; // it was read from a file, not from a link
  turned?: true; // the file's weights are those of the model in another basis
}

/** Layers, attention heads, d_model, parameters. */
export type Sizes = [layers: number, heads: number, dModel: number, parameters: number];

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
  return new Uint8Array(
    await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer(),
  );
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
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** What differs from an empty project: links stay short, and what is absent has its default for ever. */
function compact(p: Project): Record<string, unknown> {
  const base = emptyProject() as unknown as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(p).filter(
      ([key, value]) => key === 'files' || key === 'active' || JSON.stringify(value) !== JSON.stringify(base[key]),
    ),
  );
}

const contents = ({ project, fingerprint, engine, sizes }: Shared) => ({
  ...compact(project),
  ...(fingerprint ? { fingerprint } : {}),
  ...(engine ? { engine } : {}),
  ...(sizes ? { sizes } : {}),
});

/** Throws BadProject where no link could be opened again. */
export async function encodeLink(shared: Shared): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify(contents(shared)));
  if (json.length > inflatedLimit)
    throw new BadProject(
      `it has ${Math.ceil(json.length / 1024)} KiB, and a link unpacks to at most ${inflatedLimit / 1024} KiB`,
    );
  const body =
    typeof CompressionStream === 'undefined' ? `2.j.${toBase64Url(json)}` : `2.z.${toBase64Url(await deflate(json))}`;
  return `${body}.${checksum(body)}`;
}

const foreign = 'it is not a link of this page, or a part of it is missing';
const damaged = 'a part of it is missing or was changed on the way';

/** Packing and body of a fragment that is whole, as far as its version lets us know. */
function parts(text: string): { packing: string; body: string; unchecked: boolean } {
  if (text.length > fragmentLimit) throw new BadProject(`it is longer than ${fragmentLimit / 1024} KiB`);
  const [version, packing, body, check, ...rest] = text.split('.');
  if (!/^\d+$/.test(version ?? '') || packing === undefined || body === undefined || rest.length > 0)
    throw new BadProject(foreign);
  if (version === '1') {
    if (check !== undefined) throw new BadProject(foreign);
    return { packing, body, unchecked: true };
  }
  if (version !== '2')
    throw new BadProject(
      `it has version ${version!.slice(0, 6)}, which this page does not know: reload for a newer page`,
    );
  if (check === undefined || checksum(text.slice(0, -(check.length + 1))) !== check) throw new BadProject(damaged);
  return { packing, body, unchecked: false };
}

/** Throws BadProject with the rest of the sentence "The link cannot be opened: …". */
export async function decodeLink(fragment: string): Promise<Shared> {
  const { packing, body, unchecked } = parts(fragment.replace(/^#/, ''));
  let json: Uint8Array;
  try {
    const bytes = fromBase64Url(body);
    if (toBase64Url(bytes) !== body) throw new BadProject(damaged);
    if (packing === 'z') json = await inflate(bytes);
    else if (packing === 'j') json = bytes;
    else throw new BadProject('it is packed in an unknown way');
    if (json.length > inflatedLimit) throw new BadProject(`it unpacks to more than ${inflatedLimit / 1024} KiB`);
    if (unchecked && packing === 'j' && json.at(-1) !== 0x7d) throw new BadProject(damaged); // "}": no blanks follow it
    // Some engines pass over what follows the end of the packed text: then it is whole without the last byte, too.
    if (
      unchecked &&
      packing === 'z' &&
      (await inflate(bytes.slice(0, -1)).then(
        () => true,
        () => false,
      ))
    )
      throw new BadProject(damaged);
  } catch (error) {
    throw error instanceof BadProject ? error : new BadProject(damaged);
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw new BadProject(damaged);
  }
  return { ...checkShared(value), ...(unchecked ? { unchecked } : {}) };
}

const isSizes = (x: unknown): x is Sizes =>
  Array.isArray(x) && x.length === 4 && x.every((n) => Number.isSafeInteger(n) && n >= 0);

function checkShared(value: unknown): Shared {
  const project = checkProject(value);
  const { fingerprint, engine, sizes } = value as Partial<Record<keyof Shared, unknown>>;
  return {
    project,
    ...(typeof fingerprint === 'string' && /^[0-9a-f]{1,64}$/.test(fingerprint) ? { fingerprint } : {}),
    ...(typeof engine === 'string' && /^[\w.+-]{1,40}$/.test(engine) ? { engine } : {}),
    ...(isSizes(sizes) ? { sizes } : {}),
  };
}

/** A file holds the same JSON, readable, with a name and a version of its own. */
export const encodeFile = (shared: Shared): string =>
  `${JSON.stringify({ format: 'rasp-playground', version: 1, ...contents(shared) }, null, 2)}\n`;

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
