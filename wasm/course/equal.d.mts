interface Row {
  values?: unknown[];
  types?: string;
  matrix?: string[];
  undefined?: string;
  error?: string;
}
export function sameResult(a: Row | null | undefined, b: Row | null | undefined): boolean;
export function expectedResult(written: Row, result: Row): boolean;
export function sameValue(a: unknown, letterA: string | undefined, b: unknown, letterB: string | undefined): boolean;
