// Random numbers from a seed that are the same on every machine: sfc32 (a small fast counting generator), seeded by a
// hash of text.

/**
 * @param {string} seed any text; the same text gives the same numbers
 */
export function randomFrom(seed) {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1];
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return t >>> 0;
  };
  for (const character of seed) {
    a ^= character.codePointAt(0);
    next();
  }
  for (let i = 0; i < 15; ++i) next();
  const below = (n) => Math.floor((next() / 2 ** 32) * n);
  return {
    below,
    /** A whole number, low ≤ x ≤ high. */
    between: (low, high) => low + below(high - low + 1),
    chance: (p) => next() / 2 ** 32 < p,
    pick: (list) => list[below(list.length)],
    shuffled: (list) => {
      const copy = [...list];
      for (let i = copy.length - 1; i > 0; --i) {
        const j = below(i + 1);
        [copy[i], copy[j]] = [copy[j], copy[i]];
      }
      return copy;
    },
  };
}
