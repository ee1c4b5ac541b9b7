// Colour scales from the page's design tokens: sequential for attention, diverging and centred on zero for weights.
export type Rgb = [number, number, number];

export function channels(element: Element, name: string): Rgb {
  const parts = getComputedStyle(element).getPropertyValue(name).trim().split(/\s+/).map(Number);
  return [parts[0] || 0, parts[1] || 0, parts[2] || 0];
}

export const mix = (a: Rgb, b: Rgb, t: number): Rgb =>
  [0, 1, 2].map((i) => Math.round(a[i]! + t * (b[i]! - a[i]!))) as Rgb;
export const css = (c: Rgb): string => `rgb(${c.join(' ')})`;

/** 256 entries, RGBA, from `low` to `high`. */
export function table(low: Rgb, high: Rgb): Uint8ClampedArray {
  const out = new Uint8ClampedArray(1024);
  for (let i = 0; i < 256; ++i) out.set([...mix(low, high, i / 255), 255], 4 * i);
  return out;
}
