/** Checksums: those of published vectors, and those of content, which are not taken over its bytes. */
import { crc32 } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { CONTENT_SLACK_BYTES, ContentMemory, SECTOR_BYTES } from '../../src/engine/content/content.js';
import { ContentChecksum } from '../../src/engine/content/content-checksum.js';
import { CRC_START, CRC32, CRC32C, crcOf } from '../../src/training/formats/crc.js';

const test = suite('training/checksums');

test('the check values of the catalogue of CRCs (CRC-32/ISO-HDLC, CRC-32/ISCSI), and zlib’s', () => {
  const digits = new TextEncoder().encode('123456789');
  assert.is(crcOf(CRC32.advance(CRC_START, digits)), 0xcbf43926);
  assert.is(crcOf(CRC32C.advance(CRC_START, digits)), 0xe3069283);
  // RFC 3720, B.4: 32 bytes of zeros, of ones, and from 0 to 31.
  assert.is(crcOf(CRC32C.advance(CRC_START, new Uint8Array(32))), 0x8a9136aa);
  assert.is(crcOf(CRC32C.advance(CRC_START, new Uint8Array(32).fill(255))), 0x62a8ab43);
  assert.is(
    crcOf(
      CRC32C.advance(
        CRC_START,
        Uint8Array.from({ length: 32 }, (_, i) => i),
      ),
    ),
    0x46dd794e,
  );
  const prng = createPrng(1);
  const bytes = Uint8Array.from({ length: 10_000 }, () => prng.nextBelow(256));
  assert.is(crcOf(CRC32.advance(CRC_START, bytes)), crc32(bytes));
});

test('the checksum of content is that of its bytes, whatever came before', () => {
  const memory = new ContentMemory({ capacityBytes: 8 * SECTOR_BYTES + CONTENT_SLACK_BYTES });
  for (const crc of [CRC32, CRC32C]) {
    const sums = new ContentChecksum(crc);
    for (const seed of [0, 1, 2 ** 52 + 3]) {
      const at = memory.fill(0, 8 * SECTOR_BYTES, seed, 0, seed * SECTOR_BYTES);
      const content = memory.bytes.subarray(at, at + 8 * SECTOR_BYTES);
      for (const state of [0, CRC_START, 0x12345678])
        assert.is(sums.advance(state, content), crc.advance(state, content));
    }
  }
});

test.run();
