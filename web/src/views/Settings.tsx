// Tokens, vocabulary, maximal length, causal mask; problems and printed results under them.
import { analysis, diagnostics, inputProblem, inputText, overrides, vocabularyText } from '../state';

const set = (change: object) => { overrides.value = { ...overrides.value, ...change }; };

export function Settings() {
  const s = analysis.value?.settings;
  return (
    <form class="settings" aria-label="Settings" onSubmit={(e) => e.preventDefault()}>
      <label class="wide">tokens <input type="text" class="mono" name="input" value={inputText.value} spellcheck={false} autocomplete="off" aria-invalid={inputProblem.value !== ''} aria-describedby="input-problem" onInput={(e) => set({ input: e.currentTarget.value })} /></label>
      <label class="wide">vocabulary <input type="text" class="mono" name="vocabulary" value={vocabularyText.value} spellcheck={false} autocomplete="off" onInput={(e) => set({ vocabulary: e.currentTarget.value })} /></label>
      <label>maximal length <input type="number" name="max_length" min={1} max={512} value={overrides.value.maxLength ?? s?.max_length ?? 8} onInput={(e) => { const n = Number(e.currentTarget.value); if (n >= 1) set({ maxLength: n }); }} /></label>
      <label class="check"><input type="checkbox" name="causal" checked={overrides.value.causal ?? s?.causal ?? false} onInput={(e) => set({ causal: e.currentTarget.checked })} /> causal</label>
      <label class="check"><input type="checkbox" name="optimize" checked={overrides.value.optimize ?? true} onInput={(e) => set({ optimize: e.currentTarget.checked })} /> optimise</label>
      {Object.keys(overrides.value).length > 0 && <button type="button" class="quiet" onClick={() => { overrides.value = {}; }}>use the program's</button>}
      <p id="input-problem" class="problem" role="alert">{inputProblem.value}</p>
    </form>
  );
}

export function Problems() {
  const list = diagnostics.value;
  const printed = analysis.value?.printed ?? [];
  if (list.length === 0 && printed.length === 0) return null;
  return (
    <section class="problems" aria-label="Problems and printed results">
      {list.length > 0 && <ul>{list.map((d) => <li class={d.severity}><span class="where">{d.file ?? ''}{d.line}:{d.column}</span> {d.message}{d.hint && <span class="hint"> {d.hint}</span>}</li>)}</ul>}
      {printed.length > 0 && <ol class="console" aria-label="Printed results">{printed.map((p) => <li><span class="where">{p.span?.[0]}</span> <code>{p.name === 'out' ? '' : `${p.name} = `}{p.display.text}</code></li>)}</ol>}
    </section>
  );
}
