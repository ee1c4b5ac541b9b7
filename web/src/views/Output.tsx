// Interpreter beside model, and what the model costs.
import { analysis, busy, picture, stale, title } from '../state';
import { showAll, token } from '../values';

export function Output() {
  const p = picture.value;
  const a = analysis.value;
  return (
    <section class={`panel output ${stale.value ? 'stale' : ''}`} aria-label="Output">
      <div class="panel-head"><h2>{title.value}</h2><span class="status" role="status">{busy.value ? 'working…' : stale.value && p ? 'last good result' : ''}</span></div>
      {a?.description && <p class="description">{a.description}</p>}
      {p && (
        <>
          <div class="scroll">
            <table class="compare">
              <tbody>
                <tr><th scope="row">input</th>{p.trace.tokens.slice(1).map((t) => <td class="token">{token(t)}</td>)}</tr>
                <tr><th scope="row">interpreter</th>{showAll(p.trace.interpreter).map((v) => <td>{v}</td>)}</tr>
                <tr><th scope="row">model</th>{showAll(p.trace.model).map((v, i) => <td class={p.trace.agrees[i] ? '' : 'wrong'}>{p.trace.defined[i] ? v : '?'}</td>)}</tr>
              </tbody>
            </table>
          </div>
          <p class="verdict">
            {p.compiled.exact ? <span class="good">✓ exact for every input up to length {p.compiled.model.max_length}</span> : <span class="caution">not proved: {p.compiled.bounds.reasons[0]}</span>}
          </p>
          <dl class="cost">
            {([['layers', p.compiled.model.layers], ['heads', p.compiled.model.heads], ['d_model', p.compiled.model.d_model], ['d_mlp', p.compiled.model.d_mlp], ['parameters', p.compiled.model.parameters], ['non-zero', p.compiled.model.nonzeros]] as const).map(([k, v]) => <div><dt>{k}</dt><dd>{v.toLocaleString('en')}</dd></div>)}
          </dl>
        </>
      )}
    </section>
  );
}
