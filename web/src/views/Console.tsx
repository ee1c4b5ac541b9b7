// Problems, and what the program's own statements show.
import type { Diagnostic, DisplayValue } from '../engine/protocol';
import { colour, pointing } from '../state/focus';
import { fixing, goTo } from '../state/goto';
import { outcomes, pending } from '../state/expects';
import { analysis, inputProblem } from '../state/live';
import { problems } from '../state/problems';
import { active } from '../state/project';
import { valuesOf } from '../state/shown';
import { tokensText } from '../values';
import { Enlarge, Matrix } from './Enlarge';
import { Strip } from './Strip';
import { valueCells } from '../draw/cells';

const docs = (code: string) => `./docs/diagnostics.html#${code}`;

function Problem({ d }: { d: Diagnostic }) {
  const where = `${d.file ? `${d.file} ` : ''}${d.line}:${d.column}`;
  return (
    <li class={d.severity}>
      <button
        type="button"
        class="link where"
        disabled={Boolean(d.file)}
        onClick={() => {
          goTo.value = { line: d.line, column: d.column };
        }}
      >
        {where}
      </button>{' '}
      <span>
        <strong class="severity">{d.severity}</strong> {d.message}. {d.hint && <span class="fix">{d.hint}</span>}{' '}
        {d.fix && (
          <button
            type="button"
            class="link mend"
            onClick={() => {
              fixing.value = d.fix;
            }}
          >
            {d.fix.title}
          </button>
        )}{' '}
        <a class="code" href={docs(d.code)} target="_blank" rel="noopener">
          {d.code}
        </a>
      </span>
    </li>
  );
}

export function Shown({ display }: { display: DisplayValue }) {
  const { matrix, value } = valuesOf(display);
  if (matrix)
    return (
      <>
        <Matrix matrix={matrix} most={24} />
        {matrix.length > 24 && (
          <Enlarge title={`A selector of ${matrix.length} positions`}>{() => <Matrix matrix={matrix} />}</Enlarge>
        )}
      </>
    );
  if (value) return <Strip cells={valueCells(value)} />;
  return <code>{display.text}</code>;
}

export function Console() {
  const list = problems.value;
  const failing = (outcomes.value ?? []).filter((o) => !o.ok);
  const printed = analysis.value?.printed ?? [];
  return (
    <section class="console" aria-label="Problems and printed results">
      <p id="input-problem" class="problem" role="alert">
        {inputProblem.value}
      </p>
      {list.length === 0 && failing.length === 0 && printed.length === 0 && !inputProblem.value && (
        <p class="hint">
          No problems. A line such as <code>{active.value.endsWith('.py') ? 'print(x("ab"))' : 'tokens;'}</code> shows
          its value here.
        </p>
      )}
      {list.length > 0 && (
        <ul class="problems">
          {list.map((d) => (
            <Problem d={d} />
          ))}
        </ul>
      )}
      {failing.length > 0 && (
        <ul class={`plain failing${pending.value ? ' pending' : ''}`}>
          {failing.map((o) => (
            <li>
              <button
                type="button"
                class="link where"
                onClick={() => {
                  goTo.value = { line: o.line, column: 1 };
                }}
              >
                {o.line}
              </button>{' '}
              <strong class="severity">✗ test</strong> {tokensText(o.input)}: expected <code>{o.expected}</code>, got{' '}
              <code>{o.got}</code>
            </li>
          ))}
        </ul>
      )}
      {printed.length > 0 && (
        <ol class="printed">
          {printed.slice(0, 200).map((x) => (
            <li>
              <button
                type="button"
                class="link where"
                onClick={() => {
                  if (x.span) goTo.value = { line: x.span[0], column: x.span[1] };
                }}
              >
                {x.span?.[0]}
              </button>
              {x.name !== 'out' && x.name !== 'draw' && (
                <button
                  type="button"
                  class="link name"
                  style={{ color: x.display.node === undefined ? undefined : colour(x.display.node) }}
                  {...(x.display.node === undefined ? {} : pointing({ node: x.display.node }))}
                >
                  {x.name}
                </button>
              )}
              {x.display.input && <small> on {x.display.input.values.join(' ')}</small>}{' '}
              {x.quiet ? <small>{x.display.kind}</small> : <Shown display={x.display} />}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
