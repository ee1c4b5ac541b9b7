export type Cause = 'time' | 'stopped' | 'exit' | 'stack' | 'memory';
export function causeOf(error: unknown): Cause;
export function lineIn(calls: string[], name: string): number | undefined;
export function endedGraph(text: string, cause: Cause, line?: number): string;
