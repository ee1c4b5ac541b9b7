/** When two texts are the same program, so that a key in a comment or between words makes no new model. */

const piece = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#@[^\n]*)|(?:#[^\n]*|\s+)+?(?=$|[^\s#]|#@)/gs;

/**
 * A RASP program without its comments and with one blank, or one line end, where there are several: equal ones are read
 * as the same words in the same order. Strings and `#@` lines stay as they are.
 */
export const meaningOf = (text: string): string =>
  // in a transcript, lines are what counts
  text.includes('>>')
    ? text
    : text.replace(piece, (all, kept: string | undefined) => kept ?? (all.includes('\n') ? '\n' : ' ')).trim();
