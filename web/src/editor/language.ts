import { StreamLanguage } from '@codemirror/language';
import { forms, keywords } from '../engine/protocol';

const called = new Set<string>(forms),
  reserved = new Set<string>(keywords);
const constants = new Set(['True', 'False']);

/** Highlighting of RASP, line by line. */
export const rasp = StreamLanguage.define<Record<string, never>>({
  name: 'rasp',
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^#@.*/)) return 'meta';
    if (stream.match(/^#.*/)) return 'comment';
    if (stream.match(/^"[^"\n]*"?/)) return 'string';
    if (stream.match(/^\d+(\.\d+)?/)) return 'number';
    const word = stream.match(/^(s-op\b|[A-Za-z_][A-Za-z_0-9]*)/) as RegExpMatchArray | null;
    if (word) {
      if (called.has(word[0])) return 'typeName';
      if (reserved.has(word[0])) return 'keyword';
      if (constants.has(word[0])) return 'atom';
      return 'variableName';
    }
    if (stream.match(/^(==|<=|>=|!=|[-+*/%^<>=])/)) return 'operator';
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: '#' }, closeBrackets: { brackets: ['(', '[', '{', '"'] } },
});
