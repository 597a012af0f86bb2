/** What the patterns of one worker did in a pass, and what plain arithmetic says that it had to do. */
import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { BATCH_CAPACITY, Batch, type Pattern } from '../../src/plan/batch.js';
import type { Extent } from '../../src/plan/plan.js';

export interface Operation {
  readonly file: number;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly kind: number;
}

/** One pass, batch by batch, to its end. */
export function passOf(pattern: Pattern): Operation[] {
  const batch = new Batch();
  const operations: Operation[] = [];
  while (pattern.fill(batch)) {
    assert.ok(batch.count > 0 && batch.count <= BATCH_CAPACITY);
    for (let i = 0; i < batch.count; i++) {
      operations.push({
        file: batch.file[i] as number,
        offsetBytes: batch.offsetBytes[i] as number,
        lengthBytes: batch.lengthBytes[i] as number,
        kind: batch.kind[i] as number,
      });
    }
  }
  assert.is(batch.count, 0);
  return operations;
}

/** Every block of the extents, in order, by plain arithmetic: the rest of an extent is a short block, or is left out. */
export function blocksOf(
  extents: readonly Extent[],
  blockBytes: number,
  rests: 'short' | 'left out' = 'short',
): string[] {
  return extents.flatMap(({ file, startBytes, lengthBytes }) => {
    const blocks = lengthBytes / blockBytes;
    return Array.from({ length: rests === 'short' ? Math.ceil(blocks) : Math.floor(blocks) }, (_, i) => {
      const atBytes = i * blockBytes;
      return `${file}:${startBytes + atBytes}+${Math.min(blockBytes, lengthBytes - atBytes)}`;
    });
  });
}

/** File, offset and length of an operation, as `blocksOf` writes them. */
export const placeOf = ({ file, offsetBytes, lengthBytes }: Operation): string =>
  `${file}:${offsetBytes}+${lengthBytes}`;

/** Extents of any lengths, equal or not, that hold at least one block together. */
export const anyExtents = fc
  .tuple(
    fc.integer({ min: 64, max: 2000 }),
    fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 9 }),
  )
  .filter(([blockBytes, lengths]) => lengths.some((length) => length >= blockBytes))
  .map(([blockBytes, lengths]) => ({
    blockBytes,
    extents: lengths.map((lengthBytes, i): Extent => ({ file: i * 3, startBytes: i * blockBytes, lengthBytes })),
  }));

export function oneFile(bytes: number): Extent[] {
  return [{ file: 0, startBytes: 0, lengthBytes: bytes }];
}
