/**
 * The contract between the engine (C++ `core/session/session.cc`, reached through one function
 * `request(json: string): string` plus a float arena) and everything that uses it: the page's worker,
 * `wasm/cli.mjs`, the parity tests. One schema, checked in tests on both sides.
 *
 * Spans are `[line, column, endLine, endColumn]`, 1-based, columns in UTF-16 code units, main file only
 * (`null` where something comes from the library or a loaded file).
 */
export type Atom = string | number | boolean;
export type SpanTuple = [number, number, number, number];

/** Values travel with one type letter per element: i f b s, `-` where undefined. Floats that JSON cannot hold are strings "nan", "inf", "-inf"; ints beyond 2^53 decimal strings (letter i). */
export interface Values { values: Atom[]; types: string }

export interface Diagnostic {
  severity: 'error' | 'warning' | 'info';
  code: string;
  class?: string;
  message: string;
  line: number; column: number; end_line: number; end_column: number;
  file?: string; // only where it is not the main file
  hint?: string;
}

export interface ProgramSource {
  program: string;                   // main file
  files?: Record<string, string>;    // name.rasp → text, for `load`
  output?: string;                   // expression; else pragma, else last s-op
}

export interface Settings {
  input?: Atom[] | string;           // else pragma
  vocabulary?: Atom[] | string;      // else pragma, else distinct tokens of the input
  max_length?: number;               // else pragma, else length of the input
  causal?: boolean;                  // else pragma, else false
  objective?: 'size' | 'depth';
  optimize?: boolean;                // false: all passes off
  passes?: Partial<Record<PassName, boolean>>;
}
export type PassName = 'fuse' | 'fold' | 'merge_heads' | 'drop' | 'idioms' | 'factor' | 'pack' | 'reuse';

export type Request =
  | ({ command: 'analyze' } & ProgramSource & Settings)      // elaborate + interpret on the input
  | ({ command: 'compile' } & ProgramSource & Settings)      // keeps the model in the session under the returned handle
  | { command: 'trace'; handle: number; input: Atom[] | string; interventions?: Intervention[] }
  | { command: 'weights'; handle: number; layer: number; head?: number } // labelled form of one head, or of the MLP without `head`
  | { command: 'explain'; handle: number; input: Atom[] | string; half_layer: number; dimension: number; position: number; interventions?: Intervention[] }
  | { command: 'compare_passes'; handle: number }            // cost with each pass switched off
  | { command: 'export'; handle: number; format: 'json' | 'safetensors' | 'onnx'; names?: 'transformer_lens' | 'tracr' }
  | { command: 'format'; program: string }
  | { command: 'release'; handle: number }
  | { command: 'library' }                                   // names, signatures and docs for completion
  | ({ command: 'eval' | 'run' | 'check' } & ProgramSource & Settings & { samples?: number; exhaustive?: boolean; seed?: number })
  ;                                                          // results of eval/run/check/compile as spec'd for the command line
/** Any request may carry `limit_ms`. Every failure is `{ok:false, diagnostics:[…]}`. */

/** A graph node, `id` = index in `nodes`. */
export interface NodeDoc {
  id: number;
  kind: 'tokens' | 'indices' | 'constant' | 'elementwise' | 'aggregate' | 'selector_width' | 'select' | 'and' | 'or' | 'not';
  selector: boolean;
  args: number[];
  name: string;              // variable name or ''
  label: string;             // short expression text
  span: SpanTuple | null;    // first expression that made it
  value?: Values;            // on the analysed input (s-ops); positions without a value have type '-'
  matrix?: string[];         // selectors: rows of '0'/'1', one string per query
  undefined?: string;        // why the first undefined position is undefined
}

export interface DisplayValue {  // any build-time value, shown in inlay, console, hover
  kind: 's-op' | 'selector' | 'atom' | 'list' | 'dict' | 'function' | 'application';
  node?: number;
  text: string;              // one line, e.g. `[2, 1, 2]`, cut at 200 characters
  value?: Values;
  matrix?: string[];
  input?: Values;            // application
}

export interface AnalyzeResult {
  ok: boolean;
  diagnostics: Diagnostic[];
  settings: { input: Values | null; vocabulary: Values | null; max_length: number | null; causal: boolean; // after defaults
              from: Record<'input' | 'vocabulary' | 'max_length' | 'causal' | 'output', 'option' | 'pragma' | 'example' | 'default' | 'input' | 'program' | 'none'> };
  title: string; description: string; group: string;
  nodes: NodeDoc[];
  uses: { span: SpanTuple; node: number }[];
  definitions: { name: string; name_span: SpanTuple; span: SpanTuple; display: DisplayValue | null; symbol: number }[]; // what the console scope got, in order; symbol: index into `symbols`
  /** Every name of the main file, one entry for a name in a scope: its kind, where it is bound and used. Also in programs with mistakes. */
  symbols: SymbolDoc[];
  /** Every use of a name in the main file, by position; the definitions themselves are not among them. */
  references: { span: SpanTuple; name: string; symbol: number; definition_span: SpanTuple | null; loaded_from?: FileSpan }[];
  /** Expression statements, `draw(…)` (name "draw") and `show example` (name "example"). `quiet`: after `examples off`, the value on the input is not wanted. */
  printed: { span: SpanTuple; name: string; display: DisplayValue; quiet?: true }[];
  drawn: number[];             // nodes of `draw(…)`
  expects: { span: SpanTuple; input: Values; output: Values }[];
  pragmas: { key: string; text: string }[]; // those that are the page's own: view, order
  output: { name: string; node: number; display: DisplayValue } | null;
}

export interface FileSpan { file: string; span: SpanTuple }

/**
 * A name in one scope. To rename it, replace `definitions` and `references` together. For completion at a place: all symbols whose `scope`
 * is null or holds the place, inner ones hiding outer ones of the same name, then the library.
 */
export interface SymbolDoc {
  name: string;
  kind: 'variable' | 'function' | 'parameter' | 'loop' | 'comprehension' | 'loaded'; // loaded: from another file, cannot be renamed here
  scope: SpanTuple | null;     // null: the whole file
  definitions: SpanTuple[];    // the identifiers
  references: SpanTuple[];
  signature?: string;          // functions: "f(a, b)"
  doc?: string;                // the comment directly above the definition, may have several lines
  loaded_from?: FileSpan;
}

/** `format`: ok = false where the program does not parse; then `text` is the program as it came. */
export interface FormatResult { ok: boolean; text: string; diagnostics: Diagnostic[] }

export interface SubspaceDoc {
  node: number; label: string;
  encoding: 'categorical' | 'numerical';
  dimensions: number[];
  classes: Values[];          // per dimension (categorical)
  silent: Values;             // values without a dimension
  values: Values;             // numerical: the value set, parallel to `stored` (may be empty)
  stored: number[];
  reciprocal: boolean;
  written: number;            // half-layer: 0 embeddings, 2L+1 attention of layer L, 2L+2 MLP of layer L
  dead: number;               // -1: never
}

export interface HeadDoc {
  nodes: number[]; selector: number; label: string;
  role: 'aggregate' | 'width' | 'counting_width'; count_scale: number;
  reads_query: string[]; reads_key: string[]; reads_value: string[];
  query_subspaces: number[]; key_subspaces: number[]; value_subspaces: number[];  // indices into `subspaces`
  d_head: number;
}
export interface NeuronGroupDoc { subspaces: number[]; node: number; begin: number; end: number; label: string; how: string; neuron_labels: string[] }
export interface LayerDoc { heads: HeadDoc[]; neurons: NeuronGroupDoc[]; d_mlp: number }

export interface ModelSummary {
  layers: number; heads_per_layer: number[]; heads: number; d_model: number; d_head: number; d_mlp: number;
  parameters: number; nonzeros: number; max_length: number; vocabulary: Atom[]; causal: boolean;
}

export interface CompileResult {
  ok: true;
  handle: number;
  model: ModelSummary;
  exact: boolean;             // proved or enumerated, and nothing assumed of the input
  exactness: 'proved' | 'enumerated' | 'unknown'; // docs/exactness.md
  reasons: string[];          // why it is not proved
  inputs_compared?: number;   // enumerated: how many inputs were compared, all there are
  under?: string[];           // what is assumed of the input: the program's promises
  bounds: { worst_margin: number; links: { node: number; what: string; margin: number; error: number }[]; reasons: string[] };
  fingerprint: string;        // 16 hex digits over the weights
  timings_ms: Record<string, number>;
  diagnostics: Diagnostic[];
  nodes: NodeDoc[];           // same ids as `analyze` of the same program (without values)
  output: number;
  codec: { encoding: 'categorical' | 'numerical'; values: Values };
  residual_labels: string[];
  subspaces: SubspaceDoc[];
  layers: LayerDoc[];
  output_subspaces: number[];
  value_sets: Record<string, Values>; // by node id, at most 64 values each
  passes: Record<PassName, boolean>;
}

export interface TensorDoc { name: string; shape: number[]; offset: number }  // floats into the arena

/** `trace` also fills the arena: fetch it with `arena()` right after the call (copy, then transfer). T = tokens + 1, BOS first. */
export interface TraceResult {
  ok: true;
  T: number;
  tokens: string[];           // T labels, BOS first
  tensors: TensorDoc[];       // names as in core/model/forward.h
  interpreter: Values; model: Values & { raw?: number[] };
  defined: boolean[]; agrees: boolean[]; agree: boolean;
  nodes: { id: number; value?: Values; matrix?: string[]; undefined?: string }[]; // every node on this input
  /** Residual stream decoded by s-op: `decoded[i]` belongs to `subspaces[i]`; `at[h]` = half-layer h: one text per user position ('' = empty / not written yet). `bos[h]` likewise for BOS. */
  decoded: { subspace: number; at: string[][] }[];
  timings_ms: { forward: number };
}

export type Intervention =
  | { kind: 'zero_head'; layer: number; head: number }
  | { kind: 'set_pattern'; layer: number; head: number; values: number[] }   // [T*T]; omitted values: the interpreter's selector
  | { kind: 'interpreter_pattern'; layer: number; head: number }
  | { kind: 'zero_mlp'; layer: number }
  | { kind: 'set_residual'; half_layer: number; position: number; dimensions: number[]; values: number[] };

export interface WeightsResult {
  ok: true;
  /** Head: rows = query values, columns = key values (labels name subspace:value, BOS last), scores after 1/√d_head. */
  qk?: { rows: string[]; columns: string[]; values: number[][] };
  ov?: { rows: string[]; columns: string[]; values: number[][] };   // value read → dimension written
  /** MLP: one entry per neuron group. */
  mlp?: { label: string; how: string; neurons: { label: string; inputs: [string, number][]; bias: number; outputs: [string, number][] }[]; truncated: number }[];
}

/** The sum that made one residual number: previous value plus what this half-layer added, term by term. */
export interface ExplainResult {
  ok: true;
  value: number; before: number; label: string; half_layer: number; position: number;
  terms: { text: string; amount: number; head?: number; position?: number; neuron?: number; attention?: number; score?: number }[]; // largest first, at most 40
  rest: number;               // what the terms left out add up to
}

export interface LibraryEntry { name: string; signature: string; doc: string; kind: 'function' | 's-op' | 'selector' | 'form' | 'constant' }
