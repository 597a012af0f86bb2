/**
 * Judges where the data of a target was stored: on SSD, in the capacity pool, or in both. The tiering policy alone shows
 * nothing, and neither does latency, because data can be cached on every way.
 */
import { formatBytes } from '../base/units.js';
import type { ResidencyFacts, ResidencyRecord, TierResidency } from './residency-record.js';
import { DAY_MS, formatDays } from './tiering-words.js';
import type { TieringPolicyName } from './volume-record.js';

/** Up to this part of the data, a tier counts as empty. */
const NEGLIGIBLE_PART = 0.05;
/**
 * From this part on, all data counts as moved. Metadata stays on SSD, about a tenth of the data (docs.netapp.com,
 * FabricPool, 2026-07).
 */
const MOVED_PART = 0.85;
/** AUTO and SNAPSHOT_ONLY move nothing up to this use of the SSD storage (ONTAPGuide, volume-storage-capacity, 2026-11). */
const TIERING_STARTS_PART = 0.5;

/**
 * Returns where the data was. Counted reads from the pool decide first, then the volume's footprint, then what policy and
 * age exclude. Where they do not agree, or show nothing, the answer is `unknown`.
 */
export function residencyOf(facts: ResidencyFacts): ResidencyRecord {
  const verdicts = [fromTraffic(facts), fromFootprint(facts), fromPolicy(facts)].filter((each) => each !== null);
  const [first] = verdicts.filter(({ residency }) => residency !== 'unknown');
  const contrary = verdicts.find(({ residency }) => first !== undefined && contradicts(first.residency, residency));
  if (contrary !== undefined && first !== undefined)
    return record('unknown', [`${first.reason}, but ${contrary.reason}`], facts);
  const reasons = first === undefined ? verdicts.map(({ reason }) => reason) : [first.reason];
  return record(first?.residency ?? 'unknown', reasons.length > 0 ? reasons : [nothingKnown(facts)], facts);
}

interface TierJudgement {
  readonly residency: TierResidency;
  readonly reason: string;
}

function contradicts(one: TierResidency, other: TierResidency): boolean {
  return other !== 'unknown' && (one === 'ssd-resident') !== (other === 'ssd-resident');
}

function record(residency: TierResidency, reasons: readonly string[], facts: ResidencyFacts): ResidencyRecord {
  return { residency, evidence: [...reasons, ...movers(facts)], facts };
}

function nothingKnown({ policy }: ResidencyFacts): string {
  return policy === null ? 'the tiering policy is not known' : `policy ${policy} alone shows nothing`;
}

/** ONTAP also reads from the pool after it has written there, so reads prove something only without writes. */
function fromTraffic({ poolTraffic }: ResidencyFacts): TierJudgement | null {
  if (poolTraffic === null) return null;
  const { readOperations, readBytes, writeOperations, clientReadBytes } = poolTraffic;
  const reads = `${readOperations} reads from the capacity pool while it was measured`;
  if (readOperations === 0)
    return { residency: 'ssd-resident', reason: 'no reads from the capacity pool while it was measured' };
  if (writeOperations > 0)
    return {
      residency: 'unknown',
      reason: `${reads}, but also ${writeOperations} writes, after which ONTAP reads by itself`,
    };
  const part = clientReadBytes > 0 ? readBytes / clientReadBytes : 0;
  const share = `${reads}: ${formatBytes(readBytes)} for ${formatBytes(clientReadBytes)} that clients read`;
  return { residency: part >= MOVED_PART ? 'capacity-pool' : 'mixed', reason: share };
}

/** Other data of the volume may be in either tier, so the footprint gives only bounds for the measured data. */
function fromFootprint({ footprint, dataBytes }: ResidencyFacts): TierJudgement | null {
  if (footprint === null || dataBytes === 0) return null;
  const { source, ssdBytes, poolBytes } = footprint;
  const least = Math.max(0, dataBytes - ssdBytes) / dataBytes;
  const most = Math.min(1, poolBytes / dataBytes);
  const bytes = `${source}: ${formatBytes(ssdBytes)} on SSD and ${formatBytes(poolBytes)} in the capacity pool`;
  const reason = `${bytes}, for ${formatBytes(dataBytes)} of data files`;
  if (most <= NEGLIGIBLE_PART) return { residency: 'ssd-resident', reason };
  if (least >= MOVED_PART) return { residency: 'capacity-pool', reason };
  if (least > NEGLIGIBLE_PART && most < MOVED_PART) return { residency: 'mixed', reason };
  const range = `${Math.round(least * 100)} to ${Math.round(most * 100)} %`;
  return { residency: 'unknown', reason: `${reason}, of which ${range} may be in the pool` };
}

/** What policy and age exclude. They never show that data is in the pool, because it moves in the background. */
function fromPolicy(facts: ResidencyFacts): TierJudgement | null {
  const { policy, policyAtLayout, flexCache, cloudWrite, oldestMs, ssdUsedPart } = facts;
  if (flexCache === 'CACHE') return { residency: 'ssd-resident', reason: 'a FlexCache volume is never tiered' };
  if (policy === null) return null;
  if (cloudWrite === true)
    return { residency: 'unknown', reason: 'cloud write mode writes to the capacity pool directly' };
  if (policy === 'ALL')
    return {
      residency: 'unknown',
      reason: 'policy ALL moves data in the background, and nothing shows how much it has moved',
    };
  if (policyAtLayout === null || policyAtLayout === 'ALL') {
    const then = policyAtLayout === null ? 'is not known' : 'was ALL';
    return {
      residency: 'unknown',
      reason: `policy ${policy} brings nothing back, and the policy at the time of writing ${then}`,
    };
  }
  if (policy === 'NONE' && policyAtLayout === 'NONE')
    return { residency: 'ssd-resident', reason: 'written and measured with policy NONE, which moves nothing' };
  return fromCooling({ ...facts, policy }, policyAtLayout, oldestMs, ssdUsedPart);
}

function fromCooling(
  { policy, coolingDays }: ResidencyFacts & { readonly policy: TieringPolicyName },
  policyAtLayout: TieringPolicyName,
  oldestMs: number | null,
  ssdUsedPart: number | null,
): TierJudgement | null {
  if ([policy, policyAtLayout].every((name) => name === 'SNAPSHOT_ONLY' || name === 'NONE'))
    return { residency: 'ssd-resident', reason: 'policy SNAPSHOT_ONLY moves only data that is in snapshots alone' };
  // A changed policy also means a changed cooling period, so only the shortest one is certain.
  const days = policy === policyAtLayout ? coolingDays : SHORTEST_COOLING_DAYS;
  if (oldestMs !== null && days !== null && oldestMs < days * DAY_MS) {
    const age = `the data is at most ${formatDays(oldestMs)} old`;
    return { residency: 'ssd-resident', reason: `${age}, and policy AUTO moves nothing before ${days} days` };
  }
  if (ssdUsedPart !== null && ssdUsedPart <= TIERING_STARTS_PART) {
    const used = `${Math.round(ssdUsedPart * 100)} % of the SSD storage is used`;
    return { residency: 'ssd-resident', reason: `${used}, and policy AUTO moves nothing up to 50 %` };
  }
  return { residency: 'unknown', reason: 'policy AUTO may have moved cold blocks, and nothing shows how many' };
}

const SHORTEST_COOLING_DAYS = 2;

/** What may have moved data while it was measured, or made reads from the pool faster. */
function movers({ policy, cloudRetrieval, aggressiveReadAhead }: ResidencyFacts): string[] {
  return [
    ...(policy === 'AUTO' ? ['random reads move cold blocks back to SSD (policy AUTO); sequential reads do not'] : []),
    ...(cloudRetrieval === 'on_read' || cloudRetrieval === 'promote'
      ? [`cloud-retrieval-policy ${cloudRetrieval} moves blocks back to SSD, also after sequential reads`]
      : []),
    ...(aggressiveReadAhead !== null && aggressiveReadAhead !== 'none'
      ? [`aggressive-readahead-mode ${aggressiveReadAhead} makes reads from the capacity pool faster`]
      : []),
  ];
}
