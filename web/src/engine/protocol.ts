/**
 * The contract between the engine and everything that uses it: types made from
 * core/session/schema/contract.schema.json, and how the page asks. What the members mean is said there;
 * docs/requests.md is the overview.
 */
import type { Failure, Requests, Results } from '../../../wasm/contract.mjs';
import type { Raw } from './raw';

export type * from '../../../wasm/contract.mjs';
export { forms, keywords, passNames, reservedNames } from '../../../wasm/contract.mjs';

/** A request as the page writes it: lists of tokens may be JSON texts (raw.ts). */
type Written<R> = { [K in keyof R]: K extends 'input' | 'inputs' | 'vocabulary' | 'graph' ? R[K] | Raw : R[K] };
export type Asked = { [C in keyof Requests]: Written<Requests[C]> }[keyof Requests];
/** The page always asks `compile` for all details. */
export type Result<C extends keyof Results> = C extends 'compile'
  ? import('../../../wasm/contract.mjs').CompileResult | Failure
  : Results[C];
/** Requests about a model that is kept, without its handle. */
export type AboutModel = {
  [C in keyof Requests]: Requests[C] extends { handle: number } ? Omit<Written<Requests[C]>, 'handle'> : never;
}[keyof Requests];
