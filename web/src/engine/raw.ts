/**
 * Tokens on their way to the engine. JSON.parse forgets that 1.0 is a float, RASP does not: lists of tokens travel as
 * their JSON text, with ".0" where a float is whole.
 */
import type { Atom, Values } from './protocol';

export interface Raw {
  raw: string;
}
export type Tokens = string | Raw;

const text = (value: Atom | null, type: string): string => {
  if (type === 'i' && typeof value === 'string') return value; // an int beyond 2^53: its digits
  const json = JSON.stringify(value);
  return type === 'f' && typeof value === 'number' && Number.isInteger(value) && !/[.e]/.test(json)
    ? `${json}.0`
    : json;
};

export const rawText = (v: Values): string => `[${v.values.map((x, i) => text(x, v.types[i] ?? '')).join(', ')}]`;
export const rawValues = (v: Values): Raw => ({ raw: rawText(v) });

/** A request as JSON; members that are Raw are put in as they are. */
export function serialise(request: object): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(request)) {
    if (value === undefined) continue;
    parts.push(
      `${JSON.stringify(key)}:${typeof value === 'object' && value !== null && typeof (value as Raw).raw === 'string' ? (value as Raw).raw : JSON.stringify(value)}`,
    );
  }
  return `{${parts.join(',')}}`;
}
