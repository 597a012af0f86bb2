/** The limits that bound a target: of its connections, its client, its file servers and its SSD storage. */
import { figureIn } from '../record/ceiling-figure.js';
import type {
  AppliedCeilings,
  CeilingLevel,
  CeilingSource,
  CeilingStatus,
  FileServerRow,
} from '../record/ceiling-record.js';
import type { TargetEnvironment } from '../record/run-record.js';
import type { VolumeRecord } from '../record/volume-record.js';

/**
 * `server-iops` are the operations that the file server can do, and `ssd-iops` those that are provisioned.
 * `ssd-throughput` is the throughput that comes with the provisioned operations.
 */
export type CeilingKind =
  | 'connections'
  | 'client-network'
  | 'network'
  | 'disk'
  | 'server-iops'
  | 'ssd-iops'
  | 'ssd-throughput'
  | 'write';

export interface Ceiling {
  readonly kind: CeilingKind;
  readonly unit: 'bytes/s' | 'ops/s';
  /** `base` and `burst` are `count` times the figure of one connection, instance or HA pair. */
  readonly level: CeilingLevel;
  readonly count: number;
  readonly status: CeilingStatus;
  readonly source: CeilingSource;
  readonly note: string | null;
}

/** What has no ceiling, and why, in words. */
export interface MissingCeiling {
  readonly what: string;
  readonly why: string;
}

export interface TargetCeilings {
  readonly ceilings: readonly Ceiling[];
  readonly missing: readonly MissingCeiling[];
}

const TIB_IN_GIB = 1024;

/**
 * Returns the ceilings of a target for a number of client machines. Null if none were looked up, because the target is no
 * volume of FSx for ONTAP or the run is older.
 */
export function targetCeilings(target: TargetEnvironment, clients: number): TargetCeilings | null {
  const { ceilings: applied, volume } = target;
  if (applied === undefined) return null;
  const missing: MissingCeiling[] = [];
  const ceilings: Ceiling[] = [];
  const add = (found: Ceiling | MissingCeiling) => {
    if ('what' in found) missing.push(found);
    else ceilings.push(found);
  };
  add(connections(target, applied, clients));
  add(clientNetwork(applied, clients));
  if (volume === undefined) add({ what: 'file system', why: 'the volume is not known' });
  else for (const found of fileSystemCeilings(volume, applied)) add(found);
  return { ceilings, missing };
}

function times(level: CeilingLevel, count: number): CeilingLevel {
  const { base, burst } = level;
  return { base: base * count, burst: typeof burst === 'number' ? burst * count : burst };
}

function ceiling(
  kind: CeilingKind,
  unit: Ceiling['unit'],
  { status, source, note }: Pick<Ceiling, 'status' | 'source' | 'note'>,
  each: CeilingLevel,
  count: number,
): Ceiling {
  return { kind, unit, level: times(each, count), count, status, source, note };
}

function connections(
  { nfs }: TargetEnvironment,
  { tcpFlow }: AppliedCeilings,
  clients: number,
): Ceiling | MissingCeiling {
  if (nfs === undefined) return { what: 'connections', why: 'not recorded' };
  if (nfs.client !== undefined) return { what: 'connections', why: `${nfs.client} does not count them` };
  if (!/^tcp/.test(nfs.options.transport ?? 'tcp'))
    return { what: 'connections', why: `no published figure for ${nfs.options.transport}` };
  const flow = figureIn(tcpFlow, ({ bytesPerSecond }) => bytesPerSecond);
  if (flow === null || flow === 'conflict')
    return { what: 'connections', why: 'no published figure for a TCP connection' };
  const count = (nfs.openTransports ?? nfs.options.connections) * clients;
  return ceiling('connections', 'bytes/s', flow.row, { base: flow.value, burst: 'none' }, count);
}

function clientNetwork({ client }: AppliedCeilings, clients: number): Ceiling | MissingCeiling {
  const found = figureIn(client, ({ networkBytesPerSecond }) => networkBytesPerSecond);
  if (found === null || found === 'conflict')
    return { what: 'client network', why: 'no published figure for this machine' };
  return ceiling('client-network', 'bytes/s', found.row, found.value, clients);
}

function fileSystemCeilings(volume: VolumeRecord, applied: AppliedCeilings): (Ceiling | MissingCeiling)[] {
  const pairs = pairsOf(volume);
  const { deploymentType, throughputCapacityPerHaPairMBps: setting } = volume.fileSystem;
  if (pairs === null) return [{ what: 'file servers', why: 'the number of HA pairs is not known' }];
  const place = `${deploymentType ?? 'this deployment type'} at ${setting ?? '?'} MBps in ${volume.region}`;
  const ofServers = (
    kind: CeilingKind,
    unit: Ceiling['unit'],
    name: string,
    get: (row: FileServerRow) => CeilingLevel | null,
  ) => {
    const found = figureIn(applied.fileServer, get);
    if (found === 'conflict') return { what: name, why: `the sources for ${place} disagree` };
    return found === null
      ? { what: name, why: `no published figure for ${place}` }
      : ceiling(kind, unit, found.row, found.value, pairs.used);
  };
  return [
    ofServers('network', 'bytes/s', 'network', ({ networkBytesPerSecond }) => networkBytesPerSecond),
    ofServers('disk', 'bytes/s', 'disk', ({ diskBytesPerSecond }) => diskBytesPerSecond),
    ofServers('server-iops', 'ops/s', 'IOPS of the file server', ({ iops }) => iops),
    ofServers('write', 'bytes/s', 'writes', ({ writeBytesPerSecond: base }) =>
      base === null ? null : { base, burst: 'none' },
    ),
    ...ssdCeilings(volume, applied, pairs),
  ];
}

interface Pairs {
  readonly all: number;
  /** Those that hold the volume. */
  readonly used: number;
}

/**
 * Returns the HA pairs of the file system, and those that hold the volume: a FlexVol lies on one aggregate, so on one pair,
 * and a FlexGroup on those of its aggregates. A volume of unknown style is given all, because a limit must not be too low.
 * Null if the number is unknown.
 */
export function pairsOf({ fileSystem, volume }: Pick<VolumeRecord, 'fileSystem' | 'volume'>): Pairs | null {
  // Only SINGLE_AZ_2 can have more than one pair.
  const all = fileSystem.haPairs ?? (fileSystem.deploymentType === 'SINGLE_AZ_2' ? null : 1);
  if (volume.style === 'FLEXVOL') return { all: all ?? 1, used: 1 };
  if (all === null) return null;
  const aggregates = new Set(volume.aggregates).size;
  return { all, used: aggregates > 0 ? Math.min(all, aggregates) : all };
}

/** The provisioned IOPS are spread evenly over the pairs, and so is the throughput that comes with them. */
function ssdCeilings(
  { fileSystem }: VolumeRecord,
  { ssd }: AppliedCeilings,
  { all, used }: Pairs,
): (Ceiling | MissingCeiling)[] {
  const rule = figureIn(ssd, (row) => row);
  if (rule === null || rule === 'conflict') return [{ what: 'SSD', why: 'no published figure for each TiB' }];
  const { bytesPerSecondPerTiB, iopsPerTiB } = rule.value;
  const { iops, storageCapacityGiB } = fileSystem;
  const included = storageCapacityGiB === null ? null : (storageCapacityGiB / TIB_IN_GIB) * iopsPerTiB;
  const provisioned = iops ?? included;
  if (provisioned === null) return [{ what: 'SSD', why: 'the provisioned IOPS are not known' }];
  const part = (provisioned * used) / all;
  const bytesPerSecond = (part * bytesPerSecondPerTiB) / iopsPerTiB;
  return [
    ceiling('ssd-iops', 'ops/s', rule.row, { base: part, burst: 'none' }, 1),
    ceiling('ssd-throughput', 'bytes/s', rule.row, { base: bytesPerSecond, burst: 'none' }, 1),
  ];
}
