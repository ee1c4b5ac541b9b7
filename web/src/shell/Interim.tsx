// What can be said before there is a model of what is on the page: the interpreter's answer, a selector that stands
// alone, or what to do.
import { valueCells } from '../draw/cells';
import type { Values } from '../engine/protocol';
import { addToVocabulary, allowLength, lone, misfit } from '../state/fit';
import { analysis, inputProblem, title, working } from '../state/live';
import { valuesOf } from '../state/shown';
import { show, showAll, token } from '../values';

const most = 64;

/** Interpreter's rows, as they stand over a model. */
function Answer({ input, value }: { input: Values; value: Values }) {
  return (
    <div class="scroll">
      <table class="compare">
        <tbody>
          <tr class="positions">
            <th scope="row">position</th>
            {input.values.slice(0, most).map((_, i) => (
              <td>{i}</td>
            ))}
          </tr>
          <tr>
            <th scope="row">input</th>
            {showAll(input)
              .slice(0, most)
              .map((t) => (
                <td class="token">{token(t)}</td>
              ))}
          </tr>
          <tr>
            <th scope="row">interpreter</th>
            {valueCells(value)
              .slice(0, most)
              .map((c) => (
                <td class={c.absent ? 'absent' : ''}>{c.text}</td>
              ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}

/** A selector as a table: rows ask, columns are looked at. */
function Selector({ name, matrix, input }: { name: string; matrix: string[]; input: Values }) {
  const tokens = showAll(input).map(token);
  return (
    <>
      <p class="description">
        {name} is a selector: who looks at whom. <code>aggregate({name}, tokens)</code> fetches what is seen,{' '}
        <code>selector_width({name})</code> counts it: either makes an output.
      </p>
      <div class="scroll">
        <table class="selector">
          <caption>rows: who looks (query) · columns: who is looked at (key)</caption>
          <thead>
            <tr>
              <td />
              {tokens.map((t) => (
                <th scope="col">{t}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matrix.map((row, q) => (
              <tr>
                <th scope="row">{tokens[q]}</th>
                {[...row].map((c, k) => (
                  <td
                    class={c === '1' ? 'one' : ''}
                    title={`position ${q} ${c === '1' ? 'looks' : 'does not look'} at position ${k}`}
                  >
                    <span class="visually-hidden">{c}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Offers() {
  const m = misfit.value;
  if (!m) return null;
  const { unknown, length } = m;
  return (
    <p class="offers">
      {inputProblem.value}{' '}
      {unknown.values.length > 0 && (
        <button type="button" onClick={() => addToVocabulary(unknown)}>
          Add {unknown.values.map((v, i) => `“${token(show(v, unknown.types[i]!))}”`).join(', ')} to the vocabulary
        </button>
      )}{' '}
      {length !== null && (
        <button type="button" onClick={() => allowLength(length)}>
          Allow {length} tokens
        </button>
      )}
    </p>
  );
}

export function Interim({ empty }: { empty: string }) {
  const a = analysis.value,
    input = a?.settings.input,
    value = a?.output ? valuesOf(a.output.display).value : undefined;
  const selector = lone.value;
  return (
    <section class="result interim" aria-label="Output">
      <div class="panel-bar">
        <h2>{title.value}</h2>
        <span class="status" role="status">
          {value && working.value && !misfit.value ? 'making the model…' : ''}
        </span>
      </div>
      {a?.description && <p class="description">{a.description}</p>}
      {input && value && <Answer input={input} value={value} />}
      {input && selector && <Selector name={selector.name} matrix={selector.matrix} input={input} />}
      <Offers />
      {!value && !selector && <p class="empty">{empty}</p>}
    </section>
  );
}
