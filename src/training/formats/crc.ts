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
  const table = new Uint32Array(256).map((_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest & 1) === 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
    return rest;
  });
  const advance = (state: number, bytes: Uint8Array): number => {
    let next = state;
    for (let i = 0; i < bytes.length; i++)
      next = (table[(next ^ (bytes[i] as number)) & 0xff] as number) ^ (next >>> 8);
    return next >>> 0;
  };
  return { polynomial, advance };
}

/** The CRC-32 of ISO 3309, as in zip archives. */
export const CRC32 = crcWith(0xedb88320);
/** The CRC-32C of Castagnoli (RFC 3720), as in TFRecord files. */
export const CRC32C = crcWith(0x82f63b78);
