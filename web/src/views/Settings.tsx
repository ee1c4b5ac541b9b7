// Tokens, vocabulary, maximal length, causal mask.
import { analysis, inputProblem, inputText, vocabularyProblem, vocabularyText } from '../state/live';
import { change, settings } from '../state/project';
import { shuffled } from '../values';

export function Settings() {
  const s = analysis.value?.settings;
  const from = s?.from;
  const changed = ['input', 'vocabulary', 'maxLength', 'causal', 'output'].some((k) => k in settings.value);
  const random = () => {
    const vocabulary = s?.vocabulary;
    if (vocabulary?.values.length) change({ input: shuffled(vocabulary, Math.min(s?.max_length ?? 8, 12)) });
  };
  return (
    <form class="settings" aria-label="Input and settings" onSubmit={(e) => e.preventDefault()}>
      <div class="field tokens">
        <label for="input">input</label>
        <input id="input" type="text" class="mono" value={inputText.value} spellcheck={false} autocomplete="off" autocapitalize="off" aria-invalid={inputProblem.value !== ''} aria-describedby="input-problem"
          onInput={(e) => change({ input: e.currentTarget.value })} />
        <button type="button" title="A random input" aria-label="A random input" onClick={random}>⚄</button>
      </div>
      <details>
        <summary>vocabulary of {s?.vocabulary?.values.length ?? 0}, up to {s?.max_length ?? '?'} tokens{s?.causal ? ', causal' : ''}</summary>
        <div class="field"><label for="vocabulary">vocabulary</label><input id="vocabulary" type="text" class="mono" value={vocabularyText.value} spellcheck={false} autocomplete="off" autocapitalize="off"
          aria-invalid={vocabularyProblem.value !== ''} onInput={(e) => change({ vocabulary: e.currentTarget.value })} /></div>
        <p class="problem" role="alert">{vocabularyProblem.value}</p>
        <div class="field">
          <label for="max-length">longest input</label>
          <input id="max-length" type="number" min={1} max={512} value={settings.value.maxLength ?? s?.max_length ?? 8} onInput={(e) => { const x = e.currentTarget.valueAsNumber; if (Number.isInteger(x) && x >= 1 && x <= 100_000) change({ maxLength: x }); }} />
          <label class="check"><input type="checkbox" checked={settings.value.causal ?? s?.causal ?? false} onInput={(e) => change({ causal: e.currentTarget.checked })} /> causal</label>
        </div>
        <div class="field"><label for="output">output</label><input id="output" type="text" class="mono" value={settings.value.output ?? analysis.value?.output?.name ?? ''} spellcheck={false} autocomplete="off" autocapitalize="off"
          onInput={(e) => change({ output: e.currentTarget.value || undefined })} /></div>
        <p class="hint">Text is one token a character; a list like ["ab", 1] gives tokens of any kind. {from?.vocabulary === 'input' ? 'The vocabulary is taken from the input.' : ''}</p>
      </details>
      {changed && <button type="button" class="quiet own" title="Back to the program’s own settings" aria-label="Back to the program’s own settings" onClick={() => change({ input: undefined, vocabulary: undefined, maxLength: undefined, causal: undefined, output: undefined })}>reset</button>}
    </form>
  );
}
