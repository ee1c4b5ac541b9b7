export const memoryLimit: number;
export function capMemory(): void;
export function withGraph(text: string, graph: string): string;
export function createHost(parts: {
  pyodide: unknown;
  sources: Record<string, string>;
  engine: (text: string) => string;
}): { graph(text: string): string };
export function isPython(request: unknown): boolean;
