/** The form of a file of ceilings: `workloads/fsx/ceilings.yaml`, and a user's own. */
import {
  type BurstRow,
  CEILING_STATUSES,
  type CeilingLevel,
  type CeilingSource,
  type ClientRow,
  type FileServerRow,
  type FlowRow,
  type SsdRow,
} from '../record/ceiling-record.js';
import {
  amount,
  date,
  fieldsOf,
  listOf,
  mapOf,
  oneOf,
  oneOrMore,
  optional,
  positiveOr,
  type Reader,
  type ReadFields,
  scalar,
  text,
} from './yaml-fields.js';

export interface CeilingsFile {
  readonly dated: string;
  /** The Regions of each class. Those in none are in the class `other`. */
  readonly regionClasses: ReadonlyMap<string, readonly string[]>;
  readonly fileServers: readonly FileServerRow[];
  readonly bursts: readonly BurstRow[];
  readonly ssd: readonly SsdRow[];
  readonly tcpFlow: readonly FlowRow[];
  readonly clients: readonly ClientRow[];
}

const MEGA = 1e6;
const GIGA = 1e9;
const GIGABIT = GIGA / 8;

/** Where a figure comes from. Prices have the same. */
export const source: Reader<CeilingSource> = fieldsOf<CeilingSource>(
  {
    title: optional(text),
    url: optional(text),
    page: optional(text),
    published: optional(date),
    retrieved: { read: date },
  },
  ({ title, url }) => (title === null && url === null ? 'source: expected a title or a url' : null),
);

const STATED = {
  status: { read: oneOf(CEILING_STATUSES) },
  source: { read: source },
  note: optional(text),
};

const figure = (factor = 1): Reader<number> =>
  scalar('a number above 0; leave a figure out if it is not published', (value) =>
    typeof value === 'number' && value > 0 && Number.isFinite(value) ? value * factor : undefined,
  );

function level(factor: number): Reader<CeilingLevel> {
  const burst: Reader<number | 'none'> = (value, name, issues) => {
    const read = positiveOr('none')(value, name, issues);
    return typeof read === 'number' ? read * factor : read;
  };
  return fieldsOf<CeilingLevel>({ base: { read: figure(factor) }, burst: optional(burst) }, (read) =>
    typeof read.burst === 'number' && read.burst < read.base ? 'burst: is below base; write burst: none' : null,
  );
}

/** What a row of file servers or bursts is about. A list of deployment types makes a row for each. */
const PLACE = {
  deploymentType: { read: oneOrMore(text) },
  throughputPerHaPair: { read: positiveOr('any') },
  regionClass: { read: text, fallback: 'any' },
};

interface PerSetting {
  readonly deploymentType: readonly string[];
  readonly throughputPerHaPair: number | 'any';
  readonly regionClass: string;
}

/** Returns a row for each deployment type that the author listed. */
function rowsOf<T extends PerSetting>(
  written: readonly T[],
): (Omit<T, 'deploymentType' | 'throughputPerHaPair'> &
  Pick<FileServerRow, 'deploymentType' | 'throughputPerHaPairMBps'>)[] {
  return written.flatMap(({ deploymentType: types, throughputPerHaPair, ...row }) =>
    types.map((deploymentType) => ({ ...row, deploymentType, throughputPerHaPairMBps: throughputPerHaPair })),
  );
}

type WrittenServer = PerSetting &
  Pick<FileServerRow, 'iops' | 'status' | 'source' | 'note'> & {
    readonly network: CeilingLevel | null;
    readonly disk: CeilingLevel | null;
    readonly ramGB: number | null;
    readonly nvmeGB: number | null;
    readonly writeMBps: number | null;
  };

const SERVER: ReadFields<WrittenServer> = {
  ...PLACE,
  network: optional(level(MEGA)),
  disk: optional(level(MEGA)),
  iops: optional(level(1)),
  ramGB: optional(figure(GIGA)),
  // There are file servers without NVMe: here 0 is a figure.
  nvmeGB: optional(amount(GIGA)),
  writeMBps: optional(figure(MEGA)),
  ...STATED,
};

/** `unknown` says that nothing was found: a figure beside it would contradict it. */
function faultOf(row: WrittenServer): string | null {
  const { network, disk, iops, ramGB, nvmeGB, writeMBps, status } = row;
  const figures = [network, disk, iops, ramGB, nvmeGB, writeMBps].filter((each) => each !== null).length;
  if (status === 'unknown' && figures > 0) return 'status: unknown is for rows without figures';
  return status !== 'unknown' && figures === 0 ? 'the row has no figure; write status: unknown' : null;
}

const serverRows: Reader<FileServerRow[]> = (value, name, issues) => {
  const written = listOf(fieldsOf(SERVER, faultOf))(value, name, issues);
  if (written === undefined) return undefined;
  return rowsOf(written).map(({ network, disk, ramGB, nvmeGB, writeMBps, ...row }) => ({
    ...row,
    networkBytesPerSecond: network,
    diskBytesPerSecond: disk,
    memoryBytes: ramGB,
    nvmeBytes: nvmeGB,
    writeBytesPerSecond: writeMBps,
  }));
};

const burstRows: Reader<BurstRow[]> = (value, name, issues) => {
  const written = listOf(
    fieldsOf({
      ...PLACE,
      lastedMinutes: { read: figure() },
      refillMinutes: optional(figure()),
      runMinutes: { read: figure() },
      ...STATED,
    }),
  )(value, name, issues);
  return written === undefined ? undefined : rowsOf(written);
};

const ssdRow: Reader<SsdRow> = (value, name, issues) => {
  const read = fieldsOf({ MBpsPerTiB: { read: figure(MEGA) }, iopsPerTiB: { read: figure() }, ...STATED })(
    value,
    name,
    issues,
  );
  if (read === undefined) return undefined;
  const { MBpsPerTiB: bytesPerSecondPerTiB, ...row } = read;
  return { ...row, bytesPerSecondPerTiB };
};

const flowRow: Reader<FlowRow> = (value, name, issues) => {
  const read = fieldsOf({ gbps: { read: figure(GIGABIT) }, ...STATED })(value, name, issues);
  if (read === undefined) return undefined;
  const { gbps: bytesPerSecond, ...row } = read;
  return { ...row, bytesPerSecond };
};

const clientRow: Reader<ClientRow> = (value, name, issues) => {
  const fields = { instanceType: { read: text }, networkGbps: { read: level(GIGABIT) }, ...STATED };
  const read = fieldsOf(fields)(value, name, issues);
  if (read === undefined) return undefined;
  const { networkGbps: networkBytesPerSecond, ...row } = read;
  return { ...row, networkBytesPerSecond };
};

/** Reads a file of ceilings. All sections but `dated` may be left out. */
export const ceilingsFile: Reader<CeilingsFile> = fieldsOf<CeilingsFile>({
  dated: { read: date },
  regionClasses: { read: mapOf(listOf(text)), fallback: new Map() },
  fileServers: { read: serverRows, fallback: [] },
  bursts: { read: burstRows, fallback: [] },
  ssd: { read: listOf(ssdRow), fallback: [] },
  tcpFlow: { read: listOf(flowRow), fallback: [] },
  clients: { read: listOf(clientRow), fallback: [] },
});
