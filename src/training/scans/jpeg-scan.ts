/** The header of a picture in JPEG (ITU-T T.81, annex B), which readers parse before they decode. */
import type { JpegGeometry } from '../file-geometries.js';
import type { ByteSource } from './byte-source.js';
import type { FormatScan } from './format-scan.js';

const [MARKER, START, SCAN, EXIF] = [0xff, 0xd8, 0xda, 0xe1];
/** Markers without a segment: restarts, the start, and the one that is reserved for arithmetic coding. */
const isAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= START);
const LENGTH_BYTES = 2;
/** Readers buffer at least so much of a file, so what is in it needs no numbers. */
const FIRST_BLOCK_BYTES = 4096;

/**
 * Returns the place and the value of each length, and whether it is of the Exif data, up to that of the first scan. Null when there is no such header: folders of
 * pictures have some that only have the name of a JPEG, and a training reads them, too.
 */
function segmentsOf(source: ByteSource): [at: number, length: number, isExif: number][] | null {
  const segments: [number, number, number][] = [];
  let hasExif = false;
  const pair = (at: number) => source.read(at, 2);
  const [first, second] = pair(0);
  if (first !== MARKER || second !== START) return null;
  for (let at = 2; ; ) {
    const [before, marker] = pair(at);
    if (before !== MARKER || marker === undefined) return null;
    // Any marker may be preceded by fill bytes.
    at += marker === MARKER ? 1 : 2;
    if (marker === MARKER || isAlone(marker)) continue;
    const [high = 0, low = 0] = pair(at);
    const length = high * 256 + low;
    if (length < LENGTH_BYTES || at + length > source.bytes) return null;
    const isExif: boolean =
      !hasExif && marker === EXIF && new TextDecoder().decode(source.read(at + LENGTH_BYTES, 5)) === 'Exif\0';
    hasExif ||= isExif;
    segments.push([at, length, isExif ? 1 : 0]);
    if (marker === SCAN) return segments;
    at += length;
  }
}

export const jpegScan: FormatScan<JpegGeometry> = {
  // Pictures are small, and there are many: 64 KiB of each would be half of them.
  stretchBytes: FIRST_BLOCK_BYTES,
  scan: (source) => {
    const segments = segmentsOf(source);
    const [at, length] = segments?.at(-1) ?? [0, 0];
    return segments === null || at + length <= FIRST_BLOCK_BYTES ? [source.bytes] : [source.bytes, ...segments.flat()];
  },
  geometry: (numbers) => {
    const [bytes = 0] = numbers;
    const segments = Array.from({ length: (numbers.length - 1) / 3 }, (_, i) => ({
      offsetBytes: numbers[1 + 3 * i] as number,
      bytes: numbers[2 + 3 * i] as number,
      isExif: numbers[3 + 3 * i] === 1,
    }));
    return { bytes, samples: 1, sampleAt: () => ({ offsetBytes: 0, bytes }), segments };
  },
};
