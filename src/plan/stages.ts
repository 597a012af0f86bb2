/** Plans that grow while a run is measured, because what is measured next depends on what came before. */
import type { Arm, Plan, PlannedTrial } from './plan.js';

/**
 * Returns the plan with one session more, which has the trials of the stage's first session with some of its arms. Earlier
 * arms and trials stay as they are. The stage's plan may have arms of earlier stages: those are the same arms.
 * @param isMeasured which arms of the stage are measured in the session
 */
export function withStage(before: Plan, stage: Plan, isMeasured: (arm: Arm) => boolean): Plan {
  const known = new Set(before.arms.map(({ id }) => id));
  const arms = [...before.arms, ...stage.arms.filter((arm) => !known.has(arm.id) && isMeasured(arm))];
  const places = new Map(arms.map(({ id }, place) => [id, place]));
  const session = before.sessions + 1;
  const counts = new Map<number, number>();
  const added = stage.trials
    .filter((trial) => trial.session === 1 && isMeasured(stage.arms[trial.arm] as Arm))
    .map((trial): PlannedTrial => {
      const place = (counts.get(trial.round) ?? 0) + 1;
      counts.set(trial.round, place);
      const arm = places.get((stage.arms[trial.arm] as Arm).id) as number;
      return { ...trial, id: `s${session}r${trial.round}t${place}`, session, place, arm };
    });
  return {
    ...stage,
    arms,
    sessions: session,
    rounds: Math.max(before.rounds, stage.rounds),
    trials: [...before.trials, ...added],
  };
}
