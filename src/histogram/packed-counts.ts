/** Reads counts from JSON without the lists of numbers that a parser makes, which take most of the time of reading a run. */
import { BINS } from './histogram.js';

const COMMA = 44;
const OPENING = 91;
const CLOSING = 93;
const ZERO = 48;
/** Numbers of so many digits are small integers of V8. Larger counts are left to the parser. */
const MOST_DIGITS = 9;

/** The counts of one list, before their number is known. */
const scratch = new Uint32Array(2 * BINS);

/** Finds and packs the lists of a text, one after the other. */
export class CountsScanner {
  readonly #text: string;
  /** Where the list that was packed last ends: the place after its closing bracket. */
  end = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /**
   * Returns the counts in the list that begins at this place, as `checkSparseCounts` demands them. Null if the text is anything
   * else than `[bin,count,…]` without spaces: then a parser has to find out what it is.
   */
  packedAt(start: number): Uint32Array | null {
    const text = this.#text;
    if (text.charCodeAt(start) !== OPENING) return null;
    let length = 0;
    let lastBin = -1;
    for (let at = start + 1; length < scratch.length; at++) {
      const from = at;
      let value = 0;
      let digit = text.charCodeAt(at) - ZERO;
      while (digit >= 0 && digit <= 9) {
        value = (value * 10 + digit) | 0;
        digit = text.charCodeAt(++at) - ZERO;
      }
      if (at === from || at - from > MOST_DIGITS || (at - from > 1 && text.charCodeAt(from) === ZERO)) return null;
      if (length % 2 === 1 ? value < 1 : value <= lastBin || value >= BINS) return null;
      if (length % 2 === 0) lastBin = value;
      scratch[length++] = value;
      if (digit === COMMA - ZERO) continue;
      if (digit !== CLOSING - ZERO || length % 2 === 1) return null;
      this.end = at + 1;
      return scratch.slice(0, length);
    }
    return null;
  }
}
