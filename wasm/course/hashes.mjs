// Salted hashes of outputs, and the assignment's fingerprint. WebCrypto: Node from 20, and pages served over https or
// from localhost.

const encoder = new TextEncoder();
const hex = (buffer) => [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, '0')).join('');
export const canHash = () => globalThis.crypto?.subtle !== undefined;

// Guessing an output costs this many rounds a guess; checking one costs a student's browser a few milliseconds.
const rounds = 10_000;

async function slow(secret, salt) {
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), 'PBKDF2', false, ['deriveBits']);
  return hex(
    await crypto.subtle.deriveBits(
      { name: 'PBKDF2', hash: 'SHA-256', salt: encoder.encode(salt), iterations: rounds },
      key,
      256,
    ),
  );
}
const sha256 = async (text) => hex(await crypto.subtle.digest('SHA-256', encoder.encode(text)));

// The salt is the file's, and the case's own input enters it: equal outputs of two cases have different hashes.
export const outputHash = (salt, task, call, input, canonical) =>
  slow(canonical, [salt, task.id, call, JSON.stringify(input)].join('\n'));

// One hash for all inputs of a property case: nothing about a single one can be tried on it.
export async function propertyHash(salt, task, call, property, canonicals) {
  return slow(
    await sha256(canonicals.join('\n')),
    [salt, task.id, call, 'property', property.max_length, JSON.stringify(property.vocabulary ?? task.vocabulary)].join(
      '\n',
    ),
  );
}

export function randomSalt() {
  return hex(crypto.getRandomValues(new Uint8Array(16)).buffer);
}

// A salt from a phrase, so that publishing twice gives the same file.
export const saltOf = async (phrase) => (await sha256(`salt ${phrase}`)).slice(0, 32);

const rule = ({ message: _, ...rest }) => rest;

// 16 hex digits over all that is asked for: equal in the instructor's and the students' file, unchanged by prose, hints
// and outputs.
export async function fingerprint(assignment) {
  const asked = assignment.tasks.map((t) => [
    t.id,
    t.points,
    t.asks,
    t.call ?? null,
    t.starter,
    t.locked ?? [],
    t.files ?? {},
    t.vocabulary,
    t.max_length,
    t.causal ?? false,
    t.credit ?? 'proportional',
    t.cases.map((c) => [c.input, c.call ?? null, c.weight ?? 1]),
    (t.hidden ?? []).map((c) => [c.input, c.call ?? null, c.weight ?? 1]),
    (t.properties ?? []).map((p) => [p.max_length, p.vocabulary ?? null, p.call ?? null, p.weight ?? 1]),
    t.budgets ?? {},
    (t.rules ?? []).map(rule),
    ...(t.laboratory ? [t.laboratory] : []),
  ]);
  // Keys in one order, so that a file that was rewritten by another program keeps its fingerprint.
  const sorted = JSON.stringify([assignment.id, asked], (key, value) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return (await sha256(sorted)).slice(0, 16);
}
