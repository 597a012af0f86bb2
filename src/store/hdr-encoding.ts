import { deflateSync } from 'node:zlib';
import { BINS, binMidpoint, type Histogram } from '../histogram/histogram.js';

/** HdrHistogram's second encoding, with counts in zigzag LEB128; the low byte says words of 64 bits. */
const ENCODING_COOKIE = 0x1c849313;
const COMPRESSED_COOKIE = 0x1c849314;
const HEAD_BYTES = 40;
/** Within 1/2000 of each bin's midpoint: finer than the bins themselves. */
const SIGNIFICANT_DIGITS = 3;
/** Above the last bin of a histogram (2^42 ns). */
const HIGHEST_NS = 2 ** 43;
/** What three digits take: 2048 buckets of 1 ns, then 1024 for each power of two. */
const HALF_BITS = 10;
const HALF_BUCKETS = 1 << HALF_BITS;

/** The index of the HdrHistogram bucket that a value in whole ns falls into. */
function bucketOf(valueNs: number): number {
  const shift = Math.max(0, Math.floor(Math.log2(valueNs || 1)) - HALF_BITS);
  return shift * HALF_BUCKETS + Math.floor(valueNs / 2 ** shift);
}

/** Appends a whole number of at most 52 bits, least significant bits first, 7 a byte. */
function pushZigzag(bytes: number[], value: number): void {
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

/** The counts of all buckets up to the last used one; a run of empty ones is a negative number. */
function payloadOf(histogram: Histogram): number[] {
  const bytes: number[] = [];
  let next = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const count = histogram.counts[bin] as number;
    if (count === 0) continue;
    const bucket = bucketOf(binMidpoint(bin));
    // A single empty bucket is a count of 0.
    if (bucket > next) pushZigzag(bytes, bucket - next === 1 ? 0 : next - bucket);
    pushZigzag(bytes, count);
    next = bucket + 1;
  }
  return bytes;
}

/** Returns the histogram as HdrHistogram's tools read it from a log: encoded (V2), compressed, in base64. */
export function encodeHdr(histogram: Histogram): string {
  const payload = payloadOf(histogram);
  const encoded = Buffer.alloc(HEAD_BYTES + payload.length);
  encoded.writeInt32BE(ENCODING_COOKIE, 0);
  encoded.writeInt32BE(payload.length, 4);
  // No shift of the buckets' indices.
  encoded.writeInt32BE(0, 8);
  encoded.writeInt32BE(SIGNIFICANT_DIGITS, 12);
  encoded.writeBigInt64BE(1n, 16);
  encoded.writeBigInt64BE(BigInt(HIGHEST_NS), 24);
  // Values are whole numbers as they are.
  encoded.writeDoubleBE(1, 32);
  encoded.set(payload, HEAD_BYTES);
  const compressed = deflateSync(encoded);
  const head = Buffer.alloc(8);
  head.writeInt32BE(COMPRESSED_COOKIE, 0);
  head.writeInt32BE(compressed.length, 4);
  return Buffer.concat([head, compressed]).toString('base64');
}
