/** The checks of a volume of Amazon FSx for NetApp ONTAP, whose settings only the AWS API shows. */
import { formatBytes, formatWhole } from '../base/units.js';
import type { FileSystemRecord, OntapVolumeRecord, VolumeAnswer } from '../record/volume-record.js';
import { type Advice, type Check, check } from './check.js';
import { type StatedFact, valuesOf } from './facts.js';
import {
  LIMITS,
  MACHINE,
  MAINTENANCE,
  type Maintenance,
  SETTINGS,
  STORAGE,
  type StorageLimits,
  SUBNETS,
  VOLUME,
} from './volume-facts.js';

/** A run that starts this long before a maintenance window may meet it. */
const SOON_MS = 2 * 60 * 60_000;

/** Rows about the parts of an answer. They are left out without an answer: the row `volume` says why there is none. */
const PARTS: readonly Check[] = [
  check('AWS', { volume: VOLUME }, ({ volume: { region, accountId, fileSystem } }) => {
    const account = accountId === null ? null : `account ${accountId}`;
    return ['good', [region, account, fileSystem?.vpcId ?? null].filter((part) => part !== null).join(', ')];
  }),
  check('tiering', { volume: SETTINGS }, ({ volume }) => tiering(volume)),
  check('efficiency', { volume: SETTINGS }, ({ volume: { storageEfficiency } }) => {
    if (storageEfficiency === null) return ['unknown', 'not reported by AWS'];
    if (!storageEfficiency) return ['good', 'off'];
    const reason =
      'data that compresses or repeats is read faster than the disks deliver it; feedrate’s own data is neither';
    return ['note', 'compression, deduplication and compaction are on', reason];
  }),
  check('snapshots and backups', { volume: SETTINGS, storage: STORAGE }, ({ volume, storage }) =>
    copies(volume.snapshotPolicy, storage.automaticBackupRetentionDays),
  ),
  check('FlexCache', { volume: SETTINGS }, ({ volume: { flexCache } }) => {
    if (flexCache === null || flexCache === 'NONE') return null;
    if (flexCache === 'ORIGIN') return ['good', 'this volume is the origin of a cache'];
    return [
      'note',
      'this volume is a cache',
      'the first read of each block comes from the origin',
      'read the data once before you measure warm reads',
    ];
  }),
  check('other volumes', { volume: VOLUME }, ({ volume: { below } }) => {
    const [first] = below;
    if (first === undefined) return null;
    const value =
      below.length === 1 ? `${first} is another volume` : `${below.length} below this directory: ${first}, …`;
    return [
      'note',
      value,
      'files there have other settings than those shown here',
      'name a directory that has no other volume below it',
    ];
  }),
  check('storage virtual machine', { svm: MACHINE }, ({ svm }) => {
    const { id, name, lifecycle, lifecycleReason } = svm;
    const value = `${id}${name === null ? '' : ` (${name})`}`;
    return stateOf(value, lifecycle, ['CREATED'], lifecycleReason);
  }),
  check('FSx file system', { storage: STORAGE }, ({ storage }) =>
    stateOf(fileSystemText(storage), storage.lifecycle, ['AVAILABLE'], storage.lifecycleReason),
  ),
  check('pending changes', { storage: STORAGE }, ({ storage: { pendingActions } }) => {
    if (pendingActions.length === 0) return ['good', 'none'];
    const each = pendingActions.map(
      ({ type, status, progressPercent: percent }) => `${type} ${status}${percent === null ? '' : ` ${percent} %`}`,
    );
    return [
      'bad',
      each.join(', '),
      'a change takes throughput, and results before and after it differ',
      'measure when it has ended',
    ];
  }),
  check('SSD', { storage: STORAGE, limits: LIMITS }, ({ storage, limits }) => ssd(storage, limits)),
  check('HA pairs', { volume: SETTINGS, storage: STORAGE }, ({ volume, storage: { haPairs } }) => {
    if (haPairs === null) return ['unknown', 'not reported by AWS'];
    if (haPairs === 1 || volume.style !== 'FLEXVOL') return ['good', String(haPairs)];
    return ['note', String(haPairs), 'a FlexVol uses one pair; only a FlexGroup uses all of them'];
  }),
  check('burst', { storage: STORAGE, limits: LIMITS }, ({ storage, limits }) => burst(storage, limits)),
  check('maintenance', { maintenance: MAINTENANCE }, ({ maintenance }) => upkeep(maintenance)),
  check('subnet', { storage: STORAGE, subnets: SUBNETS }, ({ storage: { preferredSubnetId: preferred }, subnets }) => {
    if (preferred === null) return ['unknown', 'AWS does not report the preferred subnet'];
    if (subnets.includes(preferred)) return ['good', `${preferred}, the file system’s own`];
    return [
      'note',
      `${subnets.join(', ')}; the file system prefers ${preferred}`,
      'another availability zone adds latency and costs money per byte',
      'run where the preferred subnet is, or check that both subnets are in one zone',
    ];
  }),
];

export const VOLUME_CHECKS: readonly Check[] = [
  check('volume', { volume: VOLUME }, ({ volume }) => identity(volume)),
  ...PARTS.map(({ name, examine }): Check => {
    const isAnswered = (facts: readonly StatedFact[]) => {
      const values = valuesOf(facts, { volume: VOLUME });
      return values !== null && typeof values !== 'string';
    };
    return { name, examine: (facts) => (isAnswered(facts) ? examine(facts) : null) };
  }),
];

function identity({ volume, problems }: VolumeAnswer): Advice {
  if (volume === null) return ['unknown', problems.join('; ')];
  const { id, name, style, type, sizeBytes, junctionPath, securityStyle, constituents } = volume;
  const parts = [
    `${id}${name === null ? '' : ` (${name})`}`,
    style === 'FLEXGROUP'
      ? `FlexGroup${constituents === null ? '' : ` of ${constituents}`}`
      : style === 'FLEXVOL'
        ? 'FlexVol'
        : null,
    type === null || type === 'RW' ? null : type,
    sizeBytes === null ? null : formatBytes(sizeBytes),
    junctionPath === null ? 'not mounted in the namespace' : `at ${junctionPath}`,
    securityStyle,
  ];
  const value = parts.filter((part) => part !== null).join(', ');
  const state = stateOf(value, volume.lifecycle, ['CREATED'], volume.lifecycleReason);
  return problems.length > 0 && state[0] === 'good' ? ['note', value, problems.join('; ')] : state;
}

/** Good in one of the healthy states. The service's own words are shown for any other. */
function stateOf(value: string, lifecycle: string | null, healthy: readonly string[], cause?: string): Advice {
  if (lifecycle === null) return ['unknown', `${value}, lifecycle not reported`];
  if (healthy.includes(lifecycle)) return ['good', value];
  const isChanging = lifecycle === 'UPDATING' || lifecycle === 'CREATING' || lifecycle === 'PENDING';
  const reason = `its lifecycle is ${lifecycle}, not ${healthy.join(' or ')}${cause === undefined ? '' : `: ${cause}`}`;
  if (isChanging) return ['note', value, reason, 'measure when the change has ended'];
  return ['bad', value, reason, cause === undefined ? 'see the FSx console for the cause' : 'fix the cause first'];
}

function tiering({ tieringPolicy, coolingDays }: OntapVolumeRecord): Advice {
  if (tieringPolicy === null) return ['unknown', 'not reported by AWS'];
  const value = coolingDays === null ? tieringPolicy : `${tieringPolicy} after ${coolingDays} days`;
  if (tieringPolicy !== 'AUTO' && tieringPolicy !== 'ALL') return ['good', value];
  const reason =
    tieringPolicy === 'ALL'
      ? 'all data moves to the capacity pool, and reads from there are much slower than from SSD'
      : 'data that nobody reads moves to the capacity pool, and reads from there are much slower than from SSD';
  return [
    tieringPolicy === 'ALL' ? 'bad' : 'note',
    value,
    reason,
    'compare it with a volume of another policy: feedrate fsx tiering -t none=DIRECTORY -t tiered=DIRECTORY',
  ];
}

function copies(snapshotPolicy: string | null, retentionDays: number | null): Advice {
  const snapshots = `snapshot policy ${snapshotPolicy ?? 'unknown'}`;
  const backups =
    retentionDays === null
      ? 'backups unknown'
      : retentionDays === 0
        ? 'no automatic backups'
        : `backups kept ${retentionDays} days`;
  const value = `${snapshots}, ${backups}`;
  const keepsBlocks = snapshotPolicy !== null && snapshotPolicy !== 'none';
  if (!keepsBlocks && (retentionDays ?? 0) === 0) return ['good', value];
  return [
    'note',
    value,
    'overwritten blocks stay in snapshots and backups, so repeated writes fill the volume',
    'measure writes on a volume without them',
  ];
}

function fileSystemText(storage: FileSystemRecord): string {
  const { id, deploymentType, haPairs, throughputCapacityPerHaPairMBps: each, storageCapacityGiB } = storage;
  const pairs = haPairs === null || haPairs === 1 ? '' : `${haPairs} × `;
  return [
    id,
    deploymentType,
    each === null ? null : `${pairs}${formatWhole(each)} MBps`,
    storageCapacityGiB === null ? null : `${formatWhole(storageCapacityGiB)} GiB of SSD`,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

const MB = 1e6;

function ssd(storage: FileSystemRecord, { ssdBytesPerSecond: most }: StorageLimits): Advice {
  const { iopsMode, iops, storageCapacityGiB: gib, throughputCapacityPerHaPairMBps: each, haPairs } = storage;
  if (iopsMode === null) return ['unknown', 'not reported by AWS'];
  const value = `${iops === null ? '' : `${formatWhole(iops)} IOPS, `}${iopsMode}`;
  if (gib === null || most === null || each === null || haPairs === null) return ['good', value];
  const disksMBps = Math.round(most / MB);
  if (disksMBps >= each * haPairs) return ['good', value];
  const what = iopsMode === 'AUTOMATIC' || iops === null ? `${formatWhole(gib)} GiB of SSD` : 'the SSD IOPS';
  const reason = `${what} allow about ${formatWhole(disksMBps)} MBps, less than the throughput capacity`;
  return ['note', value, reason, 'provision more IOPS or more SSD, or state this limit with the result'];
}

function burst({ throughputCapacityPerHaPairMBps: each }: FileSystemRecord, limits: StorageLimits): Advice | null {
  if (each === null) return null;
  const { disk, runMinutes } = limits;
  if (disk === null || disk.burst === null) return ['unknown', `no published figure at ${formatWhole(each)} MBps`];
  if (disk.burst === 'none') return ['good', `none above ${formatWhole(each)} MBps`];
  return [
    'note',
    `above ${formatWhole(each)} MBps for a while`,
    'short runs measure the burst; the balance is only visible in CloudWatch',
    `measure for ${runMinutes === null ? 'longer than the burst lasts' : `at least ${runMinutes} minutes`}, or say that the result is a burst`,
  ];
}

function upkeep({ startsAt, startsInMs }: Maintenance): Advice {
  const value = `next window ${startsAt.slice(0, 16).replace('T', ' ')} UTC`;
  if (startsInMs > SOON_MS) return ['good', value];
  const when = startsInMs <= 0 ? 'it is open now' : `it opens in ${Math.ceil(startsInMs / 60_000)} min`;
  return ['note', value, `${when}: each HA pair may pause twice, for up to a minute`, 'measure at another time'];
}
