/** The bytes that a data file is to have. */
import type { DataFile } from '../../plan/plan.js';
import type { Crc } from '../../training/formats/crc.js';
import { writtenFile } from '../../training/formats/dataset-files.js';
import { type ContentSource, contentPieces, PIECE_BYTES } from '../../training/formats/file-format.js';
import { CONTENT_SLACK_BYTES, ContentMemory, SECTOR_BYTES } from '../content/content.js';
import { ContentChecksum } from '../content/content-checksum.js';

let memory: ContentMemory | null = null;

/** Returns this thread's memory for content, with room for a piece. */
export function contentMemory(): ContentMemory {
  memory ??= new ContentMemory({ capacityBytes: PIECE_BYTES + CONTENT_SLACK_BYTES });
  return memory;
}

/**
 * Content and its copy are at the same place of their pages without it, where a processor takes loads for loads of what was just
 * stored: a copy then takes ten times as long.
 */
const STAGING_OFFSET = 2048;

let staging: Uint8Array | null = null;

/**
 * Yields the bytes of a file from its start to its end, in chunks of `PIECE_BYTES` and a shorter one at the end, so that each
 * write begins at a multiple of it. An empty chunk lets the caller do other work. A chunk is valid until the next one is asked for.
 */
export function* chunksOf(file: DataFile): Generator<Uint8Array, void> {
  staging ??= new Uint8Array(new ArrayBuffer(PIECE_BYTES + STAGING_OFFSET), STAGING_OFFSET);
  let filled = 0;
  for (const piece of contentOf(file)) {
    if (filled === 0 && (piece.length === PIECE_BYTES || piece.length === file.bytes)) {
      yield piece;
      continue;
    }
    if (piece.length === 0) yield piece;
    for (let taken = 0; taken < piece.length; ) {
      const count = Math.min(piece.length - taken, PIECE_BYTES - filled);
      staging.set(piece.subarray(taken, taken + count), filled);
      filled += count;
      taken += count;
      if (filled < PIECE_BYTES) continue;
      yield staging;
      filled = 0;
    }
  }
  if (filled > 0) yield staging.subarray(0, filled);
}

function contentOf({ bytes, contentSeed, shaped }: DataFile): Generator<Uint8Array, void> {
  const source = sourceOf(contentSeed);
  return shaped === undefined ? contentPieces(source, 0, bytes) : writtenFile(shaped.shape, shaped.index, source);
}

function sourceOf(contentSeed: number): ContentSource {
  const content = contentMemory();
  const bytes: ContentSource['bytes'] = (positionBytes, lengthBytes, limits) => {
    const at = content.fill(0, lengthBytes, contentSeed, 0, positionBytes);
    if (limits !== undefined) content.limit(at, lengthBytes, limits);
    return content.bytes.subarray(at, at + lengthBytes);
  };
  const checksum: ContentSource['checksum'] = (crc, positionBytes, lengthBytes, state) => {
    const sums = checksumOf(crc);
    const endBytes = positionBytes + lengthBytes;
    let next = state;
    for (let at = positionBytes; at < endBytes; ) {
      const skip = at % SECTOR_BYTES;
      const whole = endBytes - at - ((endBytes - at) % SECTOR_BYTES);
      const isWhole = skip === 0 && whole > 0;
      const length = isWhole ? Math.min(PIECE_BYTES, whole) : Math.min(SECTOR_BYTES - skip, endBytes - at);
      next = isWhole ? sums.advance(next, bytes(at, length)) : crc.advance(next, bytes(at, length));
      at += length;
    }
    return next;
  };
  return { bytes, checksum };
}

const checksums = new Map<Crc, ContentChecksum>();

function checksumOf(crc: Crc): ContentChecksum {
  const known = checksums.get(crc) ?? new ContentChecksum(crc);
  checksums.set(crc, known);
  return known;
}
