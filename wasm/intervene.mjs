// run FILE --intervene FILE|JSON: one input with experiments on the model's pass. docs/interventions.md describes them.
import { readFileSync, statSync } from 'node:fs';
import { largestRequest, tooLarge } from './engine.mjs';
import { print, refusal, tokenList, unreadable } from './output.mjs';

/** The text of the list: the option's own, or that of the file it names. Lists stay text, so that 1.0 stays a float. */
function listText(option) {
  let text = option;
  if (!/^\s*[[{]/.test(option)) {
    try {
      const size = statSync(option).size;
      if (size > largestRequest) return { failure: tooLarge(size) };
      text = readFileSync(option, 'utf8');
    } catch (error) {
      return { failure: unreadable(option, error) };
    }
  }
  try {
    if (!Array.isArray(JSON.parse(text))) text = `[${text}]`; // one experiment by itself
  } catch {
    return {
      failure: refusal(
        'bad-intervention',
        'input',
        '--intervene: this is not valid JSON',
        'Give a list as [{"kind": "zero_head", "layer": 0, "head": 0}], or the name of a file that holds one.',
      ),
    };
  }
  return { text };
}

/**
 * @param {object} request a `run`
 * @param {string} option a list of interventions as JSON, or a file that holds one
 * @returns {Promise<number>} the exit status
 */
export async function intervened(engine, { samples, exhaustive, seed, proof, ...request }, option, serialise) {
  const { text, failure } = listText(option);
  if (failure) return print(failure);
  const compiled = await engine.requestText(serialise({ ...request, command: 'compile', keep: true, details: true }));
  if (!compiled.ok) return print(compiled);
  const { input } = compiled.settings;
  if (!input)
    return print(
      refusal('no-input', 'input', 'No input is given', 'Add #@ input "abc" to the program, or give --input.'),
    );
  const trace = await engine.requestText(
    serialise({
      command: 'trace',
      handle: compiled.handle,
      input: { raw: tokenList(input) },
      interventions: { raw: text },
      limit_ms: request.limit_ms,
    }),
  );
  if (!trace.ok) return print(trace);
  const { T, tokens: _, tensors, nodes, decoded, agrees, ...result } = trace;
  return print({ ...result, diagnostics: compiled.diagnostics, interventions: JSON.parse(text) });
}
