/** Where the data of a run's targets is, as far as it is known when the run begins. */
import { dataFilesOf } from '../plan/filesets.js';
import type { Plan } from '../plan/plan.js';
import type { PlannedDataset } from '../plan/planned-dataset.js';
import type { SpaceNeed } from '../plan/space.js';
import type { DatasetRecord } from '../record/dataset-manifest.js';
import type { OntapRecord } from '../record/ontap-record.js';
import type { TierFootprint } from '../record/residency-record.js';
import type { Environment, TargetEnvironment } from '../record/run-record.js';
import { residencyOf } from '../record/tier-residency.js';

/** The parts of a preparation that tell how old its data is. */
interface PlannedData {
  readonly plan: Plan;
  readonly dataset: PlannedDataset | null;
  readonly space: readonly SpaceNeed[];
  readonly datasets: ReadonlyMap<string, DatasetRecord>;
}

/**
 * Returns the environment with the residency of each target that is a volume and whose data files the plan reads. What
 * ONTAP says about the volume must be in it already.
 */
export function withResidency(environment: Environment, preparation: PlannedData, nowMs: number): Environment {
  const targets = environment.targets.map((target) => residentTarget(target, preparation, nowMs));
  return { ...environment, targets };
}

function residentTarget(
  target: TargetEnvironment,
  { plan, dataset, space, datasets }: PlannedData,
  nowMs: number,
): TargetEnvironment {
  const planned = plan.targets.find(({ name }) => name === target.name);
  if (target.volume === undefined || planned === undefined) return target;
  const { bytes: dataBytes } = dataFilesOf(plan, dataset, planned).count();
  if (dataBytes === 0) return target;
  const { tieringPolicy: policy, coolingDays, flexCache } = target.volume.volume;
  const kept = datasets.get(target.name);
  // Files that this run writes have the policy that the volume has now.
  const isNew = (space.find((need) => need.target === target.name)?.dataBytes ?? 0) >= dataBytes;
  const residency = residencyOf({
    policy,
    coolingDays,
    policyAtLayout: isNew ? policy : (kept?.policy ?? null),
    dataBytes,
    oldestMs: isNew ? 0 : kept === undefined ? null : nowMs - Date.parse(kept.preparedAt),
    ssdUsedPart: null,
    // What was there before says nothing about files that are still to be written.
    footprint: isNew ? null : footprintOf(target.ontap),
    poolTraffic: null,
    flexCache: flexCache ?? target.ontap?.flexCache ?? null,
    cloudWrite: target.ontap?.cloudWrite ?? null,
    cloudRetrieval: target.ontap?.cloudRetrieval ?? null,
    aggressiveReadAhead: target.ontap?.readAhead ?? null,
  });
  return { ...target, residency };
}

function footprintOf(ontap: OntapRecord | undefined): TierFootprint | null {
  const { performanceTierBytes: ssdBytes = null, capacityTierBytes: poolBytes = null } = ontap ?? {};
  return ssdBytes === null || poolBytes === null ? null : { source: 'ONTAP', ssdBytes, poolBytes };
}
