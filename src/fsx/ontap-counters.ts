/** Reads the counters of a volume through the ONTAP REST API. They grow from an unknown start, over all clients. */
import { FeedrateError } from '../base/errors.js';
import type { OntapOperations, OntapSample } from '../record/ontap-record.js';
import { JsonPart } from './json-part.js';
import type { OntapConnection } from './ontap-connection.js';
import { readFields } from './ontap-volume.js';

const FIELDS = [
  'name',
  'svm.name',
  'style',
  'statistics.timestamp',
  'statistics.status',
  'statistics.iops_raw',
  'statistics.latency_raw',
  'statistics.throughput_raw',
] as const;

/**
 * Returns the counters. ONTAP computes them with some delay, so `countedAt` is what they are of. If ONTAP has none of a
 * FlexGroup as a whole, they are the sum over its constituents, and `countedAt` is the earliest of theirs.
 * @throws FeedrateError `cloud` when ONTAP cannot be asked, or has no statistics of the volume
 */
export async function ontapCounters(connection: OntapConnection, target: string, uuid: string): Promise<OntapSample> {
  const askedAt = new Date().toISOString();
  const volume = await readFields(connection, uuid, FIELDS, []);
  const isGroup = volume.at('style').text() === 'flexgroup' && volume.at('statistics', 'timestamp').isMissing;
  const parts = isGroup ? await constituentsOf(connection, volume) : [volume];
  const counted = parts.map((part) => countersIn(part.at('statistics')));
  const bad = counted.find((counters) => typeof counters === 'string');
  if (bad !== undefined || counted.length === 0)
    throw new FeedrateError(
      'cloud',
      `${connection.host}: no statistics of the volume ${uuid} (${bad ?? 'no constituents'})`,
    );
  const sum = (counted as VolumeCounters[]).reduce((total, part) => ({
    countedMs: Math.min(total.countedMs, part.countedMs),
    read: added(total.read, part.read),
    write: added(total.write, part.write),
  }));
  const { countedMs, read, write } = sum;
  return {
    target,
    askedAt,
    answeredAt: new Date().toISOString(),
    countedAt: new Date(countedMs).toISOString(),
    read,
    write,
  };
}

interface VolumeCounters {
  readonly countedMs: number;
  readonly read: OntapOperations;
  readonly write: OntapOperations;
}

async function constituentsOf(connection: OntapConnection, group: JsonPart): Promise<JsonPart[]> {
  const svm = group.at('svm', 'name').text();
  const query = {
    // ONTAP names them NAME__0001.
    name: `${group.at('name').text() ?? ''}__*`,
    is_constituent: 'true',
    fields: FIELDS.join(','),
    ...(svm === null ? {} : { 'svm.name': svm }),
  };
  return new JsonPart(await connection.get('/api/storage/volumes', query)).at('records').list();
}

/** Returns the counters, or why there are none. */
function countersIn(statistics: JsonPart): VolumeCounters | string {
  const status = statistics.at('status').text();
  if (status !== null && status !== 'ok') return `status ${status}`;
  const countedMs = Date.parse(statistics.at('timestamp').text() ?? '');
  const read = operationsOf(statistics, 'read');
  const write = operationsOf(statistics, 'write');
  return Number.isNaN(countedMs) || read === null || write === null
    ? 'its answer has none'
    : { countedMs, read, write };
}

function added(a: OntapOperations, b: OntapOperations): OntapOperations {
  return {
    operations: a.operations + b.operations,
    latencyNs: a.latencyNs + b.latencyNs,
    bytes: a.bytes + b.bytes,
  };
}

/** `latency_raw` is the sum of the latencies in microseconds (ONTAP REST API, `/storage/volumes`, 9.17.1). */
function operationsOf(statistics: JsonPart, kind: 'read' | 'write'): OntapOperations | null {
  const [operations, microseconds, bytes] = ['iops_raw', 'latency_raw', 'throughput_raw'].map((field) =>
    statistics.at(field, kind).number(),
  );
  if (operations == null || microseconds == null || bytes == null) return null;
  return { operations, latencyNs: microseconds * 1000, bytes };
}
