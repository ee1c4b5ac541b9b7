export function canonicalExpected(output: (string | number | boolean)[], kind: string): string;
export function canonicalResult(result: object | null | undefined): string | null;
