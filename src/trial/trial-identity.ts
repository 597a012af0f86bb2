import type { Arm, PlannedTrial } from '../plan/plan.js';
import type { GroupPlace } from './common-start.js';

/** Returns which trial it is, on which machine, in the order of a record's fields. */
export function identityOf(trial: PlannedTrial, { id: arm, job, target, factors }: Arm, group: GroupPlace | null) {
  const { id, session, round, place, warmup, fileset } = trial;
  return {
    id,
    session,
    round,
    place,
    rank: group?.rank ?? 0,
    ...(group !== null && { host: group.host }),
    warmup,
    arm,
    job,
    target,
    factors,
    ...(fileset !== undefined && { fileset }),
  };
}
