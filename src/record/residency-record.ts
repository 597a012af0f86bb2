/** Where the data of a target was stored while it was measured. */

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
}
