/** FSx for ONTAP only: the server's part in the latency of each arm, and what ONTAP says about the volumes. */
import { formatBytes, formatDurationNs } from '../../base/units.js';
import type { OntapRecord } from '../../record/ontap-record.js';
import type { RunRecord } from '../../record/run-record.js';
import type { ArmServerLatency, ServerLatencies, ServerLatency } from '../../stats/ontap-latency.js';
import type { ArmSummary } from '../../stats/summary.js';
import { formatPercent, plural } from '../table/format.js';
import type { Line } from './run-lines.js';

/** Returns the lines about each volume that ONTAP described, and about each arm with a latency in the server. */
export function ontapLines(
  run: RunRecord | null,
  summaries: readonly ArmSummary[],
  { targets, arms }: ServerLatencies,
): Line[] {
  const volumes = (run?.environment.targets ?? []).flatMap(({ name, ontap }) => {
    if (ontap === undefined) return [];
    const whole = targets.find(({ target }) => target === name);
    const parts =
      whole === undefined ? [] : (['read', 'write'] as const).flatMap((kind) => meanText(kind, whole[kind]));
    const latency =
      parts.length === 0 ? [] : [plain(`ONTAP ${name}: mean in the server over the run: ${parts.join(', ')}`)];
    return [plain(`ONTAP ${name}: ${ontapText(ontap)}`), ...latency];
  });
  const known = arms.flatMap((latency) => {
    const summary = summaries.find(({ arm }) => arm.id === latency.arm);
    const parts = (['read', 'write'] as const).flatMap((kind) => partsOf(kind, latency, summary));
    return parts.length === 0 ? [] : [plain(`ONTAP ${latency.arm}: ${parts.join('; ')}`)];
  });
  const sampled = summaries.filter(({ arm }) => targets.some(({ target }) => target === arm.target));
  const short = sampled.filter(({ arm }) => !arms.some((latency) => latency.arm === arm.id));
  const lines = [...volumes, ...known];
  if (short.length === 0) return lines;
  const which = `${short.length} of ${plural(sampled.length, 'arm')}`;
  return [
    ...lines,
    plain(`ONTAP: trials of ${which} are too short for a latency of their own; use runtime=30s or more`),
  ];
}

function meanText(kind: string, latency: ServerLatency | null): string[] {
  return latency === null ? [] : [`${kind}s ${formatDurationNs(latency.meanNs)}`];
}

function plain(text: string): Line {
  return { text, tone: 'plain' };
}

/** `read: of 1.9 ms client mean, server 600 µs`; if an operation takes several calls, of the mean call. */
function partsOf(kind: 'read' | 'write', latency: ArmServerLatency, summary: ArmSummary | undefined): string[] {
  const server = latency[kind];
  if (server === null) return [];
  const said = `server ${formatDurationNs(server.meanNs)}`;
  const split = summary?.nfs?.[kind] ?? null;
  if (split !== null && split.clientNs === null)
    return [`${kind}: of ${formatDurationNs(split.queueNs + split.roundTripNs)} mean call, ${said}`];
  const client = summary?.latencies.get(kind)?.meanNs;
  return [client === undefined ? `${kind}: ${said}` : `${kind}: of ${formatDurationNs(client)} client mean, ${said}`];
}

/** Returns one line about a volume: where its data lies, and what shapes reads of it. */
export function ontapText(ontap: OntapRecord): string {
  const { performanceTierBytes: ssd, capacityTierBytes: pool } = ontap;
  const total = (ssd ?? 0) + (pool ?? 0);
  const place =
    ssd === null || pool === null
      ? 'place of the data unknown'
      : `${formatBytes(ssd)} on SSD, ${formatBytes(pool)} in the capacity pool${total > 0 ? ` (${formatPercent(pool / total)})` : ''}`;
  const settings = [
    ontap.tieringPolicy && `tiering ${ontap.tieringPolicy}${ontap.coolingDays === null ? '' : `:${ontap.coolingDays}`}`,
    ontap.cloudRetrieval && `retrieval ${ontap.cloudRetrieval}`,
    ontap.readAhead && ontap.readAhead !== 'none' && `read-ahead ${ontap.readAhead}`,
    ontap.qosPolicy && `QoS ${ontap.qosPolicy}`,
    ontap.tcpMaxXferBytes && `transfers up to ${formatBytes(ontap.tcpMaxXferBytes)}`,
    ontap.ontapVersion && `ONTAP ${ontap.ontapVersion}`,
    ontap.verifiedBy === 'none' && 'certificate not verified',
  ].filter((setting) => typeof setting === 'string' && setting !== '');
  return [place, ...settings].join(', ');
}
