// A Python program as RASP text: written and compared with it on the grader's thread, so that typing goes on meanwhile.
import { toRasp } from '../../../../wasm/python/rasp.mjs';
import type { Asked } from '../protocol';
import { grader, tabulate } from '../start';

/** `order`: a request's program and settings. Rejects with a sentence for people where RASP cannot say it. */
export async function asRasp(order: object): Promise<string> {
  const ask = async (request: Asked) => (await grader().request(request)).result;
  const made = await toRasp({ tabulate: async (request: Asked) => tabulate(request), ask }, order);
  if (made.ok) return made.text;
  const [first] = made.diagnostics;
  throw new Error(
    first ? `Line ${first.line}: ${first.message}. ${first.hint ?? ''}` : 'The program could not be written as RASP.',
  );
}
