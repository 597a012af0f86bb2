/** What is recorded of the answers of the ONTAP REST API about the volume behind a target. null = ONTAP did not say. */
import { JsonReader } from './json-reader.js';
import { TIERING_POLICIES, type TieringPolicyName } from './volume-record.js';

/** How the certificate of the management endpoint was verified. `none`: it was not, because the user allowed that. */
export type OntapTrustKind = 'fingerprint' | 'ca-file' | 'system' | 'none';

export interface OntapRecord {
  /** ISO 8601, UTC. */
  readonly askedAt: string;
  readonly host: string;
  readonly verifiedBy: OntapTrustKind;
  /** `9.17.1P7D1` */
  readonly ontapVersion: string | null;
  readonly uuid: string;
  readonly svm: string | null;
  readonly name: string | null;
  readonly junctionPath: string | null;
  /** `flexvol`, `flexgroup` */
  readonly style: string | null;
  /** Bytes on SSD. Of a FlexGroup: the sum of its constituents, null unless each of them has a value. */
  readonly performanceTierBytes: number | null;
  /** Bytes in the capacity pool, in the same way. */
  readonly capacityTierBytes: number | null;
  /** The number of constituents of a FlexGroup. */
  readonly constituents: number | null;
  readonly tieringPolicy: TieringPolicyName | null;
  readonly coolingDays: number | null;
  /** `default`, `on_read`, `never`, `promote`: which reads bring data back from the capacity pool. */
  readonly cloudRetrieval: string | null;
  readonly cloudWrite: boolean | null;
  /** `none`, `file_prefetch`, `sequential_read`, `cross_file_sequential_read` */
  readonly readAhead: string | null;
  readonly qosPolicy: string | null;
  readonly qosMaxIops: number | null;
  /** In ONTAP's unit of megabytes per second. */
  readonly qosMaxMBps: number | null;
  /** `compression inline, dedupe both, compaction inline`, or `disabled`. */
  readonly efficiency: string | null;
  readonly filesUsed: number | null;
  readonly filesMaximum: number | null;
  /** `NONE`, `ORIGIN`, `CACHE` */
  readonly flexCache: string | null;
  /** The largest NFS read or write that the SVM accepts over TCP. */
  readonly tcpMaxXferBytes: number | null;
  /** NVMe caches of the file servers. 0: they have none. */
  readonly nvmeCaches: number | null;
  /** One line for each part that could not be read, with the reason. */
  readonly unknown: readonly string[];
}

/** Operations of one kind on a volume since an unknown start, by all clients. */
export interface OntapOperations {
  readonly operations: number;
  /** The sum of the latencies of these operations in the server. */
  readonly latencyNs: number;
  readonly bytes: number;
}

/** The counters of a volume at one moment: a line of `ontap.jsonl`. */
export interface OntapSample {
  readonly target: string;
  /** When feedrate asked and when it had the answer: ISO 8601, UTC, of this machine's clock. */
  readonly askedAt: string;
  readonly answeredAt: string;
  /** When ONTAP last updated the counters, of its own clock. */
  readonly countedAt: string;
  readonly read: OntapOperations;
  readonly write: OntapOperations;
}

/** Returns the policy in the words of the FSx API. null for one that it does not have. */
export function tieringPolicyOf(word: string | null): TieringPolicyName | null {
  const name = word?.toUpperCase().replaceAll('-', '_');
  return TIERING_POLICIES.find((policy) => policy === name) ?? null;
}

/** Returns the sample in a line of `ontap.jsonl`. Throws `FeedrateError('store')` if it is damaged. */
export function decodeOntapSample(line: string, where: string): OntapSample {
  const sample = JsonReader.parse(line, where);
  sample.at('target').text();
  for (const key of ['askedAt', 'answeredAt', 'countedAt'])
    if (Number.isNaN(Date.parse(sample.at(key).text()))) sample.at(key).fail('a time');
  for (const kind of ['read', 'write'])
    for (const key of ['operations', 'latencyNs', 'bytes']) sample.at(kind).at(key).number();
  return sample.value as OntapSample;
}

/** Throws `FeedrateError('store')` at the first field of an `OntapRecord` that reports use and that has a wrong type. */
export function checkOntapRecord(record: JsonReader): void {
  for (const key of ['askedAt', 'host', 'uuid']) record.at(key).text();
  for (const key of ['ontapVersion', 'svm', 'name', 'cloudRetrieval', 'readAhead', 'qosPolicy', 'efficiency'])
    record.at(key).textOrNull();
  for (const key of [
    'performanceTierBytes',
    'capacityTierBytes',
    'tcpMaxXferBytes',
    'nvmeCaches',
    'qosMaxIops',
    'qosMaxMBps',
  ])
    record.at(key).numberOrNull();
}
