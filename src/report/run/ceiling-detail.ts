/** Every ceiling of a target with its source, and what each arm used of it. */
import { formatWhole } from '../../base/units.js';
import { figureIn } from '../../record/ceiling-figure.js';
import type { CeilingStatus, FileServerRow } from '../../record/ceiling-record.js';
import type { RunRecord, TargetEnvironment } from '../../record/run-record.js';
import type { CeilingUse, LimitUse } from '../../stats/ceiling-use.js';
import { pairsOf } from '../../stats/target-ceilings.js';
import { aligned } from '../table/columns.js';
import { plural } from '../table/format.js';
import { ageText, kindName, rateText, shareText } from './ceiling-text.js';

/** The uses of the arms of a target, by the arm's id. */
export type ArmUses = readonly (readonly [string, CeilingUse])[];

/** Returns the lines of a target: its limits, figures that are no limits, and the shares of each arm. */
export function ceilingDetail(run: Pick<RunRecord, 'startedAt'>, target: TargetEnvironment, uses: ArmUses): string[] {
  const all = uses.flatMap(([, use]) => use.limits);
  const limits = all.filter(({ kind }, index) => all.findIndex((other) => other.kind === kind) === index);
  const files = target.ceilings?.files.map(({ name, dated }) => `${name} of ${dated}`).join(', ');
  const rows = limits.map(({ kind, unit, level, count, status, source }) => [
    kindName(kind),
    `${rateText(unit, level.base)}${count === 1 ? '' : ` (× ${formatWhole(count)})`}`,
    typeof level.burst === 'number'
      ? `burst ${rateText(unit, level.burst)}`
      : level.burst === 'none'
        ? 'no burst'
        : 'burst not published',
    status,
    `${ageText(source, run.startedAt) ?? source.published ?? source.retrieved}: ${source.title ?? source.url}`,
  ]);
  return [
    `ceilings of ${target.name}: ${placeText(target)}, from ${files}, looked up for the run of ${run.startedAt.slice(0, 10)}`,
    ...aligned(rows).map((line) => `  ${line}`),
    ...memoryLines(target),
    ...otherLines(target, limits),
    ...uses.map(([arm, use]) => `shares of ${arm}: ${use.limits.map(shareOf).join(', ')}`),
  ];
}

function shareOf({ kind, ofBase, ofPeak, level }: LimitUse): string {
  const burst = typeof level.burst === 'number' && ofPeak !== null ? ` (burst ${shareText(ofPeak)})` : '';
  return `${shareText(ofBase)} ${kindName(kind)}${burst}`;
}

function placeText({ volume }: TargetEnvironment): string {
  if (volume === undefined) return 'volume not described';
  const { deploymentType, throughputCapacityPerHaPairMBps } = volume.fileSystem;
  const pairs = pairsOf(volume);
  const style = volume.volume.style === null ? '' : ` (${volume.volume.style})`;
  const used = pairs === null ? '' : `, ${pairs.used} of ${plural(pairs.all, 'HA pair')}${style}`;
  return `${deploymentType ?? 'deployment type unknown'}${used} at ${throughputCapacityPerHaPairMBps ?? '?'} MBps`;
}

const GB = 1e9;

/** The caches of the pairs that hold the volume: how much data they can answer without the disks. */
function memoryLines({ name, ceilings, volume }: TargetEnvironment): string[] {
  const pairs = volume === undefined ? null : pairsOf(volume);
  if (ceilings === undefined || pairs === null) return [];
  const text = (read: (row: FileServerRow) => number | null): string => {
    const found = figureIn(ceilings.fileServer, read);
    if (found === null) return 'no published figure';
    return found === 'conflict' ? 'sources disagree' : `${formatWhole((found.value * pairs.used) / GB)} GB`;
  };
  const [memory, nvme] = [text(({ memoryBytes }) => memoryBytes), text(({ nvmeBytes }) => nvmeBytes)];
  return [`caches of ${name}: memory ${memory}, NVMe ${nvme}`];
}

/** Figures that are not used as limits: a measured one beside a documented one, and those that sources dispute. */
function otherLines({ name, ceilings }: TargetEnvironment, limits: readonly LimitUse[]): string[] {
  const statusOf = new Map<string, CeilingStatus>(limits.map(({ kind, status }) => [kind, status]));
  return (ceilings?.fileServer ?? []).flatMap((row) => {
    const figures = FIGURES.flatMap(({ kind, unit, read }) => {
      const value = read(row);
      return value === null || statusOf.get(kind) === row.status ? [] : [`${kindName(kind)} ${rateText(unit, value)}`];
    });
    const note = row.note === null ? '' : `; ${row.note}`;
    const source = row.source.title ?? row.source.url;
    return figures.length === 0
      ? []
      : [`also for ${name}, each HA pair: ${figures.join(', ')} (${row.status}, ${source}${note})`];
  });
}

const FIGURES = [
  { kind: 'network', unit: 'bytes/s', read: (row: FileServerRow) => row.networkBytesPerSecond?.base ?? null },
  { kind: 'disk', unit: 'bytes/s', read: (row: FileServerRow) => row.diskBytesPerSecond?.base ?? null },
  { kind: 'server-iops', unit: 'ops/s', read: (row: FileServerRow) => row.iops?.base ?? null },
  { kind: 'write', unit: 'bytes/s', read: (row: FileServerRow) => row.writeBytesPerSecond },
] as const;
