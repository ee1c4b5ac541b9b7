export function toRasp(
  with_: { tabulate: (request: never) => Promise<unknown>; ask: (request: never) => Promise<unknown> },
  order: object,
): Promise<
  | { ok: true; text: string; compared: number; exhaustive: boolean }
  | { ok: false; diagnostics: { message: string; line: number; hint?: string }[] }
>;
