/** Rules and hints as an author types them: rules one a line, hints with a line of --- between them. */
import type { Hint, Rule } from '../../../wasm/course/index.mjs';

export type Read<T> = { list: T[]; problem: '' } | { list: null; problem: string };

const counts = ['s_ops', 'selectors', 'aggregates', 'selector_widths', 'selects', 'elementwise'] as const;
const known = 'ban NAME…, require NAME…, causal, compiles, exact, or at most: selectors 2';

const head = (r: Rule): string => {
  if (r.ban) return `ban ${r.ban.join(' ')}`;
  if (r.require) return `require ${r.require.join(' ')}`;
  if (r.at_most)
    return `at most: ${Object.entries(r.at_most)
      .map(([what, most]) => `${what} ${most}`)
      .join(', ')}`;
  return r.causal ? 'causal' : r.compiles ? 'compiles' : 'exact';
};

/** `ban sort % | cost 0.5 | Do it without a library function` */
export const rulesText = (rules: Rule[] = []): string =>
  rules
    .map((r) =>
      [
        head(r),
        ...(r.cost === undefined ? [] : [`cost ${r.cost}`]),
        ...(r.message === undefined ? [] : [r.message]),
      ].join(' | '),
    )
    .join('\n');

function ruleOf(text: string): Rule {
  const names = text.match(/^(ban|require)\s+(\S.*)$/);
  if (names) return { [names[1]!]: names[2]!.trim().split(/\s+/) };
  if (text === 'causal' || text === 'compiles' || text === 'exact') return { [text]: true };
  const most = text.match(/^at most:\s*(.+)$/)?.[1];
  if (most === undefined) throw new Error(`write ${known}`);
  const at_most: Record<string, number> = {};
  for (const part of most.split(',')) {
    const [what, n, ...rest] = part.trim().split(/\s+/);
    if (!counts.some((c) => c === what) || !/^\d+$/.test(n ?? '') || rest.length)
      throw new Error(`"${part.trim()}" is not one of ${counts.join(', ')} and a number`);
    at_most[what!] = Number(n);
  }
  return { at_most };
}

export function parseRules(text: string): Read<Rule> {
  const list: Rule[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [rule, ...rest] = line.split(' | ').map((part) => part.trim());
    try {
      const out = ruleOf(rule!),
        cost = rest[0]?.match(/^cost\s+(\S+)$/)?.[1];
      if (cost !== undefined) {
        if (!(Number(cost) >= 0)) throw new Error(`"${cost}" is no cost: a number from 0`);
        out.cost = Number(cost);
      }
      const message = rest.slice(cost === undefined ? 0 : 1).join(' | ');
      if (message) out.message = message;
      list.push(out);
    } catch (error) {
      return { list: null, problem: `Line ${i + 1}: ${(error as Error).message}` };
    }
  }
  return { list, problem: '' };
}

/** A hint that is shown only after some tries begins with `after 3:`. */
export const hintsText = (hints: Hint[] = []): string =>
  hints.map((h) => `${h.after === undefined ? '' : `after ${h.after}: `}${h.text}`).join('\n---\n');

export function parseHints(text: string): Read<Hint> {
  if (text.trim() === '') return { list: [], problem: '' };
  const list: Hint[] = [];
  for (const [i, part] of text
    .replace(/\n---\s*$/, '')
    .split(/\n---\n/)
    .entries()) {
    const after = part.match(/^after\s+(\S+):\s*([^]*)$/),
      words = (after ? after[2]! : part).trim();
    if (words === '') return { list: null, problem: `Hint ${i + 1} is empty` };
    if (after && !/^\d+$/.test(after[1]!))
      return { list: null, problem: `Hint ${i + 1}: after how many tries? Write after 3: …` };
    list.push({ ...(after ? { after: Number(after[1]) } : {}), text: words });
  }
  return { list, problem: '' };
}
