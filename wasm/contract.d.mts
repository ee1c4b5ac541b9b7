// Made by core/session/schema/generate.mjs from contract.schema.json; not to be edited.

/** One token or value. Floats that JSON cannot hold are "nan", "inf", "-inf" (letter f); ints beyond 2^53 are decimal strings (letter i). */
export type Atom = string | number | boolean;

/** Tokens: a list, or a text whose characters are the tokens. */
export type AnyInput = string | Atom[];

/** Values, null where there is none. */
export type Cells = (string | number | boolean | null)[];

/** [line, column, end line, end column], from 1, columns in UTF-16 code units, in the main file. */
export type SpanTuple = [number, number, number, number];

export interface FileSpan {
  file: string;
  span: SpanTuple;
}

/** One type letter an element: i f b s o, and - with null where a position has no value. */
export interface Values {
  values: Cells;
  /** i int, f float, b bool, s string, o opaque (a Python value that RASP has not: its text, None as "None"), - no value */
  types: string;
}

/** Values as the model gives them; `raw` are the numbers before rounding. Weights hold one number for 1, 1.0 and true: where the output can be several of these, the type is the interpreter's at that position. */
export interface ModelValues {
  values: Cells;
  types: string;
  raw?: number[];
}

/** Something to tell the author of a program. Codes: docs/diagnostics.md. */
export interface Diagnostic {
  severity: "error" | "warning" | "info";
  code: string;
  /** On errors: the class of the language specification, or limit, unsupported, input, pragma. */
  class?: string;
  message: string;
  line: number;
  column: number;
  end_line: number;
  end_column: number;
  /** Where it is not the main file. */
  file?: string;
  hint?: string;
  /** The program is fine, but has no value on this input: it can be compiled all the same. */
  on_input?: true;
  /** A change of the main file that fixes the mistake. */
  fix?: { title: string; edits: ({ span: SpanTuple; text: string })[] };
}

/** What every command may answer. Some say a little more. */
export interface Failure {
  ok: false;
  diagnostics: Diagnostic[];
  settings?: SettingsDoc;
  /** `trace`: of the token that the model does not know. */
  position?: number;
  /** `eval_many`. */
  facts?: Facts;
}

export type PassName = "fuse" | "fold" | "merge_heads" | "drop" | "idioms" | "factor" | "pack" | "reuse";

/** Words of the language: never the name of anything. */
export type Keyword = "set" | "show" | "example" | "examples" | "on" | "off" | "selector" | "s-op" | "load" | "draw" | "def" | "return" | "for" | "in" | "if" | "else" | "not" | "and" | "or" | "round" | "indicator" | "exit" | "quit";

/** Read like calls, each with a syntax of its own. */
export type Form = "select" | "aggregate" | "indicator" | "round" | "range" | "zip" | "len";

/** Names that have a meaning and cannot be assigned. */
export type ReservedName = "tokens_asis" | "tokens_str" | "tokens_int" | "tokens_bool" | "tokens_float" | "indices" | "True" | "False" | "out" | "range" | "zip" | "len" | "get";

export type ValueKind = "atom" | "list" | "dict" | "s-op" | "selector" | "function" | "application";

export type NodeKind = "tokens" | "indices" | "constant" | "elementwise" | "aggregate" | "selector_width" | "select" | "and" | "or" | "not";

export type Encoding = "categorical" | "numerical";

/** The settings in force and where each comes from. */
export interface SettingsDoc {
  input: Values | null;
  vocabulary: Values | null;
  max_length: number | null;
  causal: boolean;
  from: { input: "option" | "pragma" | "example" | "default" | "input" | "program" | "none"; vocabulary: "option" | "pragma" | "example" | "default" | "input" | "program" | "none"; max_length: "option" | "pragma" | "example" | "default" | "input" | "program" | "none"; causal: "option" | "pragma" | "example" | "default" | "input" | "program" | "none"; output: "option" | "pragma" | "example" | "default" | "input" | "program" | "none" };
}

/** Of the program; a name that ends in .py says python, too. The engine takes Python with its `graph` only. */
export type Language = "rasp" | "python";

/** Indices of `values`: the operands (of a predicate key, query), then the outcome; an outcome -1-k is a failure: `failures` at k. */
export type GraphRow = number[];

/** A function of the program as a table of what it gave. A predicate gives bools. */
export interface GraphFunction {
  /** How it is written where it is applied; {0} and {1} stand for its arguments. */
  name: string;
  arity: number;
  rows: GraphRow[];
}

/** Bytes of the program's UTF-8 text, [begin, end). */
export type ByteSpan = [number, number];

/** One s-op or selector; arguments come before it. */
export interface GraphNode {
  kind: NodeKind;
  /** select: key, query; aggregate: selector, s-op */
  args?: number[];
  /** elementwise, or the predicate of select; index of `functions` */
  function?: number;
  /** select without a function */
  op?: "==" | "!=" | "<" | "<=" | ">" | ">=";
  /** constant; the default of aggregate; index of `values` */
  value?: number;
  name?: string;
  /** What the program asks for, as `#@ encode` does. */
  encoding?: Encoding;
  span?: ByteSpan;
}

/** What the language's host has to say. */
export interface GraphMessage {
  severity: "error" | "warning" | "info";
  code: string;
  class?: string;
  message: string;
  hint?: string;
  span?: ByteSpan;
}

/** A tabulated graph: a program of another language as data. It opens without that language; functions have no values beyond their tables. */
export interface GraphDoc {
  /** Version of this format. */
  rasp_graph: 1;
  /** Tracr's rules: an s-op may mix kinds of values, bools have means, None is a value. */
  dialect: "tracr";
  values?: Values;
  failures?: string[];
  functions?: GraphFunction[];
  nodes?: GraphNode[];
  /** Index of `nodes`. */
  output?: number;
  output_name?: string;
  definitions?: ({ name: string; name_span: ByteSpan; span: ByteSpan; node: number })[];
  uses?: ({ span: ByteSpan; node: number })[];
  printed?: ({ name: string; text: string; span?: ByteSpan })[];
  settings?: { vocabulary?: number[]; input?: number[]; max_length?: number; causal?: boolean };
  messages?: GraphMessage[];
}

/** The values that functions of the graph can still meet: answered by more rows, until none is asked for. */
export interface TabulateResult {
  ok: true;
  wants: ({ function: number; operands: Values })[];
  diagnostics: Diagnostic[];
}

/** A node of the graph; `id` is its index in `nodes`. */
export interface NodeDoc {
  id: number;
  kind: NodeKind;
  selector: boolean;
  args: number[];
  /** The variable, or "". */
  name: string;
  /** The expression, short. */
  label: string;
  /** The first expression that made it. */
  span: SpanTuple | null;
  value?: Values;
  /** Selectors: a text of 0 and 1 a query; ? where a row has no value. */
  matrix?: string[];
  /** Why the first position without a value has none. */
  undefined?: string;
}

/** Any value of a program as a person reads it. The values of an s-op or a selector on the input are those of `nodes[node]`; where `input` is given, or there are no nodes, they are here. */
export interface DisplayValue {
  kind: ValueKind;
  /** One line, at most 200 characters. */
  text: string;
  node?: number;
  value?: Values;
  matrix?: string[];
  /** What it is shown on, where that is not the input: an application, an example in force at its line. */
  input?: Values;
  undefined?: string;
}

export interface Definition {
  name: string;
  name_span: SpanTuple;
  span: SpanTuple;
  display: DisplayValue | null;
  /** Index into `symbols`, or -1. */
  symbol: number;
}

/** A name in one scope. To rename it, replace `definitions` and `references` together. */
export interface SymbolDoc {
  name: string;
  kind: "variable" | "function" | "parameter" | "loop" | "comprehension" | "loaded";
  /** null: the whole file */
  scope: SpanTuple | null;
  definitions: SpanTuple[];
  references: SpanTuple[];
  signature?: string;
  /** The comment directly above the definition. */
  doc?: string;
  loaded_from?: FileSpan;
}

export interface ReferenceDoc {
  span: SpanTuple;
  name: string;
  symbol: number;
  definition_span: SpanTuple | null;
  loaded_from?: FileSpan;
}

/** `ok` is false where a diagnostic is an error; the rest is there all the same. */
export interface AnalyzeResult {
  ok: boolean;
  diagnostics: Diagnostic[];
  settings: SettingsDoc;
  title: string;
  description: string;
  group: string;
  nodes: NodeDoc[];
  uses: ({ span: SpanTuple; node: number })[];
  /** In order. */
  definitions: Definition[];
  symbols: SymbolDoc[];
  /** Uses of names, by position; definitions are not among them. */
  references: ReferenceDoc[];
  /** Statements that show something. quiet: after `examples off`. */
  printed: ({ span: SpanTuple | null; name: string; display: DisplayValue; quiet?: true })[];
  /** Nodes of draw(…). */
  drawn: number[];
  expects: ({ span: SpanTuple | null; input: Values; output: Values })[];
  /** Those that are the page's own: view, order. */
  pragmas: ({ key: string; text: string })[];
  output: { name: string; node: number; display: DisplayValue } | null;
}

export interface ModelSummary {
  layers: number;
  heads_per_layer: number[];
  heads: number;
  d_model: number;
  d_head: number;
  d_mlp: number;
  parameters: number;
  nonzeros: number;
  max_length: number;
  vocabulary: Atom[];
  causal: boolean;
}

/** One inequality of the proof. */
export interface Bound {
  node: number;
  label: string;
  what: string;
  margin: number;
  error: number;
}

/** One s-op's home in the residual stream. */
export interface SubspaceDoc {
  node: number;
  label: string;
  encoding: Encoding;
  dimensions: number[];
  /** Categorical: the values of each dimension. */
  classes: Values[];
  /** Values without a dimension. */
  silent: Values;
  /** Numerical: the value set, parallel to `stored`; may be empty. */
  values: Values;
  stored: number[];
  /** Half-layer: 0 embeddings, 2L+1 attention, 2L+2 MLP of layer L. */
  written: number;
  /** -1: never */
  dead: number;
}

export interface HeadDoc {
  nodes: number[];
  selector: number;
  label: string;
  role: "aggregate" | "counting_width";
  count_scale: number;
  reads_query: string[];
  reads_key: string[];
  reads_value: string[];
  /** Indices into `subspaces`. */
  query_subspaces: number[];
  key_subspaces: number[];
  value_subspaces: number[];
  d_head: number;
}

export interface NeuronGroupDoc {
  subspaces: number[];
  node: number;
  begin: number;
  end: number;
  label: string;
  how: string;
  neuron_labels: string[];
}

export interface LayerDoc {
  heads: HeadDoc[];
  neurons: NeuronGroupDoc[];
  d_mlp: number;
}

export type Exactness = "proved" | "enumerated" | "unknown";

/** With `keep` and `details`: what the page asks for. */
export interface CompileResult {
  ok: true;
  model: ModelSummary;
  /** proved or enumerated, and nothing assumed of the input */
  exact: boolean;
  exactness: Exactness;
  reasons: string[];
  /** enumerated: how many inputs */
  inputs_compared?: number;
  /** What it assumes of the input: promises. */
  under?: string[];
  bounds: { worst_margin: number; links: Bound[]; reasons: string[] };
  timings_ms: Record<string, number>;
  /** Over the weights. */
  fingerprint: string;
  version: string;
  settings: SettingsDoc;
  diagnostics: Diagnostic[];
  /** Of the model that is kept. */
  handle: number;
  /** The ids of `analyze` of the same program; without values. */
  nodes: NodeDoc[];
  output: number;
  codec: { encoding: Encoding; values: Values; whole?: true };
  residual_labels: string[];
  subspaces: SubspaceDoc[];
  layers: LayerDoc[];
  output_subspaces: number[];
  /** By node id. */
  value_sets: Record<string, Values>;
  passes: { fuse: boolean; fold: boolean; merge_heads: boolean; drop: boolean; idioms: boolean; factor: boolean; pack: boolean; reuse: boolean };
}

/** Without `details`; `handle` with `keep`, `bytes` with `format`. */
export interface CompileSummary {
  ok: true;
  model: ModelSummary;
  /** proved or enumerated, and nothing assumed of the input */
  exact: boolean;
  exactness: Exactness;
  reasons: string[];
  /** enumerated: how many inputs */
  inputs_compared?: number;
  /** What it assumes of the input: promises. */
  under?: string[];
  bounds: { worst_margin: number; links: Bound[]; reasons: string[] };
  timings_ms: Record<string, number>;
  /** Over the weights. */
  fingerprint: string;
  version: string;
  settings: SettingsDoc;
  diagnostics: Diagnostic[];
  handle?: number;
  bytes?: number;
}

/** Floats in the arena. */
export interface TensorDoc {
  name: string;
  shape: number[];
  offset: number;
}

/** The model on an input that may continue the last one. T: tokens and BOS. computed: positions that were computed; of a causal model those that the last input had, too, are kept. */
export interface ExtendResult {
  ok: true;
  T: number;
  computed: number;
  interpreter: Values;
  model: Values;
  defined: boolean[];
  agrees: boolean[];
  agree: boolean;
}

/** Fills the arena with the tensors. T: tokens and BOS, which is first. */
export interface TraceResult {
  ok: true;
  T: number;
  tokens: string[];
  tensors: TensorDoc[];
  /** With interchange interventions: the program's values under the same ones. */
  interpreter: Values;
  model: ModelValues;
  defined: boolean[];
  agrees: boolean[];
  agree: boolean;
  /** proved or enumerated, and nothing assumed of the input */
  exact: boolean;
  exactness: Exactness;
  reasons: string[];
  /** enumerated: how many inputs */
  inputs_compared?: number;
  /** What it assumes of the input: promises. */
  under?: string[];
  broken_promises: string[];
  /** Every node on this input. */
  nodes: ({ id: number; value?: Values; matrix?: string[]; undefined?: string })[];
  /** The residual stream read as values, a text a position with BOS first. A row holds from its half-layer to that of the next row; without values: the subspace is nobody's from there. Before the first row it is not written. */
  decoded: ({ subspace: number; rows: ({ half_layer: number; values: string[] })[] })[];
  timings_ms: { forward: number };
}

/** An experiment on the model's pass: docs/interventions.md. Layers, heads and dimensions count from 0, positions too, and BOS is 0. */
export type Intervention = { kind: "zero_head"; layer: number; head: number } | { kind: "set_pattern"; layer: number; head: number; values: number[] } | { kind: "interpreter_pattern"; layer: number; head: number } | { kind: "zero_mlp"; layer: number } | { kind: "set_residual"; half_layer: number; position: number; dimensions: number[]; values: number[] } | { kind: "set_residual"; half_layer: number; position: number; dimensions: number[]; source: AnyInput } | { kind: "interchange"; s_op: string | number; source: AnyInput };

/** A head: scores of query and key values after 1/√d_head, and what a value read writes. An MLP: its neurons. */
export interface WeightsResult {
  ok: true;
  qk?: { rows: string[]; columns: string[]; values: number[][]; truncated: boolean };
  ov?: { rows: string[]; columns: string[]; values: number[][] };
  mlp?: ({ label: string; how: string; node: number; truncated: number; neurons: ({ label: string; bias: number; inputs: [string, number][]; outputs: [string, number][] })[] })[];
}

/** The sum that made one number of the residual stream. */
export interface ExplainResult {
  ok: true;
  value: number;
  before: number;
  label: string;
  half_layer: number;
  position: number;
  /** Largest first, at most 40. */
  terms: ({ text: string; amount: number; head?: number; position?: number; neuron?: number; attention?: number; score?: number })[];
  /** What the terms left out add up to. */
  rest: number;
}

/** null: does not compile so. */
export interface ComparePassesResult {
  ok: true;
  with: ModelSummary;
  without: { fuse: ModelSummary | null; fold: ModelSummary | null; merge_heads: ModelSummary | null; drop: ModelSummary | null; idioms: ModelSummary | null; factor: ModelSummary | null; pack: ModelSummary | null; reuse: ModelSummary | null };
  plain: ModelSummary | null;
}

/** A listing of craft as a model. Nothing is proved of it. */
export interface ListingResult {
  /** false: it differs from the program */
  ok: boolean;
  model: { layers: number; d_model: number; parameters: number; nonzeros: number };
  fingerprint: string;
  output?: Values;
  comparison?: { inputs: number; exhaustive: boolean; undefined: number; mismatches: number; first_mismatch: { input: Values; interpreter: Values; model: Values } | null };
  bytes?: number;
  diagnostics: Diagnostic[];
}

export interface ExportResult {
  ok: true;
  /** How many; `bytes()` has them. */
  bytes: number;
}

export interface LibraryEntry {
  name: string;
  signature: string;
  doc: string;
  kind: "function" | "s-op" | "selector" | "form" | "constant";
}

export interface LibraryResult {
  ok: true;
  entries: LibraryEntry[];
  version: string;
}

/** ok is false where the program does not parse; `text` is then the program as it came. */
export interface FormatResult {
  ok: boolean;
  text: string;
  diagnostics: Diagnostic[];
}

/** A program of RASP in Tracr's Python. */
export interface PythonResult {
  ok: true;
  text: string;
  diagnostics: Diagnostic[];
}

export interface ReleaseResult {
  ok: true;
}

export interface EvalResult {
  ok: true;
  name?: string;
  /** Atoms, lists and functions as JSON; a dict as pairs. */
  value?: unknown;
  values?: Cells;
  types?: string;
  /** Row: query, column: key. */
  matrix?: ((0 | 1)[])[];
  input?: Values;
  error?: string;
  printed: ({ line: number; name: string; kind: ValueKind; value?: unknown; values?: Cells; types?: string; matrix?: ((0 | 1)[])[]; input?: Values; error?: string })[];
  diagnostics: Diagnostic[];
  kind?: ValueKind;
}

export interface RunResult {
  ok: true;
  interpreter: Values;
  model: ModelValues;
  agree: boolean;
  /** proved or enumerated, and nothing assumed of the input */
  exact: boolean;
  exactness: Exactness;
  reasons: string[];
  /** enumerated: how many inputs */
  inputs_compared?: number;
  /** What it assumes of the input: promises. */
  under?: string[];
  defined: boolean[];
  /** What this input breaks of what the program promises or assumes, in words. */
  broken_promises: string[];
  timings_ms: { forward: number };
  diagnostics: Diagnostic[];
}

export interface CheckResult {
  ok: boolean;
  inputs: number;
  exhaustive: boolean;
  /** Inputs on which some position has no value. */
  undefined: number;
  mismatches: number;
  first_mismatch: { input: Values; interpreter: Values; model: Values; first_difference: string | null } | null;
  /** proved or enumerated, and nothing assumed of the input */
  exact: boolean;
  exactness: Exactness;
  reasons: string[];
  /** enumerated: how many inputs */
  inputs_compared?: number;
  /** What it assumes of the input: promises. */
  under?: string[];
  promise_breaking?: number;
  /** With proof: true. What the weights alone say of the proof's bounds (docs/proof.md). */
  proof?: { confirmed: boolean; worst_margin: number | null; links: ({ label: string; margin: number | null; error: number | null; claimed_margin: number | null; claimed_error: number | null })[]; faults: string[] };
  expectations: number;
  broken_expectations: ({ input: Values; expected: Values })[];
  diagnostics: Diagnostic[];
}

/** What rules and budgets speak of: core/session/course.h. */
export interface Facts {
  names: string[];
  tokens: number;
  program: string;
  graph?: string;
  counts?: { s_ops: number; selectors: number; aggregates: number; selector_widths: number; selects: number; elementwise: number };
}

export interface EvalManyOne {
  values?: Cells;
  types?: string;
  matrix?: string[];
  undefined?: string;
  /** The input itself is unusable. */
  error?: string;
  named?: ({ name: string; line: number | null; values?: Cells; types?: string; matrix?: string[]; undefined?: string })[];
}

/** One result an input, in order. */
export interface EvalManyResult {
  ok: true;
  name: string;
  kind: ValueKind;
  results: EvalManyOne[];
  facts: Facts;
  diagnostics: Diagnostic[];
}

/** Request by command. */
export interface Requests {
  analyze: { command: "analyze"; program: string; name?: string; language?: Language; graph?: GraphDoc; files?: Record<string, string>; output?: string; input?: AnyInput; vocabulary?: AnyInput; max_length?: number; causal?: boolean; objective?: "size" | "depth"; optimize?: boolean; passes?: { fuse?: boolean; fold?: boolean; merge_heads?: boolean; drop?: boolean; idioms?: boolean; factor?: boolean; pack?: boolean; reuse?: boolean }; limit_ms?: number; id?: unknown };
  tabulate: { command: "tabulate"; program: string; name?: string; language?: Language; graph: GraphDoc; files?: Record<string, string>; output?: string; inputs?: AnyInput[]; input?: AnyInput; vocabulary?: AnyInput; max_length?: number; causal?: boolean; objective?: "size" | "depth"; optimize?: boolean; passes?: { fuse?: boolean; fold?: boolean; merge_heads?: boolean; drop?: boolean; idioms?: boolean; factor?: boolean; pack?: boolean; reuse?: boolean }; limit_ms?: number; example_input?: boolean; id?: unknown };
  compile: { command: "compile"; program: string; name?: string; language?: Language; graph?: GraphDoc; files?: Record<string, string>; output?: string; input?: AnyInput; vocabulary?: AnyInput; max_length?: number; causal?: boolean; objective?: "size" | "depth"; optimize?: boolean; passes?: { fuse?: boolean; fold?: boolean; merge_heads?: boolean; drop?: boolean; idioms?: boolean; factor?: boolean; pack?: boolean; reuse?: boolean }; keep?: boolean; details?: boolean; format?: "json" | "meta" | "safetensors" | "onnx" | "craft"; component?: string; names?: "transformer_lens" | "tracr"; limit_ms?: number; id?: unknown };
  eval: { command: "eval"; program: string; name?: string; language?: Language; graph?: GraphDoc; files?: Record<string, string>; output?: string; input?: AnyInput; vocabulary?: AnyInput; max_length?: number; causal?: boolean; objective?: "size" | "depth"; optimize?: boolean; passes?: { fuse?: boolean; fold?: boolean; merge_heads?: boolean; drop?: boolean; idioms?: boolean; factor?: boolean; pack?: boolean; reuse?: boolean }; limit_ms?: number; id?: unknown };
  run: { command: "run"; program: string; name?: string; language?: Language; graph?: GraphDoc; files?: Record<string, string>; output?: string; input?: AnyInput; vocabulary?: AnyInput; max_length?: number; causal?: boolean; objective?: "size" | "depth"; optimize?: boolean; passes?: { fuse?: boolean; fold?: boolean; merge_heads?: boolean; drop?: boolean; idioms?: boolean; factor?: boolean; pack?: boolean; reuse?: boolean }; limit_ms?: number; id?: unknown };
  check: { command: "check"; program: string; name?: string; language?: Language; graph?: GraphDoc; files?: Record<string, string>; output?: string; input?: AnyInput; vocabulary?: AnyInput; max_length?: number; causal?: boolean; objective?: "size" | "depth"; optimize?: boolean; passes?: { fuse?: boolean; fold?: boolean; merge_heads?: boolean; drop?: boolean; idioms?: boolean; factor?: boolean; pack?: boolean; reuse?: boolean }; samples?: number; exhaustive?: boolean; seed?: number; proof?: boolean; limit_ms?: number; id?: unknown };
  trace: { command: "trace"; handle: number; input: AnyInput; interventions?: Intervention[]; limit_ms?: number; id?: unknown };
  extend: { command: "extend"; handle: number; input: AnyInput; limit_ms?: number; id?: unknown };
  weights: { command: "weights"; handle: number; layer: number; head?: number; limit_ms?: number; id?: unknown };
  explain: { command: "explain"; handle: number; input: AnyInput; half_layer: number; dimension: number; position: number; interventions?: Intervention[]; limit_ms?: number; id?: unknown };
  compare_passes: { command: "compare_passes"; handle: number; limit_ms?: number; id?: unknown };
  export: { command: "export"; handle: number; format?: "json" | "meta" | "safetensors" | "onnx" | "craft"; component?: string; names?: "transformer_lens" | "tracr"; limit_ms?: number; id?: unknown };
  format: { command: "format"; program: string; limit_ms?: number; id?: unknown };
  listing: { command: "listing"; listing: string; input?: AnyInput; program?: string; name?: string; language?: Language; graph?: GraphDoc; files?: Record<string, string>; output?: string; samples?: number; exhaustive?: boolean; seed?: number; format?: "craft" | "safetensors" | "onnx"; component?: string; limit_ms?: number; id?: unknown };
  python: { command: "python"; program: string; name?: string; files?: Record<string, string>; output?: string; input?: AnyInput; vocabulary?: AnyInput; max_length?: number; causal?: boolean; limit_ms?: number; id?: unknown };
  release: { command: "release"; handle: number; limit_ms?: number; id?: unknown };
  library: { command: "library"; limit_ms?: number; id?: unknown };
  eval_many: { command: "eval_many"; program: string; name?: string; language?: Language; graph?: GraphDoc; files?: Record<string, string>; output?: string; causal?: boolean; inputs: AnyInput[]; named?: true | string[]; limit_steps?: number; limit_ms?: number; id?: unknown };
}

/** Result by command. `id` comes back where the request has one. */
export interface Results {
  analyze: AnalyzeResult | Failure;
  tabulate: TabulateResult | Failure;
  compile: CompileResult | CompileSummary | Failure;
  eval: EvalResult | Failure;
  run: RunResult | Failure;
  check: CheckResult | Failure;
  trace: TraceResult | Failure;
  extend: ExtendResult | Failure;
  weights: WeightsResult | Failure;
  explain: ExplainResult | Failure;
  compare_passes: ComparePassesResult | Failure;
  export: ExportResult | Failure;
  format: FormatResult | Failure;
  listing: ListingResult | Failure;
  python: PythonResult | Failure;
  release: ReleaseResult | Failure;
  library: LibraryResult | Failure;
  eval_many: EvalManyResult | Failure;
}

export type Command = keyof Requests;
export type Request = Requests[Command];
export const passNames: readonly PassName[];
export const keywords: readonly Keyword[];
export const forms: readonly Form[];
export const reservedNames: readonly ReservedName[];
export const valueKinds: readonly ValueKind[];
export const nodeKinds: readonly NodeKind[];
export const encodings: readonly Encoding[];
export const languages: readonly Language[];
export const exactnesses: readonly Exactness[];
