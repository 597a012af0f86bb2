/** A cyclic redundancy check of 32 bits, least significant bit first. */
export interface Crc {
  /** Its polynomial, reversed. */
  readonly polynomial: number;
  /** Returns the state after more bytes. The first state is `CRC_START`. */
  readonly advance: (state: number, bytes: Uint8Array) => number;
}

export const CRC_START = 0xffffffff;

/** Returns the checksum that belongs to a state. */
export function crcOf(state: number): number {
  return ~state >>> 0;
}

function crcWith(polynomial: number): Crc {
  // The second table is for a byte that is followed by another one, and so on.
  const tables = [new Uint32Array(256), new Uint32Array(256), new Uint32Array(256), new Uint32Array(256)] as const;
  const [t0, t1, t2, t3] = tables;
  for (let byte = 0; byte < 256; byte++) {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest & 1) === 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
    t0[byte] = rest;
  }
  for (const [i, table] of tables.slice(1).entries()) {
    const before = tables[i] as Uint32Array;
    for (let byte = 0; byte < 256; byte++)
      table[byte] = (t0[(before[byte] as number) & 255] as number) ^ ((before[byte] as number) >>> 8);
  }
  const advance = (state: number, bytes: Uint8Array): number => {
    let next = state;
    let i = 0;
    for (const end = bytes.length - 3; i < end; i += 4) {
      next =
        (t3[(next ^ (bytes[i] as number)) & 255] as number) ^
        (t2[((next >>> 8) ^ (bytes[i + 1] as number)) & 255] as number) ^
        (t1[((next >>> 16) ^ (bytes[i + 2] as number)) & 255] as number) ^
        (t0[(next >>> 24) ^ (bytes[i + 3] as number)] as number);
    }
    for (; i < bytes.length; i++) next = (t0[(next ^ (bytes[i] as number)) & 255] as number) ^ (next >>> 8);
    return next >>> 0;
  };
  return { polynomial, advance };
}

/** The CRC-32 of ISO 3309, as in zip archives. */
export const CRC32 = crcWith(0xedb88320);
/** The CRC-32C of Castagnoli (RFC 3720), as in TFRecord files. */
export const CRC32C = crcWith(0x82f63b78);
