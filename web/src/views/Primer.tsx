// RASP in twelve lines: what stands where nothing has been chosen yet.
const lines: [string, string][] = [
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

export function Primer() {
  return (
    <section class="primer" aria-label="RASP in 12 lines">
      <h3>RASP in 12 lines</h3>
      <dl>{lines.map(([code, words]) => <div><dt><code>{code}</code></dt><dd>{words}</dd></div>)}</dl>
      <p class="hint"><a href="./docs/language.html" target="_blank" rel="noopener">All of the language</a></p>
    </section>
  );
}
