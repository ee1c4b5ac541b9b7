// Types of what the page and the command line share. The file format is described by schema.mjs.
import type { Atom, Diagnostic } from '../contract.mjs';
import type { LabExperiment } from '../lab/request.mjs';
export type { Atom, Diagnostic };
export type Tokens = string | Atom[];
export type Output = Atom[]; // an s-op's values, or a selector's rows as strings of 0 and 1

export interface Case {
  input: Tokens;
  output?: Output;
  call?: string;
  weight?: number;
  note?: string;
  steps?: Record<string, Output>;
}
export interface HiddenCase {
  input: Tokens;
  output?: Output;
  hash?: string;
  call?: string;
  weight?: number;
}
export interface PropertyCase {
  max_length: number;
  vocabulary?: Tokens;
  hash?: string;
  call?: string;
  weight?: number;
}
export interface Budget {
  most: number;
  cost?: number;
}
export type BudgetName = 'layers' | 'heads' | 'd_model' | 'parameters';
export interface Rule {
  ban?: string[];
  require?: string[];
  causal?: true;
  compiles?: true;
  exact?: true;
  at_most?: Partial<
    Record<'s_ops' | 'selectors' | 'aggregates' | 'selector_widths' | 'selects' | 'elementwise', number>
  >;
  message?: string;
  cost?: number;
}
export interface Hint {
  text: string;
  after?: number;
}
export interface Task {
  id: string;
  title: string;
  statement?: string;
  points: number;
  asks: { name: string; kind: 's-op' | 'selector' | 'function' | 'number' };
  call?: string;
  starter: string;
  locked?: [number, number][];
  files?: Record<string, string>;
  vocabulary: Tokens;
  max_length: number;
  causal?: boolean;
  cases: Case[];
  hidden?: HiddenCase[];
  properties?: PropertyCase[];
  credit?: 'proportional' | 'all';
  budgets?: Partial<Record<BudgetName, Budget>>;
  rules?: Rule[];
  hints?: Hint[];
  steps?: string[];
  reference?: string;
  laboratory?: Laboratory;
}
export interface Laboratory {
  program: string;
  experiment: LabExperiment;
  measure: 'held_out' | 'inputs' | 'auc';
  method?: string;
  truth?: 'causal' | 'semantic' | 'structural';
}
export interface Assignment {
  $schema?: string;
  format: 'rasp-assignment';
  version: 1;
  id: string;
  title: string;
  statement?: string;
  salt?: string;
  tasks: Task[];
}

/** The engine: one request document in, one result document out. */
export interface CourseEngine {
  request(document: Record<string, unknown>): any;
}

export interface CaseResult {
  kind: 'visible' | 'hidden' | 'property';
  input: Tokens | null;
  call: string | null;
  weight: number;
  note: string;
  passed: boolean;
  expected: Output | null;
  got: (Atom | null)[] | null;
  problem: string;
  firstDifference: { name: string; line: number | null; expected: Output | null; got: (Atom | null)[] | null } | null;
  max_length?: number;
  inputs?: number;
  wrong?: number; // property cases
}
export interface TaskResult {
  task: string;
  title: string;
  points: number;
  score: number;
  status: 'right' | 'partial' | 'wrong' | 'broken' | 'limit' | 'missing';
  complete: boolean; // false: hidden cases were left out
  cases: CaseResult[];
  budgets: {
    what: BudgetName;
    unit: string;
    most: number;
    value: number | null;
    met: boolean;
    cost: number;
    why: string;
  }[];
  rules: { text: string; met: boolean; why: string; cost: number }[];
  locked: string;
  diagnostics: Diagnostic[];
  facts: { names: string[]; tokens: number; program: string; graph?: string; counts?: Record<string, number> } | null;
  model: { layers: number; heads: number; d_model: number; parameters: number; exact: boolean } | null;
}
export interface Prepared {
  assignment: Assignment;
  expectations: Map<string, unknown>;
  diagnostics: Diagnostic[];
}
export interface Submission {
  format: 'rasp-submission';
  version: 1;
  assignment: { id: string; title?: string; fingerprint: string };
  engine?: string;
  student?: { name?: string; id?: string };
  programs: Record<string, string>;
}

export const schema: Record<string, unknown>;
export function parseAssignment(text: string): { assignment: Assignment | null; diagnostics: Diagnostic[] };
export function isPublished(assignment: Assignment): boolean;
export function callOf(task: Task, one?: { call?: string | null }): string;
export function format(value: unknown): string;
/** Where a number stands that JavaScript cannot hold as it is written; -1: nowhere. */
export function lostNumber(text: string): number;
export function prepare(engine: CourseEngine, assignment: Assignment): Promise<Prepared>;
export function evaluateTask(
  engine: CourseEngine,
  prepared: Prepared,
  task: Task,
  program: string,
  options?: { hidden?: boolean },
): Promise<TaskResult>;
export function evaluateSubmission(
  engine: CourseEngine,
  prepared: Prepared,
  programs: Record<string, string>,
  options?: { hidden?: boolean },
): Promise<{ tasks: TaskResult[]; total: number; points: number }>;
export function missingTask(task: Task): TaskResult;
export function checkAssignment(
  engine: CourseEngine,
  assignment: Assignment,
): Promise<{
  ok: boolean;
  tasks: { task: string; problems: string[]; reference: TaskResult | null; starter: TaskResult }[];
  diagnostics: Diagnostic[];
}>;
export function publish(
  engine: CourseEngine,
  assignment: Assignment,
  salt: string,
): Promise<{ assignment: Assignment | null; diagnostics: Diagnostic[] }>;
export function asksLaboratory(assignment: Assignment): boolean;
export function withResults(
  engine: CourseEngine,
  assignment: Assignment,
): Promise<{ assignment: Assignment; diagnostics: Diagnostic[] }>;
export function canHash(): boolean;
export function fingerprint(assignment: Assignment): Promise<string>;
export function randomSalt(): string;
export function saltOf(phrase: string): Promise<string>;
export function lockedBlocks(
  task: Pick<Task, 'starter' | 'locked'>,
): { first: number; last: number; lines: string[]; atStart: boolean; atEnd: boolean }[];
export function findLocked(
  task: Pick<Task, 'starter' | 'locked'>,
  program: string,
): { ranges: [number, number][]; missing: { first: number; last: number } | null };
export function buildSubmission(parts: {
  assignment: Assignment;
  fingerprint: string;
  engine: string;
  student: { name?: string; id?: string };
  programs: Record<string, string>;
}): string;
export function parseSubmission(
  text: string,
  expected?: { assignment: Assignment; fingerprint: string },
): { submission: Submission | null; diagnostics: Diagnostic[] };
export const longestLink: number;
export function encodeLink(kind: 'assignment' | 'submission', text: string): Promise<string>;
export function decodeLink(
  fragment: string,
): Promise<{ kind: 'assignment' | 'submission'; text: string; unchecked: boolean } | null>;
export function tokensOf(input: Tokens): Atom[];
export function valuesText(values: unknown, most?: number): string;
