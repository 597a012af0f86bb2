/** The records at the end of a zip archive (APPNOTE 6.3.10). */
import type { FileSpan } from '../dataset-shape.js';
import type { ByteWriter } from './byte-writer.js';

/** Values from here on are in the records for 64 bits. */
export const MOST_32 = 0xffffffff;

const [RECORD_64_BYTES, LOCATOR_BYTES] = [56, 20];
const NEEDED_VERSION = 45;
export const END_BYTES = 22;
/** Bytes of the records for 64 bits, which come before the end. */
export const LARGE_END_BYTES = RECORD_64_BYTES + LOCATOR_BYTES;

/** Adds the records for 64 bits. `madeBy` names the program's version and system. */
export function addLargeEnd(out: ByteWriter, members: number, { offsetBytes, bytes }: FileSpan, madeBy: number): void {
  out
    .text('PK\x06\x06')
    .u64(RECORD_64_BYTES - 12)
    .u16(madeBy)
    .u16(NEEDED_VERSION)
    .u32(0)
    .u32(0);
  out.u64(members).u64(members).u64(bytes).u64(offsetBytes);
  out
    .text('PK\x06\x07')
    .u32(0)
    .u64(offsetBytes + bytes)
    .u32(1);
}

/** Adds the end of the directory. */
export function addEnd(out: ByteWriter, members: number, { offsetBytes, bytes }: FileSpan): void {
  out.text('PK\x05\x06').u16(0).u16(0).u16(members).u16(members);
  out.u32(bytes).u32(Math.min(offsetBytes, MOST_32)).u16(0);
}
