import type { Command, Requests, Results } from './contract.mjs';
export * from './contract.mjs';

export interface Engine {
  /** Answers one request; a failure is an answer as well (`ok: false` with diagnostics), never an exception. */
  request<C extends Command>(request: Requests[C] & { command: C }): Promise<Results[C]>;
  /** The same for a request as JSON text, in which ints and floats stay apart (1 and 1.0) and ints may have any size. */
  requestText(text: string, id?: unknown): Promise<Results[Command]>;
  /** The file that the last `export`, or `compile` with `format`, made. */
  bytes(): Uint8Array;
  /** The numbers that the last `trace` refers to. */
  arena(): Float32Array;
}

/** An engine of its own: models that it keeps (`keep`, `handle`) are known to no other. */
export function loadEngine(): Promise<Engine>;
