/**
 * Assembles the WebAssembly module of `content.ts` byte by byte: fifty instructions do not justify a compiler in the
 * build. `test/engine/content.test.ts` compares it with the same arithmetic in BigInt.
 */
export const FILL_NAME = 'fill';
export const COPY_NAME = 'copy';
export const LIMIT_NAME = 'limit';

const I32 = 0x7f;
const I64 = 0x7e;
const F64 = 0x7c;
const V128 = 0x7b;

/** Constants of splitmix64. */
const GOLDEN = 0x9e3779b97f4a7c15n;
const MIX_1 = 0xbf58476d1ce4e5b9n;
const MIX_2 = 0x94d049bb133111ebn;
/** Make the eight lanes of a sector differ: a summand and an odd multiplier per lane. */
export const LANES: readonly {
  readonly add: readonly [bigint, bigint];
  readonly multiply: readonly [bigint, bigint];
}[] = [
  { add: [0x243f6a8885a308d3n, 0x13198a2e03707344n], multiply: [0xa4093822299f31d1n, 0x082efa98ec4e6c89n] },
  { add: [0x452821e638d01377n, 0xbe5466cf34e90c6cn], multiply: [0xc0ac29b7c97c50ddn, 0x3f84d5b5b5470917n] },
  { add: [0x9216d5d98979fb1bn, 0xd1310ba698dfb5acn], multiply: [0x2ffd72dbd01adfb7n, 0xb8e1afed6a267e97n] },
  { add: [0xba7c9045f12c7f99n, 0x24a19947b3916cf7n], multiply: [0x0801f2e2858efc17n, 0x636920d871574e69n] },
];

const unsigned = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 127;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 128);
  } while (rest !== 0);
  return bytes;
};

const signed = (value: bigint): number[] => {
  const bytes: number[] = [];
  let rest = BigInt.asIntN(64, value);
  for (;;) {
    const low = Number(rest & 127n);
    rest >>= 7n;
    if ((rest === 0n && (low & 64) === 0) || (rest === -1n && (low & 64) !== 0)) return [...bytes, low];
    bytes.push(low | 128);
  }
};

const littleEndian = (value: bigint): number[] =>
  Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));

// The instructions in use, named by what they leave on the stack.
const get = (local: number) => [0x20, ...unsigned(local)];
const set = (local: number) => [0x21, ...unsigned(local)];
const tee = (local: number) => [0x22, ...unsigned(local)];
const int32 = (value: number) => [0x41, ...signed(BigInt(value))];
const int64 = (value: bigint) => [0x42, ...signed(value)];
const simd = (opcode: number) => [0xfd, ...unsigned(opcode)];
const vector = (lanes: readonly [bigint, bigint]) => [
  ...simd(12),
  ...littleEndian(lanes[0]),
  ...littleEndian(lanes[1]),
];
const storeVector = (offset: number) => [...simd(11), 4, ...unsigned(offset)];
const LOOP = [0x03, 0x40];
const repeatIf = [0x0d, 0];
const END = [0x0b];
const add32 = [0x6a];
const below32 = [0x49];
const add64 = [0x7c];
const multiply64 = [0x7e];
const xor64 = [0x85];
const shiftRight64 = [0x88];
const truncateF64 = [0xb1];
/** Copies within the module's only memory. */
const copyMemory = [0xfc, 10, 0, 0];
const splat8 = simd(15);
const splat64 = simd(18);
const loadVector = [...simd(0), 0, 0];
const storeBytes = [...simd(11), 0, 0];
const andVector = simd(78);
const addBytes = simd(110);
const lowerBytes = simd(119);
const xorVector = simd(81);
const shiftLeftLanes = simd(203);
const shiftRightLanes = simd(205);
const addLanes = simd(206);
const multiplyLanes = simd(213);

// Parameters, then locals.
const ADDRESS = 0;
const BYTES = 1;
const SEED = 2;
const FIRST_SECTOR = 3;
const STATE = 4;
const LIMIT = 5;
const SECTOR_LIMIT = 6;
const MIXED = 7;
const FIRST_VECTOR = 8;

const xorShiftScalar = (bits: bigint) => [...get(MIXED), ...get(MIXED), ...int64(bits), ...shiftRight64, ...xor64];

/** MIXED ← splitmix64 finaliser of STATE. */
const mixState = [
  ...get(STATE),
  ...set(MIXED),
  ...xorShiftScalar(30n),
  ...int64(MIX_1),
  ...multiply64,
  ...set(MIXED),
  ...xorShiftScalar(27n),
  ...int64(MIX_2),
  ...multiply64,
  ...set(MIXED),
  ...xorShiftScalar(31n),
  ...set(MIXED),
];

const seedVector = (index: number) => {
  const lanes = LANES[index] as (typeof LANES)[number];
  const seeded = [
    ...get(MIXED),
    ...splat64,
    ...vector(lanes.add),
    ...addLanes,
    ...vector(lanes.multiply),
    ...multiplyLanes,
  ];
  return [...seeded, ...set(FIRST_VECTOR + index)];
};

/** One xorshift64 step of a vector. The result is stored in its part of the 64 bytes at ADDRESS. */
const stepVector = (index: number) => {
  const local = FIRST_VECTOR + index;
  const shifted = (bits: number, shift: number[]) => [
    ...get(local),
    ...get(local),
    ...int32(bits),
    ...shift,
    ...xorVector,
    ...set(local),
  ];
  return [
    ...shifted(13, shiftLeftLanes),
    ...shifted(7, shiftRightLanes),
    ...shifted(17, shiftLeftLanes),
    ...get(ADDRESS),
    ...get(local),
    ...storeVector(16 * index),
  ];
};

const advanceAddress = (bytes: number, limit: number) => [
  ...get(ADDRESS),
  ...int32(bytes),
  ...add32,
  ...tee(ADDRESS),
  ...get(limit),
  ...below32,
  ...repeatIf,
];

function fillBody(): number[] {
  const locals = [4, 1, I64, 2, I32, 1, I64, 4, V128];
  const seeded = [...get(SEED), ...truncateF64, ...int64(GOLDEN), ...multiply64];
  const atSector = [...get(FIRST_SECTOR), ...truncateF64, ...add64];
  const startState = [...seeded, ...atSector, ...int64(GOLDEN), ...multiply64, ...set(STATE)];
  const startLimit = [...get(ADDRESS), ...get(BYTES), ...add32, ...set(LIMIT)];
  const nextSector = [...get(STATE), ...int64(GOLDEN), ...add64, ...set(STATE)];
  const seeds = [0, 1, 2, 3].flatMap(seedVector);
  const sectorLimit = [...get(ADDRESS), ...int32(512), ...add32, ...set(SECTOR_LIMIT)];
  const steps = [0, 1, 2, 3].flatMap(stepVector);
  const repeatToLimit = [...get(ADDRESS), ...get(LIMIT), ...below32, ...repeatIf];
  return [
    ...locals,
    ...startState,
    ...startLimit,
    ...LOOP,
    ...mixState,
    ...seeds,
    ...nextSector,
    ...sectorLimit,
    ...LOOP,
    ...steps,
    ...advanceAddress(64, SECTOR_LIMIT),
    ...END,
    ...repeatToLimit,
    ...END,
    ...END,
  ];
}

/** Parameters: to, from, bytes. */
const copyBody = [0, ...get(0), ...get(1), ...get(2), ...copyMemory, ...END];

/** Parameters: address, bytes, mask, most, base. Locals: the limit of the address, and the last three in each byte of a vector. */
function limitBody(): number[] {
  const [MASK_IN, MOST_IN, BASE_IN, END_AT, MASK, MOST, BASE] = [2, 3, 4, 5, 6, 7, 8];
  const locals = [2, 1, I32, 3, V128];
  const startLimit = [...get(ADDRESS), ...get(BYTES), ...add32, ...set(END_AT)];
  const spread = (from: number, to: number) => [...get(from), ...splat8, ...set(to)];
  const masked = [...get(MASK), ...andVector];
  const lowered = [...get(MOST), ...lowerBytes];
  const raised = [...get(BASE), ...addBytes];
  return [
    ...locals,
    ...startLimit,
    ...spread(MASK_IN, MASK),
    ...spread(MOST_IN, MOST),
    ...spread(BASE_IN, BASE),
    ...LOOP,
    ...get(ADDRESS),
    ...get(ADDRESS),
    ...loadVector,
    ...masked,
    ...lowered,
    ...raised,
    ...storeBytes,
    ...advanceAddress(16, END_AT),
    ...END,
    ...END,
  ];
}

const text = (value: string) => [value.length, ...new TextEncoder().encode(value)];
const MAGIC_AND_VERSION = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const section = (id: number, body: number[]) => [id, ...unsigned(body.length), ...body];

/**
 * Returns the module's bytes. It imports the memory `host.memory` and exports
 * `fill(address: i32, bytes: i32, seed: f64, firstSector: f64)`, where bytes is a multiple of 512,
 * `copy(to: i32, from: i32, bytes: i32)`, and `limit(address: i32, bytes: i32, mask: i32, most: i32, base: i32)`, which makes
 * each byte `min(byte & mask, most) + base`, up to 15 bytes further than asked.
 */
export function contentModule(): Uint8Array<ArrayBuffer> {
  const bodies = [fillBody(), copyBody, limitBody()];
  const types = [
    [I32, I32, F64, F64],
    [I32, I32, I32],
    [I32, I32, I32, I32, I32],
  ].flatMap((parameters) => [0x60, parameters.length, ...parameters, 0]);
  return new Uint8Array([
    ...MAGIC_AND_VERSION,
    ...section(1, [3, ...types]),
    ...section(2, [1, ...text('host'), ...text('memory'), 2, 0, 1]),
    ...section(3, [3, 0, 1, 2]),
    ...section(7, [3, ...text(FILL_NAME), 0, 0, ...text(COPY_NAME), 0, 1, ...text(LIMIT_NAME), 0, 2]),
    ...section(10, [bodies.length, ...bodies.flatMap((body) => [...unsigned(body.length), ...body])]),
  ]);
}
