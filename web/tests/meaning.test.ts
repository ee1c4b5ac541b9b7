import { describe, expect, it } from 'vitest';
import { meaningOf } from '../src/state/meaning';

const same = (a: string, b: string) => expect(meaningOf(a)).toBe(meaningOf(b));
const differ = (a: string, b: string) => expect(meaningOf(a)).not.toBe(meaningOf(b));

describe('when two texts are the same program', () => {
  it('blanks, line ends and comments between words are nothing', () => {
    same('x = tokens;\n', 'x  =\ttokens; \n\n');
    same('x = 1;\ny = 2;\n', 'x = 1; # one\n\n# two\ny = 2;\n# end');
    same('x = 1;\n# a "quote\ny = "b";', 'x = 1;\n# another\ny = "b";');
  });
  it('words, their order, and where they end are something', () => {
    differ('x = ab;', 'x = a b;');
    differ('x = 1;', 'x = 2;');
    differ('x = tokens;', '# x = tokens;');
    differ('x = 1; # y = 2;', 'x = 1; y = 2;');
  });
  it('strings are kept to the letter, with a # or blanks in them', () => {
    differ('x = tokens == "a b";', 'x = tokens == "a  b";');
    differ('x = tokens == "#a";', 'x = tokens == "#b";');
    differ("x = tokens == '# a';", "x = tokens == '# b';");
    differ('x = tokens == "\\"# a";', 'x = tokens == "\\"# b";');
  });
  it('lines of #@ are kept to the letter', () => {
    differ('#@ max_length 4\nx = tokens;', '#@ max_length 5\nx = tokens;');
    differ('#@ vocabulary "a  b"\nx = tokens;', '#@ vocabulary "a b"\nx = tokens;');
    differ('#@ causal\nx = tokens;', '# @ causal\nx = tokens;');
    same('#@ causal\nx = tokens;', '#@ causal\n\n# why\nx = tokens;');
  });
});
