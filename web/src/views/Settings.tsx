// Tokens, vocabulary, maximal length, causal mask.
import { useRef } from 'preact/hooks';
import { analysis, inputProblem, inputText, vocabularyProblem, vocabularyText } from '../state/live';
import { misfit } from '../state/fit';
import { change, settings, source } from '../state/project';
import { shuffled } from '../values';

const fields = [
  ['input', 'input'],
  ['vocabulary', 'vocabulary'],
  ['maxLength', 'max_length'],
  ['causal', 'causal'],
  ['output', 'output'],
] as const;

/** Pragmas that were edited while a field stands over them: the edit has no effect, which must be said. */
function useOverridden(): string[] {
  const before = useRef(new Map<string, string>());
  return fields.flatMap(([field, pragma]) => {
    if (!(field in settings.value)) {
      before.current.delete(pragma);
      return [];
    }
    const now = source.value.match(new RegExp(`^#@[ \\t]*${pragma}\\b.*$`, 'm'))?.[0] ?? '';
    if (!before.current.has(pragma)) before.current.set(pragma, now);
    return now !== '' && before.current.get(pragma) !== now ? [pragma] : [];
  });
}

/** The input as it is typed; `problem`: the element that says what is wrong with it. */
function Tokens({ id, problem }: { id: string; problem: string }) {
  const s = analysis.value?.settings;
  const random = () => {
    const vocabulary = s?.vocabulary;
    if (vocabulary?.values.length) change({ input: shuffled(vocabulary, Math.min(s?.max_length ?? 8, 12)) });
  };
  return (
    <div class="field tokens">
      <label for={id}>input</label>
      <input
        id={id}
        type="text"
        class="mono"
        value={inputText.value}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        aria-invalid={inputProblem.value !== ''}
        aria-describedby={problem}
        onInput={(e) => change({ input: e.currentTarget.value })}
      />
      <button type="button" title="A random input" aria-label="A random input" onClick={random}>
        ⚄
      </button>
    </div>
  );
}

/** On a phone the input stands under the model, too. */
export function PhoneInput() {
  return (
    <form class="phone-input" aria-label="Input" onSubmit={(e) => e.preventDefault()}>
      <Tokens id="phone-input" problem="phone-input-problem" />
      <p id="phone-input-problem" class="problem" role="alert">
        {misfit.value ? '' : inputProblem.value}
      </p>
    </form>
  );
}

export function Settings() {
  const s = analysis.value?.settings;
  const from = s?.from;
  const changed = fields.some(([k]) => k in settings.value);
  const overridden = useOverridden();
  return (
    <form class="settings" aria-label="Input and settings" onSubmit={(e) => e.preventDefault()}>
      <Tokens id="input" problem="input-problem" />
      <details>
        <summary>
          vocabulary of {s?.vocabulary?.values.length ?? 0}, up to {s?.max_length ?? '?'} tokens
          {s?.causal ? ', causal' : ''}
        </summary>
        <div class="field">
          <label for="vocabulary">vocabulary</label>
          <input
            id="vocabulary"
            type="text"
            class="mono"
            value={vocabularyText.value}
            spellcheck={false}
            autocomplete="off"
            autocapitalize="off"
            aria-invalid={vocabularyProblem.value !== ''}
            onInput={(e) => change({ vocabulary: e.currentTarget.value })}
          />
        </div>
        <p class="problem" role="alert">
          {vocabularyProblem.value}
        </p>
        <div class="field">
          <label for="max-length">longest input</label>
          <input
            id="max-length"
            type="number"
            min={1}
            max={512}
            value={settings.value.maxLength ?? s?.max_length ?? 8}
            onInput={(e) => {
              const x = e.currentTarget.valueAsNumber;
              if (Number.isInteger(x) && x >= 1 && x <= 100_000) change({ maxLength: x });
            }}
          />
          <label class="check">
            <input
              type="checkbox"
              checked={settings.value.causal ?? s?.causal ?? false}
              onInput={(e) => change({ causal: e.currentTarget.checked })}
            />{' '}
            causal
          </label>
        </div>
        <div class="field">
          <label for="output">output</label>
          <input
            id="output"
            type="text"
            class="mono"
            value={settings.value.output ?? analysis.value?.output?.name ?? ''}
            spellcheck={false}
            autocomplete="off"
            autocapitalize="off"
            onInput={(e) => change({ output: e.currentTarget.value || undefined })}
          />
        </div>
        <p class="hint">
          Text is one token a character; a list like ["ab", 1] gives tokens of any kind.{' '}
          {from?.vocabulary === 'input' ? 'The vocabulary is taken from the input.' : ''}
        </p>
      </details>
      {overridden.length > 0 && (
        <p class="hint overrides">
          {overridden.length === 1 ? 'A field' : 'Fields'} here {overridden.length === 1 ? 'stands' : 'stand'} over{' '}
          {overridden.map((k, i) => (
            <>
              {i > 0 && ', '}
              <code>#@ {k}</code>
            </>
          ))}{' '}
          of the program: an edit there changes nothing until you reset.
        </p>
      )}
      {changed && (
        <button
          type="button"
          class="quiet own"
          title="Back to the program’s own settings"
          aria-label="Back to the program’s own settings"
          onClick={() =>
            change({
              input: undefined,
              vocabulary: undefined,
              maxLength: undefined,
              causal: undefined,
              output: undefined,
            })
          }
        >
          reset
        </button>
      )}
    </form>
  );
}
