/** The layout of a submission entry in words of 4 bytes: struct io_uring_sqe of <linux/io_uring.h>. */

/** Number of 4-byte words in a submission entry. */
export const SQE_WORDS = 16;
export const SQE = { opcode: 0, file: 1, offset: 2, address: 4, length: 6, flags: 7, userData: 8, buffer: 10 } as const;
/** Returns the file offset of an entry. */
export function offsetAt(sqes: Int32Array, entry: number): number {
  const at = entry * SQE_WORDS + SQE.offset;
  return (sqes[at + 1] as number) * 2 ** 32 + ((sqes[at] as number) >>> 0);
}

export const OPCODE = { nop: 0, fsync: 3, readFixed: 4, writeFixed: 5, read: 22, write: 23 } as const;
/** Flag in the opcode's word: the file is an index into the registered files. */
export const FIXED_FILE = 1 << 8;
export const FSYNC_DATA_ONLY = 1;
