/** Renders `feedrate fsx ontap`. */
import { formatBytes, formatCount, formatDurationNs, formatWhole } from '../../base/units.js';
import type { OntapRecord } from '../../record/ontap-record.js';
import type { ArmServerLatency, ServerLatency } from '../../stats/ontap-latency.js';
import { aligned } from '../table/columns.js';
import { ABSENT, formatPercent } from '../table/format.js';
import { paragraphs } from '../table/report-line.js';
import type { TerminalOptions } from '../table/terminal.js';

export interface DescribedVolume {
  readonly name: string;
  readonly record: OntapRecord;
  /** null: not measured. */
  readonly latency: Omit<ArmServerLatency, 'arm'> | null;
}

/** Returns the report, ending with a line break. */
export function renderOntap(
  volumes: readonly DescribedVolume[],
  format: 'table' | 'json',
  options: TerminalOptions,
): string {
  if (format === 'json') return `${JSON.stringify(volumes, null, 2)}\n`;
  return paragraphs(
    volumes.flatMap(({ name, record, latency }) => [
      [
        `${name}: volume ${record.name ?? record.uuid} of ${record.svm ?? 'an unknown SVM'}, from ${record.host}`,
        ...aligned(rowsOf(record).map(([what, value]) => [`  ${what}`, value])),
      ],
      latency === null ? [] : latencyLines(latency),
      record.unknown,
      certificateLines(record),
    ]),
    options,
  );
}

function rowsOf(record: OntapRecord): [string, string][] {
  const { performanceTierBytes: ssd, capacityTierBytes: pool, constituents, filesUsed, filesMaximum } = record;
  const share = ssd === null || pool === null || ssd + pool === 0 ? '' : ` (${formatPercent(pool / (ssd + pool))})`;
  const cooling = record.coolingDays === null ? '' : `, cooling ${record.coolingDays} days`;
  const rows: [string, string | null][] = [
    ['ONTAP', record.ontapVersion],
    ['junction path', record.junctionPath],
    ['style', constituents === null ? record.style : `${record.style} of ${constituents} constituents`],
    ['on SSD', ssd === null ? null : formatBytes(ssd)],
    ['in the capacity pool', pool === null ? null : `${formatBytes(pool)}${share}`],
    ['tiering policy', record.tieringPolicy === null ? null : `${record.tieringPolicy}${cooling}`],
    ['cloud retrieval', record.cloudRetrieval],
    ['cloud write', record.cloudWrite === null ? null : record.cloudWrite ? 'on' : 'off'],
    ['read-ahead', record.readAhead],
    ['QoS policy', qosText(record)],
    ['efficiency', record.efficiency],
    ['FlexCache', record.flexCache],
    [
      'files',
      filesUsed === null || filesMaximum === null ? null : `${formatWhole(filesUsed)} of ${formatWhole(filesMaximum)}`,
    ],
    ['NFS transfers up to', record.tcpMaxXferBytes === null ? null : formatBytes(record.tcpMaxXferBytes)],
    ['NVMe caches', record.nvmeCaches === null ? null : String(record.nvmeCaches)],
  ];
  return rows.map(([what, value]) => [what, value ?? ABSENT]);
}

function qosText({ qosPolicy, qosMaxIops, qosMaxMBps }: OntapRecord): string {
  if (qosPolicy === null) return 'none';
  const limits = [qosMaxIops && `${formatWhole(qosMaxIops)} IOPS`, qosMaxMBps && `${formatWhole(qosMaxMBps)} MB/s`];
  const shown = limits.filter((limit) => typeof limit === 'string');
  return shown.length === 0 ? qosPolicy : `${qosPolicy} (at most ${shown.join(', ')})`;
}

function latencyLines({ read, write, coveredNs }: Omit<ArmServerLatency, 'arm'>): string[] {
  if (coveredNs === 0)
    return ['Latency in the server: ONTAP did not refresh its counters in this time. Use a longer --during.'];
  const part = (kind: string, latency: ServerLatency | null) =>
    latency === null
      ? `no ${kind}s`
      : `${kind}s ${formatDurationNs(latency.meanNs)} (mean of ${formatCount(latency.operations)}, ${formatBytes(latency.bytes)})`;
  return [
    `Latency in the server over ${formatDurationNs(coveredNs)}, of all clients: ${part('read', read)}, ${part('write', write)}.`,
  ];
}

function certificateLines({ verifiedBy }: OntapRecord): string[] {
  return verifiedBy === 'none'
    ? ['The certificate was not verified (--ontap-insecure): another server may have the password.']
    : [];
}
