// What the page says of a program's promises on the current input.

/** `under`: what the model assumes of the input; `broken`: what of it this input breaks; `wrong`: positions where the model differs from the interpreter. */
export function promisesText(
  under: string[] | undefined,
  broken: string[],
  wrong: number,
): { kept: boolean; text: string } | null {
  if (broken.length) {
    const model = wrong
      ? `The model gives something else at ${wrong} ${wrong === 1 ? 'position' : 'positions'}, as it may.`
      : 'The model agrees all the same.';
    return { kept: false, text: `✗ This input breaks what the program promises: ${broken.join('; ')}. ${model}` };
  }
  return under?.length ? { kept: true, text: `✓ On this input the promises hold: ${under.join('; ')}.` } : null;
}
