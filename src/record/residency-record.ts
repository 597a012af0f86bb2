/** Where the data of a target was stored while it was measured. */
import type { JsonReader } from './json-reader.js';
import { TIERING_POLICIES, type TieringPolicyName } from './volume-record.js';

/**
 * `ssd-resident`: on SSD. `capacity-pool`: in the capacity pool, apart from metadata, which stays on SSD. `mixed`: parts in
 * each. `unknown`: nothing shows it.
 */
export const RESIDENCIES = ['ssd-resident', 'capacity-pool', 'mixed', 'unknown'] as const;
export type TierResidency = (typeof RESIDENCIES)[number];

export interface ResidencyRecord {
  readonly residency: TierResidency;
  /** The reasons, one sentence each, the deciding one first. Then what else may have moved data. */
  readonly evidence: readonly string[];
  /** What it was judged from. Metrics that are fetched later judge it again. Absent in older runs. */
  readonly facts?: ResidencyFacts;
}

/** The bytes of a volume by storage tier. */
export interface TierFootprint {
  /** Where the numbers come from, such as `CloudWatch StorageUsed`. */
  readonly source: string;
  readonly ssdBytes: number;
  readonly poolBytes: number;
}

/** The volume's traffic with the capacity pool while the target was measured. */
export interface PoolTraffic {
  readonly readOperations: number;
  readonly readBytes: number;
  readonly writeOperations: number;
  /** Bytes that the volume sent to all clients meanwhile. */
  readonly clientReadBytes: number;
}

/** The known facts. null = not known. */
export interface ResidencyFacts {
  readonly policy: TieringPolicyName | null;
  readonly coolingDays: number | null;
  /** The policy when the data was written. */
  readonly policyAtLayout: TieringPolicyName | null;
  readonly dataBytes: number;
  /** The ages of the oldest data file at the end of the measurement, and of its newest. */
  readonly oldestMs: number | null;
  /** The used part of the file system's SSD storage, 0 to 1. */
  readonly ssdUsedPart: number | null;
  readonly footprint: TierFootprint | null;
  readonly poolTraffic: PoolTraffic | null;
  /** `NONE`, `ORIGIN`, `CACHE` */
  readonly flexCache: string | null;
  /** The volume writes to the capacity pool directly. */
  readonly cloudWrite: boolean | null;
  /** `default`, `on_read`, `never`, `promote` */
  readonly cloudRetrieval: string | null;
  /** `none`, `file_prefetch`, … */
  readonly aggressiveReadAhead: string | null;
}

const NUMBERS = ['coolingDays', 'oldestMs', 'ssdUsedPart'] as const;
const TEXTS = ['flexCache', 'cloudRetrieval', 'aggressiveReadAhead'] as const;
const TRAFFIC = ['readOperations', 'readBytes', 'writeOperations', 'clientReadBytes'] as const;

/** Throws `FeedrateError('store')` at the first field of a `ResidencyRecord` that has a wrong type. */
export function checkResidency(record: JsonReader): void {
  record.at('residency').oneOf(RESIDENCIES);
  for (const reason of record.at('evidence').list()) reason.text();
  const facts = record.at('facts');
  if (facts.value === undefined) return;
  for (const key of ['policy', 'policyAtLayout'])
    if (facts.at(key).value !== null) facts.at(key).oneOf(TIERING_POLICIES);
  facts.at('dataBytes').number();
  for (const key of NUMBERS) facts.at(key).numberOrNull();
  for (const key of TEXTS) facts.at(key).textOrNull();
  if (facts.at('footprint').value !== null) {
    facts.at('footprint').at('source').text();
    for (const key of ['ssdBytes', 'poolBytes']) facts.at('footprint').at(key).number();
  }
  if (facts.at('poolTraffic').value !== null) for (const key of TRAFFIC) facts.at('poolTraffic').at(key).number();
}
