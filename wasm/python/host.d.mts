export const memoryLimit: number;
export function capMemory(): void;
export function withGraph(text: string, graph: string): string;
export function createHost(parts: {
  pyodide: unknown;
  sources: Record<string, string>;
  engine: (text: string) => string;
  say?: (line: number) => void;
}): { graph(text: string): { graph: string; ended?: true } };
export function isPython(request: unknown): boolean;
