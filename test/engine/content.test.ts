import { deflateRawSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ContentMemory } from '../../src/engine/content/content.js';
import { LANES } from '../../src/engine/content/content-module.js';
import { libc } from '../../src/host/system/libc.js';
import { skipTest } from '../support/skip.js';

const MASK = (1n << 64n) - 1n;
const GOLDEN = 0x9e3779b97f4a7c15n;

/** The documented arithmetic, once more, in BigInt: one sector of content. */
function referenceSector(seed: number, sectorNumber: number): Uint8Array {
  const state = ((BigInt(seed) * GOLDEN + BigInt(sectorNumber)) * GOLDEN) & MASK;
  let mixed = ((state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & MASK;
  mixed ^= mixed >> 31n;
  const lanes = LANES.flatMap(({ add, multiply }) => add.map((a, i) => ((mixed + a) * (multiply[i] as bigint)) & MASK));
  const view = new DataView(new ArrayBuffer(512));
  for (let at = 0; at < 512; at += 64) {
    lanes.forEach((lane, i) => {
      let x = lane;
      x = (x ^ (x << 13n)) & MASK;
      x ^= x >> 7n;
      x = (x ^ (x << 17n)) & MASK;
      lanes[i] = x;
      view.setBigUint64(at + 8 * i, x, true);
    });
  }
  return new Uint8Array(view.buffer);
}

const content = suite('content');

content('equals the arithmetic it documents', () => {
  const memory = new ContentMemory({ capacityBytes: 65_536 });
  for (const [seed, sector] of [
    [0, 0],
    [1, 7],
    [2 ** 53 - 1, 123456789],
  ] as const) {
    const at = memory.fill(0, 1024, seed, 0, sector * 512);
    assert.is(at, 0);
    assert.equal(memory.bytes.slice(0, 512), referenceSector(seed, sector));
    assert.equal(memory.bytes.slice(512, 1024), referenceSector(seed, sector + 1));
  }
});

content('any range is the same bytes as the whole', () => {
  const memory = new ContentMemory({ capacityBytes: 1 << 18 });
  const whole = memory.bytes.slice(memory.fill(0, 65536, 42, 0, 0), 65536);
  for (const [offset, length] of [
    [0, 1],
    [511, 2],
    [1000, 3000],
    [4096, 4096],
    [65535, 1],
  ] as const) {
    const at = memory.fill(131072, length, 42, 0, offset);
    assert.equal(memory.bytes.slice(at, at + length), whole.slice(offset, offset + length));
  }
});

content('limits of bytes are those of the arithmetic, for any place and length', () => {
  const memory = new ContentMemory({ capacityBytes: 1 << 18 });
  for (const [at, length] of [
    [0, 65_536],
    [513, 1],
    [1027, 4099],
    [7, 16],
    [100, 0],
  ] as const) {
    for (const { mask = 0xff, most = 0xff, base = 0 } of [{ mask: 0x3f, base: 0x30 }, { most: 0xfe }, {}]) {
      memory.fill(0, 1 << 17, 3, 0, 0);
      const before = memory.bytes.slice(0, 1 << 17);
      memory.limit(at, length, { mask, most, base });
      const wanted = before.slice(at, at + length).map((byte) => Math.min(byte & mask, most) + base);
      assert.equal(memory.bytes.slice(at, at + length), wanted);
      assert.equal(memory.bytes.slice(0, at), before.slice(0, at));
      assert.equal(memory.bytes.slice(at + length + 15, 1 << 17), before.slice(at + length + 15));
    }
  }
});

content('does not compress and does not repeat', () => {
  const memory = new ContentMemory({ capacityBytes: 4 << 20 });
  memory.fill(0, 2 << 20, 7, 0, 0);
  memory.fill(2 << 20, 1 << 20, 7, 1, 0);
  memory.fill(3 << 20, 1 << 20, 8, 0, 0);
  assert.ok(deflateRawSync(memory.bytes).length >= memory.bytes.length);
  const sectors = new Set<string>();
  for (let at = 0; at < memory.bytes.length; at += 512)
    sectors.add(Buffer.from(memory.bytes.subarray(at, at + 512)).toString('base64'));
  assert.is(sectors.size, memory.bytes.length / 512);
});

content('large blocks begin at a huge page, with the same content', () => {
  const calls = libc();
  if (calls === null) skipTest('no koffi: nothing tells an address');
  const large = new ContentMemory({ capacityBytes: 3 << 20, large: true });
  assert.is(calls.addressOf(large.bytes) % (2 << 20), 0);
  assert.is(large.bytes.length, 4 << 20);
  const small = new ContentMemory({ capacityBytes: 3 << 20 });
  for (const memory of [large, small]) assert.is(memory.fill(1 << 20, 1 << 20, 5, 1, 4096), 1 << 20);
  assert.ok(Buffer.from(large.bytes.subarray(1 << 20, 2 << 20)).equals(small.bytes.subarray(1 << 20, 2 << 20)));
});

content.run();
