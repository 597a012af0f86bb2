/** FioPattern and block sizes of a job of fio. */
import { quoted } from '../../base/units.js';
import type { ReadWrite } from '../values.js';
import type { FioField, FioOptions } from './fio-options.js';
import { sizeText } from './fio-values.js';

/** fio's default of `bs`. */
const BLOCK_BYTES = 4096;

/** fio's patterns, with whether they read, write, and jump. */
export interface FioPattern {
  readonly rw: ReadWrite;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly isRandom: boolean;
}

const PATTERNS: Readonly<Record<string, FioPattern>> = {
  read: { rw: 'read', reads: true, writes: false, isRandom: false },
  write: { rw: 'write', reads: false, writes: true, isRandom: false },
  randread: { rw: 'randread', reads: true, writes: false, isRandom: true },
  randwrite: { rw: 'randwrite', reads: false, writes: true, isRandom: true },
  rw: { rw: 'rw', reads: true, writes: true, isRandom: false },
  readwrite: { rw: 'rw', reads: true, writes: true, isRandom: false },
  randrw: { rw: 'randrw', reads: true, writes: true, isRandom: true },
};
const DEFAULT = PATTERNS['read'] as FioPattern;

/** Returns the pattern of a job. Adds a fault for one that feedrate does not have. */
export function patternOf(options: FioOptions): FioPattern {
  const text = options.text('rw') ?? 'read';
  const [word = '', ...modifier] = text.split(':');
  const found = Object.hasOwn(PATTERNS, word) ? PATTERNS[word] : undefined;
  if (found === undefined) {
    const why = /trim/.test(word) ? 'feedrate does not trim' : `expected one of ${Object.keys(PATTERNS).join(', ')}`;
    options.fault('rw', `${quoted(text)}: ${why}`);
  } else if (modifier.length > 0 && modifier.join(':') !== (found.isRandom ? '1' : '0'))
    options.fault('rw', `${quoted(text)}: feedrate neither skips blocks nor stays at an offset; write ${word}`);
  return found ?? DEFAULT;
}

/** The block sizes of a job, and the one that all of its blocks have, if they do. */
export interface Blocks {
  readonly fields: readonly FioField[];
  readonly uniformBytes: number | null;
}

/** One length per direction in the workload's spelling, with its only size. */
interface Spelled {
  readonly text: string;
  readonly bytes: number | null;
}

const READERS: readonly (readonly [string, (options: FioOptions, part: string, name: string) => Spelled | null])[] = [
  ['bssplit', splitOf],
  ['bsrange', rangeOf],
];

/** Returns `bs` and `bs_write`. A job that only writes takes fio's value for writes. */
export function blocksOf(options: FioOptions, { reads, writes }: FioPattern): Blocks {
  const [reading, writing] = bothOf(options);
  const place = options.placeOf(namesOf(options));
  const first = reads ? reading : writing;
  const fields: FioField[] = [{ word: 'bs', value: first.text, place }];
  const differs = reads && writes && writing.text !== reading.text;
  if (differs) fields.push({ word: 'bs_write', value: writing.text, place });
  checkAlignment(options, first);
  return { fields, uniformBytes: differs ? null : first.bytes };
}

function namesOf(options: FioOptions): string {
  return READERS.map(([name]) => name).find((name) => options.has(name)) ?? 'bs';
}

function bothOf(options: FioOptions): readonly [Spelled, Spelled] {
  const sizes = options.sizes('bs', BLOCK_BYTES) ?? { read: BLOCK_BYTES, write: BLOCK_BYTES };
  const spelled = (bytes: number): Spelled => ({ text: sizeText(bytes), bytes });
  const plain = [spelled(sizes.read), spelled(sizes.write)] as const;
  for (const [name, read] of READERS) {
    const text = options.text(name);
    if (text === null) continue;
    const [reading = '', writing = reading] = text.split(',').map((part) => part.trim());
    const found = [reading, writing].map((part, index) => (part === '' ? plain[index] : read(options, part, name)));
    const [first, second] = found;
    if (first && second) return [first, second];
    options.fault(name, `cannot read ${quoted(text)}`);
  }
  return plain;
}

/** `4k/60:64k/40`; an empty share is the rest, as in a workload. */
function splitOf(options: FioOptions, part: string, name: string): Spelled | null {
  const entries = part.split(':').map((entry) => entry.split('/'));
  const known = entries.flatMap(([size = '', share]) => (share === '0' ? [] : (options.sizeOf(name, size) ?? [])));
  const least = Math.min(...known);
  const texts = entries.map(([size = '', share = '']) => {
    const bytes = options.sizeOf(name, size);
    return bytes === null || !/^\d*$/.test(share) ? null : `${sizeText(inUnits(options, name, bytes, least))}/${share}`;
  });
  if (texts.includes(null)) return null;
  const used = texts.filter((text) => !text?.endsWith('/0'));
  const [only] = used;
  if (used.length === 1 && only) {
    const bytes = options.sizeOf(name, entries.find(([, share]) => share !== '0')?.[0] ?? '');
    return bytes === null ? null : { text: sizeText(bytes), bytes };
  }
  return { text: used.join(':'), bytes: null };
}

/** fio cuts each size to a multiple of the smallest one. */
function inUnits(options: FioOptions, name: string, bytes: number, leastBytes: number): number {
  const whole = bytes - (bytes % leastBytes);
  if (whole === 0 || whole === bytes) return bytes;
  options.note(
    name,
    `${sizeText(whole)} instead of ${sizeText(bytes)}, because fio cuts sizes to multiples of the smallest`,
  );
  return whole;
}

function rangeOf(options: FioOptions, part: string, name: string): Spelled | null {
  const [, from = '', to = ''] = /^([^-:]+)[-:]([^-:]+)$/.exec(part) ?? [];
  const [one, other] = [options.sizeOf(name, from), options.sizeOf(name, to)];
  if (one === null || other === null) return null;
  const [least, most] = [Math.min(one, other), Math.max(one, other)];
  return least === most
    ? { text: sizeText(least), bytes: least }
    : { text: `${sizeText(least)}-${sizeText(most)}`, bytes: null };
}

/** Every block of feedrate begins at a multiple of its size, which is fio's default too. */
function checkAlignment(options: FioOptions, { bytes }: Spelled): void {
  const aligned = options.size('blockalign');
  if (aligned !== null && aligned !== bytes)
    options.fault('blockalign', 'every block of feedrate begins at a multiple of its size; remove the option');
}
