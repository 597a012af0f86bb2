/**
 * Checksums of generated content, faster than over its bytes. The first 64 bytes of a sector determine the others: each of its
 * eight 64-bit lanes runs xorshift64, which is linear over GF(2), and so is a CRC. The CRC of a sector is therefore the sum of
 * one table entry for each of those 64 bytes.
 */
import type { Crc } from '../../training/formats/crc.js';
import { SECTOR_BYTES } from './content.js';

const LANES = 8;
const LANE_BYTES = 8;
const FIRST_BYTES = LANES * LANE_BYTES;
const MASK = (1n << 64n) - 1n;

/** The step of Marsaglia's xorshift64 by which content goes on. */
function stepped(lane: bigint): bigint {
  let next = lane ^ ((lane << 13n) & MASK);
  next ^= next >> 7n;
  return next ^ ((next << 17n) & MASK);
}

/** Returns a table of 256 entries for each place of a byte: the sums of what `valueOf` has for its bits. */
function tablesOf(places: number, valueAt: (place: number, bit: number) => number): Uint32Array {
  const tables = new Uint32Array(places * 256);
  for (let place = 0; place < places; place++) {
    for (let bit = 0; bit < 8; bit++) {
      const value = valueAt(place, bit);
      // Each pass doubles the part of the table that is known.
      for (let byte = 0; byte < 1 << bit; byte++)
        tables[place * 256 + (1 << bit) + byte] = (tables[place * 256 + byte] as number) ^ value;
    }
  }
  return tables;
}

export class ContentChecksum {
  readonly crc: Crc;
  /** For each of the first bytes of a sector. */
  readonly #first: Uint32Array;
  /** For each byte of the state, after a sector of zeros. */
  readonly #state: Uint32Array;

  constructor(crc: Crc) {
    this.crc = crc;
    const sector = new Uint8Array(SECTOR_BYTES);
    const view = new DataView(sector.buffer);
    this.#state = tablesOf(4, (place, bit) => crc.advance((1 << (8 * place + bit)) >>> 0, sector));
    this.#first = tablesOf(FIRST_BYTES, (place, bit) => {
      sector.fill(0);
      let lane = 1n << BigInt(8 * (place % LANE_BYTES) + bit);
      for (let at = place - (place % LANE_BYTES); at < SECTOR_BYTES; at += FIRST_BYTES) {
        view.setBigUint64(at, lane, true);
        lane = stepped(lane);
      }
      return crc.advance(0, sector);
    });
  }

  /** Returns the state after whole sectors of content, which begin at a multiple of 4 bytes in memory. */
  advance(state: number, sectors: Uint8Array): number {
    const first = this.#first;
    const ofState = this.#state;
    const words = new Uint32Array(sectors.buffer, sectors.byteOffset, sectors.length / 4);
    let next = state;
    for (let at = 0; at < words.length; at += SECTOR_BYTES / 4) {
      next =
        (ofState[next & 255] as number) ^
        (ofState[256 + ((next >>> 8) & 255)] as number) ^
        (ofState[512 + ((next >>> 16) & 255)] as number) ^
        (ofState[768 + (next >>> 24)] as number);
      for (let i = 0; i < FIRST_BYTES / 4; i++) {
        const word = words[at + i] as number;
        const table = i * 1024;
        next ^=
          (first[table + (word & 255)] as number) ^
          (first[table + 256 + ((word >>> 8) & 255)] as number) ^
          (first[table + 512 + ((word >>> 16) & 255)] as number) ^
          (first[table + 768 + (word >>> 24)] as number);
      }
    }
    return next >>> 0;
  }
}
