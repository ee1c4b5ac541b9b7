import { StreamLanguage } from '@codemirror/language';

const keywords = new Set(['def', 'return', 'for', 'in', 'if', 'else', 'not', 'and', 'or', 'load', 'draw', 'set', 'example']);
const forms = new Set(['select', 'aggregate', 'indicator', 'round', 'range', 'zip', 'len']);
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
      if (keywords.has(word[0])) return 'keyword';
      if (forms.has(word[0])) return 'typeName';
      if (constants.has(word[0])) return 'atom';
      return 'variableName';
    }
    if (stream.match(/^(==|<=|>=|!=|[-+*/%^<>=])/)) return 'operator';
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: '#' }, closeBrackets: { brackets: ['(', '[', '{', '"'] } },
});
