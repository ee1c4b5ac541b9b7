// RASP in twelve lines, in the language of the program: what stands where nothing has been chosen yet.
import { active } from '../state/project';

const rasp: [string, string][] = [
  ['tokens', 'the input, one token at each position'],
  ['indices, length', '0, 1, 2, … and the number of tokens'],
  ['indices + 1', 'arithmetic, at each position by itself: an MLP'],
  ['tokens == "a"', 'a comparison: True or False at each position'],
  ['x if c else y', 'a choice at each position'],
  ['{"a": 1, "b": 2}[tokens]', 'a table, looked up at each position'],
  ['select(keys, queries, ==)', 'who looks at whom: the pattern of an attention head'],
  ['s and t, s or t, not s', 'patterns combined, still one head'],
  ['aggregate(s, x)', 'the mean of x over what s looks at: what the head fetches'],
  ['selector_width(s)', 'how many positions s looks at'],
  ['def f(x) { return x + 1; }', 'a function: gone when the model runs'],
  ['name = expression;', 'a name; the last one is the output'],
];

const python: [string, string][] = [
  ['rasp.tokens', 'the input, one token at each position'],
  ['rasp.indices, rasp.length', '0, 1, 2, … and the number of tokens'],
  ['rasp.indices + 1', 'arithmetic, at each position by itself: an MLP'],
  ['rasp.tokens == "a"', 'a comparison with a constant'],
  ['rasp.Map(f, x)', 'any function of Python, at each position'],
  ['rasp.SequenceMap(f, x, y)', 'a function of two s-ops'],
  ['rasp.Select(keys, queries, rasp.Comparison.EQ)', 'who looks at whom: the pattern of an attention head'],
  ['s & t, s | t, ~s', 'patterns combined, still one head'],
  ['rasp.Aggregate(s, x)', 'the mean of x over what s looks at, None where it looks at nothing'],
  ['rasp.SelectorWidth(s)', 'how many positions s looks at'],
  ['VOCAB = {"a", "b"}; MAX_SEQ_LEN = 8', 'the inputs that the model is for'],
  ['name = expression', 'a name; the last one is the output'],
];

export function Primer() {
  const inPython = active.value.endsWith('.py');
  return (
    <section class="primer" aria-label="RASP in 12 lines">
      <h3>RASP in 12 lines{inPython && ' of Python'}</h3>
      <dl>
        {(inPython ? python : rasp).map(([code, words]) => (
          <div>
            <dt>
              <code>{code}</code>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">
        <a href={inPython ? './docs/tracr.html' : './docs/language.html'} target="_blank" rel="noopener">
          {inPython ? 'Coming from Tracr' : 'All of the language'}
        </a>
      </p>
    </section>
  );
}
