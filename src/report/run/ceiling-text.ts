/** The words for ceilings in every report. */
import { formatCount, formatMegabytesPerSecond } from '../../base/units.js';
import type { CeilingSource } from '../../record/ceiling-record.js';
import type { CeilingUse, LimitUse } from '../../stats/ceiling-use.js';
import type { Ceiling, CeilingKind } from '../../stats/target-ceilings.js';

interface KindWords {
  readonly name: string;
  /** How to raise it. */
  readonly remedy: string;
}

const KINDS: Readonly<Record<CeilingKind, KindWords>> = {
  connections: { name: 'connections', remedy: 'mount with more connections (nconnect)' },
  'client-network': { name: 'client network', remedy: 'use an instance with a faster network, or several' },
  network: { name: 'network', remedy: 'raise the throughput capacity' },
  disk: { name: 'disk', remedy: 'raise the throughput capacity' },
  'server-iops': { name: 'server IOPS', remedy: 'raise the throughput capacity' },
  'ssd-iops': { name: 'SSD IOPS', remedy: 'provision more SSD IOPS' },
  'ssd-throughput': { name: 'SSD throughput', remedy: 'provision more SSD IOPS' },
  write: { name: 'write limit', remedy: 'use another deployment type' },
};

/** Returns what raises a ceiling. */
export function remedyFor(kind: CeilingKind): string {
  return KINDS[kind].remedy;
}

/** Returns the name of a kind of ceiling: `disk`, `SSD IOPS`. */
export function kindName(kind: CeilingKind): string {
  return KINDS[kind].name;
}

/** Returns a rate as AWS writes it: `1,536 MB/s`, `50k IOPS`. */
export function rateText(unit: Ceiling['unit'], perSecond: number): string {
  return unit === 'bytes/s' ? formatMegabytesPerSecond(perSecond) : `${formatCount(perSecond)} IOPS`;
}

/** Returns a share for people: `94 %`. A share is known to no more than that. */
export function shareText(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Returns the cell of an arm: `94 % disk`, `92 % disk burst`. */
export function ceilingText(use: CeilingUse | null): string {
  if (use === null) return '';
  const { share, binding, state } = use;
  const isBurst = state !== 'sustained' && typeof binding.level.burst === 'number';
  return `${shareText(share)} ${kindName(binding.kind)}${isBurst ? ' burst' : ''}`;
}

/** Returns `188 % of disk (1,536 MB/s sustained)`, or the share of the burst. */
export function ofText({ kind, unit, ofBase, ofPeak, level, status }: LimitUse, which: 'base' | 'burst'): string {
  const { base, burst } = level;
  const isBurst = which === 'burst' && typeof burst === 'number';
  const words = [
    rateText(unit, isBurst ? burst : base),
    ...(burst === 'none' ? [] : [isBurst ? 'in a burst' : 'sustained']),
    ...(status === 'documented' ? [] : [status]),
  ];
  return `${shareText(isBurst ? (ofPeak ?? ofBase) : ofBase)} of ${kindName(kind)} (${words.join(' ')})`;
}

/** A source that is older than this says its age, so that its figures are looked up again once a year. */
const OLD_MONTHS = 12;

/** Returns `in 2022, 4 years before the run`, or null if the source was new enough then. */
export function ageText({ published, retrieved }: CeilingSource, startedAt: string): string | null {
  const written = published ?? retrieved;
  const months = (Date.parse(startedAt) - Date.parse(written)) / (86_400_000 * 30.44);
  if (!(months > OLD_MONTHS)) return null;
  return `in ${written}, ${months < 24 ? `${Math.floor(months)} months` : `${Math.floor(months / 12)} years`} before the run`;
}
