import { chooseEngine, workersOf } from '../engine/choose.js';
import { type Arm, type Plan, partiesOf, targetOf } from '../plan/plan.js';

/** Returns how many worker threads the largest trial of a plan has, with those of the job beside it. */
export function threadsOfPlan(plan: Plan): number {
  const ofArm = ({ spec, target }: Arm) => workersOf(spec, chooseEngine(spec, targetOf(plan, { target })));
  const ofTrial = (arm: Arm) => partiesOf(plan, arm).reduce((sum, each) => sum + ofArm(each), 0);
  return Math.max(1, ...plan.arms.map(ofTrial));
}
