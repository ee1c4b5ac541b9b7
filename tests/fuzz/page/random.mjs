// Random choices that a seed fixes.
export class Random {
  #state;
  constructor(seed) {
    this.#state = (seed * 0x9e3779b9) >>> 0;
  }
  /** A 32-bit number (mulberry32: Weyl sequence and a mixing of its bits). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }
  below(n) {
    return this.next() % n;
  }
  one(list) {
    return list[this.below(list.length)];
  }
  chance(outOf) {
    return this.below(outOf) === 0;
  }
}
