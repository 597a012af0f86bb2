/** Reads the counters of a volume through the ONTAP REST API. They grow from an unknown start, over all clients. */
import { FeedrateError } from '../base/errors.js';
import type { OntapOperations, OntapSample } from '../record/ontap-record.js';
import type { JsonPart } from './json-part.js';
import type { OntapConnection } from './ontap-connection.js';
import { readFields } from './ontap-volume.js';

const FIELDS = [
  'style',
  'statistics.timestamp',
  'statistics.status',
  'statistics.iops_raw',
  'statistics.latency_raw',
  'statistics.throughput_raw',
] as const;

/**
 * Returns the counters. ONTAP computes them with some delay, so `countedAt` is what they are of.
 * @throws FeedrateError `cloud` when ONTAP cannot be asked, or has no statistics of the volume
 */
export async function ontapCounters(connection: OntapConnection, target: string, uuid: string): Promise<OntapSample> {
  const askedAt = new Date().toISOString();
  const volume = await readFields(connection, uuid, FIELDS, []);
  const statistics = volume.at('statistics');
  const countedAt = timeOf(statistics.at('timestamp'));
  const status = statistics.at('status').text();
  const read = operationsOf(statistics, 'read');
  const write = operationsOf(statistics, 'write');
  if (countedAt === null || read === null || write === null || (status !== null && status !== 'ok')) {
    const why = status === null || status === 'ok' ? 'its answer has none' : `status ${status}`;
    throw new FeedrateError('cloud', `${connection.host}: no statistics of the volume ${uuid} (${why})`);
  }
  return { target, askedAt, answeredAt: new Date().toISOString(), countedAt, read, write };
}

function timeOf(timestamp: JsonPart): string | null {
  const ms = Date.parse(timestamp.text() ?? '');
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** `latency_raw` is the sum of the latencies in microseconds (ONTAP REST API, `/storage/volumes`, 9.17.1). */
function operationsOf(statistics: JsonPart, kind: 'read' | 'write'): OntapOperations | null {
  const [operations, microseconds, bytes] = ['iops_raw', 'latency_raw', 'throughput_raw'].map((field) =>
    statistics.at(field, kind).number(),
  );
  if (operations == null || microseconds == null || bytes == null) return null;
  return { operations, latencyNs: microseconds * 1000, bytes };
}
