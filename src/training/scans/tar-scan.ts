/** Shards of WebDataset: the members of a tar archive whose names are equal up to the first dot are one sample. */
import { type ByteSource, bytesAt, damaged } from './byte-source.js';
import { type FormatScan, geometryOfPairs } from './format-scan.js';

const BLOCK_BYTES = 512;
const [NAME_BYTES, SIZE_AT, SUM_AT, NUMBER_BYTES, SUM_BYTES, TYPE_AT, PREFIX_AT, PREFIX_BYTES] = [
  100, 124, 148, 12, 8, 156, 345, 155,
];
const [SPACE, HIGH_BIT] = [32, 0x80];
/** Longest name in a header of its own. Only a damaged archive has longer ones. */
const LONG_NAME_BYTES = 2 ** 20;

interface TarEntry {
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
}

/** Returns the entry of a header; null at the end mark. */
function entryAt(source: ByteSource, at: number): TarEntry | null {
  const header = bytesAt(source, at, BLOCK_BYTES, 'the header of a member');
  const { bytes } = header;
  let sum = 0;
  for (let i = 0; i < BLOCK_BYTES; i++) sum += i >= SUM_AT && i < SUM_AT + SUM_BYTES ? SPACE : (bytes[i] as number);
  if (sum === SPACE * SUM_BYTES) return null;
  if (octal(header.text(SUM_AT, SUM_BYTES)) !== sum)
    throw damaged(source, `there is no header of a tar archive at byte ${at}; check the format`);
  const [prefix, name] = [ended(header.text(PREFIX_AT, PREFIX_BYTES)), ended(header.text(0, NAME_BYTES))];
  const isUstar = header.text(257, 6) === 'ustar\0';
  return {
    name: isUstar && prefix !== '' ? `${prefix}/${name}` : name,
    type: header.text(TYPE_AT, 1),
    bytes: sizeIn(bytes.subarray(SIZE_AT, SIZE_AT + NUMBER_BYTES)),
  };
}

/** Returns a size: octal digits, or a number of 8 bits a byte if the first bit is set (GNU). NaN when it is neither. */
function sizeIn(field: Uint8Array): number {
  if (((field[0] as number) & HIGH_BIT) === 0) return octal(String.fromCharCode(...field));
  return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
}

function octal(text: string): number {
  const digits = ended(text).trim();
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

function ended(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** Returns the `path` and the `size` of an extended header of POSIX. */
function extendedIn(text: string): { readonly path: string | null; readonly size: number | null } {
  const path = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1] ?? null;
  const size = /(?:^|\n)\d+ size=(\d+)\n/.exec(text)?.[1];
  return { path, size: size === undefined ? null : Number(size) };
}

/** Returns the name up to the first dot of its last component. */
function keyOf(name: string): string {
  const slash = name.lastIndexOf('/') + 1;
  const dot = name.indexOf('.', slash);
  return dot < 0 ? name : name.slice(0, dot);
}

const isFile = (type: string): boolean => type === '0' || type === '\0' || type === '7';

/** What headers before a member say of it. */
interface Announced {
  name: string | null;
  size: number | null;
}

function announce(source: ByteSource, at: number, entry: TarEntry, to: Announced): void {
  const isLongName = entry.type === 'L';
  if (!isLongName && entry.type !== 'x') return;
  if (entry.bytes > LONG_NAME_BYTES) throw damaged(source, `the name of a member at byte ${at} is too long`);
  const text = bytesAt(source, at + BLOCK_BYTES, entry.bytes, 'the name of a member').text(0, entry.bytes);
  const { path, size } = isLongName ? { path: ended(text), size: null } : extendedIn(text);
  to.name = path ?? to.name;
  to.size = size ?? to.size;
}

/** The numbers are the bytes of the file, and then each sample's start and length: all of its members, with what is between. */
export const tarScan: FormatScan = {
  scan: (source) => {
    const numbers = [source.bytes];
    let key: string | null = null;
    const announced: Announced = { name: null, size: null };
    for (let at = 0; at < source.bytes; ) {
      const entry = entryAt(source, at);
      if (entry === null) break;
      announce(source, at, entry, announced);
      const isMember = isFile(entry.type);
      const bytes = isMember ? (announced.size ?? entry.bytes) : entry.bytes;
      const [start, end] = [at + BLOCK_BYTES, at + BLOCK_BYTES + bytes];
      if (!(end <= source.bytes)) throw damaged(source, `the member at byte ${at} is longer than the file`);
      if (isMember) {
        const name = announced.name ?? entry.name;
        const own = keyOf(name);
        if (own === key) numbers[numbers.length - 1] = end - (numbers.at(-2) as number);
        else numbers.push(start, bytes);
        key = own;
      }
      if (!'xL'.includes(entry.type)) Object.assign(announced, { name: null, size: null });
      at = Math.ceil(end / BLOCK_BYTES) * BLOCK_BYTES;
    }
    if (numbers.length === 1) throw damaged(source, 'the tar archive has no files');
    return numbers;
  },
  geometry: (numbers) => geometryOfPairs(numbers, { first: 1, before: BLOCK_BYTES }),
};
