// The editor for Tracr's Python: highlighting and indentation by Lezer's parser, completion of the package's names and
// the program's own.
import { type Completion, type CompletionContext, autocompletion } from '@codemirror/autocomplete';
import {
  LRLanguage,
  continuedIndent,
  delimitedIndent,
  foldInside,
  foldNodeProp,
  indentNodeProp,
  indentService,
  syntaxTree,
} from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { parser } from '@lezer/python';
import { analysis } from '../state/live';

const language = LRLanguage.define({
  name: 'python',
  parser: parser.configure({
    props: [
      indentNodeProp.add({
        'TupleExpression ArrayExpression ArrayComprehensionExpression DictionaryExpression SetExpression ArgList ParamList ParenthesizedExpression':
          delimitedIndent({ closing: ')', align: false }),
        MemberExpression: continuedIndent(),
      }),
      foldNodeProp.add({
        'ArrayExpression DictionaryExpression SetExpression TupleExpression ArgList': foldInside,
        Body: (node) => ({ from: node.from + 1, to: node.to }),
      }),
    ],
  }),
  languageData: {
    commentTokens: { line: '#' },
    closeBrackets: { brackets: ['(', '[', '{', "'", '"'] },
    indentOnInput: /^\s*(else:|elif .*:|except.*:|finally:|[)\]}])$/,
  },
});

/** A new line keeps the indentation of the one before; after a colon it is deeper, after a return back. Inside brackets the tree decides. */
const indentation = indentService.of((context, at) => {
  const inside = syntaxTree(context.state).resolveInner(at, -1);
  for (let n: typeof inside | null = inside; n; n = n.parent)
    if (
      /^(ArgList|ParamList|ArrayExpression|DictionaryExpression|TupleExpression|ParenthesizedExpression|String)$/.test(
        n.name,
      ) &&
      n.to >= at
    )
      return undefined;
  const line = context.lineAt(at, -1),
    before = /^\s*$/.test(line.text) && line.from > 0 ? context.lineAt(line.from - 1, -1) : line;
  const own = /^\s*/.exec(before.text)![0].length;
  if (/:\s*(#.*)?$/.test(before.text)) return own + context.unit;
  if (/^\s*(return|pass|break|continue|raise)\b/.test(before.text)) return Math.max(0, own - context.unit);
  return own;
});

const name = (label: string, detail: string, info: string, type = 'function'): Completion => ({
  label,
  detail,
  info,
  type,
});

const ofRasp: Completion[] = [
  name('tokens', 's-op', 'The input.', 'variable'),
  name('indices', 's-op', 'Positions from 0.', 'variable'),
  name('length', 's-op', 'The length of the input.', 'variable'),
  name('Map', '(f, sop)', 'f of every value; None stays None.'),
  name('SequenceMap', '(f, fst, snd)', 'f of the values of two s-ops at every position.'),
  name('LinearSequenceMap', '(fst, snd, fst_fac, snd_fac)', 'fst_fac * fst + snd_fac * snd.'),
  name('Full', '(fill)', 'One value at every position.'),
  name('Select', '(keys, queries, predicate)', 'Query i selects key j where predicate(keys[j], queries[i]).'),
  name(
    'Aggregate',
    '(selector, sop, default=None)',
    'The selected value; the mean of several; the default where nothing is selected.',
  ),
  name('SelectorWidth', '(selector)', 'How many keys each query selects.'),
  name('SelectorAnd', '(fst, snd)', 'Also written fst & snd.'),
  name('SelectorOr', '(fst, snd)', 'Also written fst | snd.'),
  name('SelectorNot', '(selector)', 'Also written ~selector.'),
  name('ConstantSOp', '(values)', 'A value for each position.'),
  name('ConstantSelector', '(rows)', 'Rows of bools.'),
  name('numerical', '(sop)', 'A note that the values are numbers.'),
  name('categorical', '(sop)', 'A note that the values are kinds.'),
  name('Comparison', 'enum', 'EQ, LT, LEQ, GT, GEQ, NEQ, TRUE, FALSE: of key and query.', 'enum'),
];
const ofComparison = ['EQ', 'LT', 'LEQ', 'GT', 'GEQ', 'NEQ', 'TRUE', 'FALSE'].map((label, i) =>
  name(
    label,
    ['key == query', 'key < query', 'key <= query', 'key > query', 'key >= query', 'key != query', 'always', 'never'][
      i
    ]!,
    '',
    'enum',
  ),
);
const ofLib: Completion[] = [
  name('make_length', '()', 'The length of the input.'),
  name('make_reverse', '(sop)', 'The sequence from its end.'),
  name('make_hist', '()', 'How often each token occurs.'),
  name('make_frac_prevs', '(bools)', 'The share of true values up to here.'),
  name('make_pair_balance', '(sop, open_token, close_token)', 'Share of opening minus share of closing tokens.'),
  name('make_shuffle_dyck', '(pairs)', 'Are all kinds of brackets balanced?'),
  name('make_shuffle_dyck2', '()', 'For () and {}.'),
  name('make_sort', '(vals, keys, *, max_seq_len, min_key)', 'vals by keys, which may repeat.'),
  name('make_sort_unique', '(vals, keys)', 'vals by keys that differ.'),
  name('make_sort_freq', '(max_seq_len)', 'Tokens by how often they occur.'),
  name('shift_by', '(offset, sop)', 'What stood offset positions earlier.'),
  name('detect_pattern', '(sop, pattern)', 'Do the last values make the pattern?'),
  name('make_count', '(sop, token)', 'How often a value occurs.'),
  name('make_count_less_freq', '(n)', 'Positions whose token occurs n times at most.'),
  name('make_nary_sequencemap', '(f, *sops)', 'f of any number of s-ops.'),
];
const modules: Record<string, Completion[]> = {
  rasp: ofRasp,
  Comparison: ofComparison,
  lib: ofLib,
  compiling: [
    name('compile_rasp_to_model', '(program, vocab, max_seq_len, causal=False)', 'Names the program and its settings.'),
  ],
};
const words = [
  'def',
  'return',
  'for',
  'in',
  'if',
  'elif',
  'else',
  'while',
  'import',
  'from',
  'lambda',
  'class',
  'not',
  'and',
  'or',
  'None',
  'True',
  'False',
].map((label) => ({ label, type: 'keyword' }));

function complete(context: CompletionContext) {
  const inside = syntaxTree(context.state).resolveInner(context.pos, -1);
  if (/String|Comment/.test(inside.name)) return null;
  const member = context.matchBefore(/([A-Za-z_]\w*)\.(\w*)$/);
  if (member) {
    const [of, start] = member.text.split('.') as [string, string];
    const options = modules[of];
    return options ? { from: context.pos - start.length, options, validFor: /^\w*$/ } : null;
  }
  const word = context.matchBefore(/[A-Za-z_]\w*/);
  if (!word && !context.explicit) return null;
  const own = (analysis.value?.definitions ?? []).map((d) => ({
    label: d.name,
    detail: d.display?.kind ?? '',
    info: d.display?.text ?? '',
    type: 'variable',
    boost: 1,
  }));
  const imported = Object.keys(modules)
    .filter((m) => new RegExp(`\\b${m}\\b`).test(context.state.doc.toString()))
    .map((label) => ({ label, type: 'namespace' }));
  const seen = new Set(own.map((o) => o.label));
  return {
    from: word?.from ?? context.pos,
    options: [...own, ...imported.filter((o) => !seen.has(o.label)), ...words],
    validFor: /^\w*$/,
  };
}

export const python: Extension = [language, indentation, autocompletion({ override: [complete] })];
