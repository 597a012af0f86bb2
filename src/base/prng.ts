/**
 * Seeded pseudo-random numbers: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state, passes
 * PractRand and BigCrush. The same seed gives the same numbers on every machine.
 */
export interface Prng {
  /** A uniform integer in [0, 2^32). */
  nextUint32(): number;
  /** A uniform number in [0, 1) with 53 random bits. */
  nextFloat(): number;
  /** A uniform integer in [0, bound), 1 ≤ bound ≤ 2^53. Its bias is below 2^-20 for every bound below 2^32. */
  nextBelow(bound: number): number;
}

/** A generator whose stream depends on every one of the given seed words. */
export function createPrng(...seeds: readonly number[]): Prng {
  let a = 0x9e3779b9 | 0;
  let b = 0x243f6a88 | 0;
  let c = 0xb7e15162 | 0;
  let d = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (const seed of seeds) {
    a ^= seed | 0;
    b ^= Math.floor(seed / 4294967296) | 0;
    for (let i = 0; i < 12; i++) next();
  }
  const nextFloat = (): number => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
  return {
    nextUint32: next,
    nextFloat,
    nextBelow: (bound) => Math.floor(nextFloat() * bound),
  };
}

/** A 32-bit seed from a text (FNV-1a with a final avalanche), for streams named by words. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A new array with the same items in an order drawn from the generator (Fisher–Yates). */
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
