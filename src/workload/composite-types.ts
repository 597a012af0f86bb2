/** Types of values that consist of several parts: block-size mixes, random distributions, size ranges. */
import { formatSizeLabel, type Parsed, PERCENT_PATTERN, parsePercent, quoted, SIZE_PATTERN } from '../base/units.js';
import { didYouMean } from './suggest.js';
import { fail, numberOrText, size, typeOf, type ValueType, type Written } from './value-types.js';
import type { BlockShare, FileShare, RandomDistribution } from './values.js';

const BLOCK_MAX_BYTES = 1024 ** 3;
const ONE_SIZE = SIZE_PATTERN.slice(1, -1);
const ONE_RANGE = `${ONE_SIZE}(?:-${ONE_SIZE})?`;

/** A length or a range of lengths, with the rest of the operations or a percentage of them. */
type BlockPart = Omit<BlockShare, 'share'> & { readonly percent: number | null };

/**
 * A block size, a range like fio's bsrange (`4k-64k`), or a mix of them in the form of fio's bssplit: `4k/60:64k/40`.
 * Empty shares divide the rest equally.
 */
export const blocks: ValueType<readonly BlockShare[]> = typeOf(
  'size, MIN-MAX, or mix',
  numberOrText(1, 'size', {
    id: 'block-size',
    pattern: `^${ONE_RANGE}(?:/[0-9]{0,3})?(?::${ONE_RANGE}(?:/[0-9]{0,3})?)*$`,
    examples: ['4k', '1MiB', '4k-64k', '4k/60:64k/40'],
  }),
  readBlocks,
  (shares) =>
    shares.map((part) => blockLabel(part) + (shares.length === 1 ? '' : `/${percentLabel(part.share)}`)).join(':'),
  { unit: '_bytes', of: oneLength },
);

/** Returns the length of blocks that all have the same, or null. */
function oneLength([first, ...others]: readonly BlockShare[]): number | null {
  return first === undefined || first.leastBytes !== undefined || others.length > 0 ? null : first.blockBytes;
}

function blockLabel({ blockBytes, leastBytes }: Omit<BlockShare, 'share'>): string {
  return rangeLabel({ minBytes: leastBytes ?? blockBytes, maxBytes: blockBytes });
}

function percentLabel(share: number): number {
  return Number((share * 100).toFixed(4));
}

function readBlocks(spelled: Written): Parsed<readonly BlockShare[]> {
  if (typeof spelled === 'string' && spelled.includes(',')) return fail(badList(spelled));
  const parts = String(spelled)
    .split(':')
    .map((each) => each.split('/'));
  const shares: BlockPart[] = [];
  for (const [bytesText = '', percentText = '', ...more] of parts) {
    const isOdd = more.length > 0 || !/^[0-9]*$/.test(percentText) || (bytesText === '' && parts.length > 1);
    if (isOdd) return fail(badMix(spelled));
    const range = readRange(typeof spelled === 'number' ? spelled : bytesText, 1, BLOCK_MAX_BYTES);
    if (!range.ok) return range;
    const { minBytes, maxBytes } = range.value;
    const part = minBytes === maxBytes ? { blockBytes: maxBytes } : { blockBytes: maxBytes, leastBytes: minBytes };
    if (shares.some((share) => blockLabel(share) === blockLabel(part)))
      return fail(`${quoted(spelled)} contains ${blockLabel(part)} twice`);
    shares.push({ ...part, percent: percentText === '' ? null : Number(percentText) });
  }
  return withRest(spelled, shares);
}

function badMix(spelled: Written): string {
  return `${quoted(spelled)} is not a mix of block sizes; write SIZE/PERCENT:SIZE/PERCENT, such as 4k/60:64k/40`;
}

/** Returns the message for a list with commas: in fio, the values for reads, writes and trims. */
function badList(spelled: string): string {
  const [reads = '', writes = ''] = spelled.split(',').map((value) => value.trim());
  const apart = `bs: ${reads} and bs_write: ${writes}`;
  return `${quoted(spelled)} is not one value; to vary it, write [${reads}, ${writes}] or use -P; for reads and writes apart, write ${apart}`;
}

function withRest(spelled: Written, shares: readonly BlockPart[]): Parsed<readonly BlockShare[]> {
  const given = shares.reduce((sum, { percent }) => sum + (percent ?? 0), 0);
  const open = shares.filter(({ percent }) => percent === null).length;
  if (open === 0 && given !== 100)
    return fail(`${quoted(spelled)} has shares that add up to ${given}; they must add up to 100`);
  if (open > 0 && given >= 100)
    return fail(`${quoted(spelled)} leaves nothing for the empty share: the others add up to ${given}`);
  const zero = shares.find(({ percent }) => percent === 0);
  if (zero) return fail(`${quoted(spelled)} gives ${blockLabel(zero)} a share of 0; leave it out`);
  const rest = (100 - given) / open;
  return {
    ok: true,
    value: shares.map(({ percent, ...part }) => ({ ...part, share: (percent ?? rest) / 100 })),
  };
}

const SIZE_OR_PERCENTAGE = numberOrText(0, 'size', {
  id: 'size-or-percentage',
  pattern: `${SIZE_PATTERN}|${PERCENT_PATTERN}`,
  examples: ['1GiB', '50%'],
});

/** A size, or a percentage of files that exist. */
export function sizeOrShare(minBytes: number, maxBytes: number): ValueType<number | FileShare> {
  const bytes = size(minBytes, maxBytes);
  return typeOf(
    'size or percentage',
    SIZE_OR_PERCENTAGE,
    (spelled: Written): Parsed<number | FileShare> =>
      String(spelled).endsWith('%') ? readShare(spelled) : bytes.read(spelled),
    (value) => (typeof value === 'number' ? formatSizeLabel(value) : `${percentLabel(value.share)}%`),
    { unit: '_bytes', of: (value) => (typeof value === 'number' ? value : null) },
  );
}

function readShare(spelled: Written): Parsed<FileShare> {
  const share = parsePercent(spelled);
  if (!share.ok) return share;
  if (share.value === 0) return fail(`${quoted(spelled)} is too small; write more than 0%`);
  return share.value > 1
    ? fail(`${quoted(spelled)} is too large; at most 100%`)
    : { ok: true, value: { share: share.value } };
}

const DISTRIBUTIONS = ['random', 'zipf', 'pareto', 'hotband'] as const;
/** fio's defaults for a bare `zipf` and `pareto` (FIO_DEF_ZIPF, FIO_DEF_PARETO). */
const DEFAULT_THETA = 1.1;
const DEFAULT_H = 0.2;

export const distribution: ValueType<RandomDistribution> = typeOf(
  'random, zipf:THETA, pareto:H or hotband:OPS/SPACE',
  {
    spelling: (z) =>
      z.string().meta({
        id: 'distribution',
        pattern: '^(?:random|zipf(?::[0-9]+(?:\\.[0-9]+)?)?|pareto(?::0\\.[0-9]+)?|hotband:[0-9]{1,2}/[0-9]{1,2})$',
        examples: ['random', 'zipf:1.2', 'pareto:0.9', 'hotband:80/20'],
      }),
    check: (value) =>
      typeof value === 'string'
        ? null
        : `${quoted(value)} is not a distribution; write one of ${DISTRIBUTIONS.join(', ')}`,
  },
  readDistribution,
  distributionLabel,
);

function readDistribution(spelled: string): Parsed<RandomDistribution> {
  const [type = '', parameter, ...more] = spelled.split(':');
  if (more.length > 0) return fail(`${quoted(spelled)} has more than one parameter`);
  if (type === 'random' && parameter === undefined) return { ok: true, value: { type: 'random' } };
  if (type === 'zipf') {
    const theta = parameter === undefined ? DEFAULT_THETA : numberOf(parameter);
    if (theta > 0 && theta !== 1) return { ok: true, value: { type, theta } };
    return fail(`${quoted(spelled)}: zipf requires a theta above 0 other than 1, such as zipf:1.2`);
  }
  if (type === 'pareto') {
    const h = parameter === undefined ? DEFAULT_H : numberOf(parameter);
    if (h > 0 && h < 1) return { ok: true, value: { type, h } };
    return fail(`${quoted(spelled)}: pareto requires an h between 0 and 1, such as pareto:0.9`);
  }
  if (type === 'hotband') {
    const [, operations = 0, space = 0] = (/^([0-9]{1,2})\/([0-9]{1,2})$/.exec(parameter ?? '') ?? []).map(Number);
    if (operations > 0 && space > 0) {
      return { ok: true, value: { type, operationShare: operations / 100, spaceShare: space / 100 } };
    }
    return fail(`${quoted(spelled)}: write hotband:80/20 for 80 % of the operations in 20 % of the space`);
  }
  return fail(`${quoted(spelled)} is not one of ${DISTRIBUTIONS.join(', ')}${didYouMean(type, DISTRIBUTIONS)}`);
}

function numberOf(digits: string): number {
  return /^[0-9]{1,9}(\.[0-9]{1,9})?$/.test(digits) ? Number(digits) : Number.NaN;
}

function distributionLabel(value: RandomDistribution): string {
  if (value.type === 'zipf') return `zipf:${value.theta}`;
  if (value.type === 'pareto') return `pareto:${value.h}`;
  if (value.type === 'random') return 'random';
  return `hotband:${Math.round(value.operationShare * 100)}/${Math.round(value.spaceShare * 100)}`;
}

export interface SizeRange {
  readonly minBytes: number;
  readonly maxBytes: number;
}

/** One size of at least `leastBytes`, or `min-max`. */
export function sizeRange(leastBytes: number): ValueType<SizeRange> {
  return typeOf(
    'size, or MIN-MAX',
    numberOrText(leastBytes, 'size', {
      id: leastBytes === 0 ? 'size-range' : `size-range-from-${leastBytes}`,
      pattern: `^${ONE_RANGE}$`,
      examples: ['1MiB', '64k-256k'],
    }),
    (spelled: Written) => readRange(spelled, leastBytes, Number.MAX_SAFE_INTEGER),
    rangeLabel,
  );
}

function rangeLabel({ minBytes, maxBytes }: SizeRange): string {
  return minBytes === maxBytes
    ? formatSizeLabel(minBytes)
    : `${formatSizeLabel(minBytes)}-${formatSizeLabel(maxBytes)}`;
}

function readRange(spelled: Written, leastBytes: number, mostBytes: number): Parsed<SizeRange> {
  const ends = typeof spelled === 'string' && /^[^-].*-./.test(spelled) ? spelled.split('-') : [spelled];
  const bound = size(leastBytes, mostBytes);
  const [min, max = min, ...more] = ends.map((end) => bound.read(end));
  if (min === undefined || max === undefined || more.length > 0)
    return fail(`${quoted(spelled)} is not a size or MIN-MAX`);
  if (!min.ok) return min;
  if (!max.ok) return max;
  if (min.value > max.value) return fail(`${quoted(spelled)} is an empty range; write the smaller size first`);
  return { ok: true, value: { minBytes: min.value, maxBytes: max.value } };
}
