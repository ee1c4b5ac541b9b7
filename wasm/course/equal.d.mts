interface Row { values?: unknown[]; types?: string; matrix?: string[]; undefined?: string; error?: string }
export function sameResult(a: Row | null | undefined, b: Row | null | undefined): boolean;
export function expectedResult(written: Row, result: Row): boolean;
