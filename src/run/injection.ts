import { FeedrateError } from '../base/errors.js';
import { canBeSlowed } from '../engine/backends/slowed.js';
import { chooseEngine } from '../engine/choose.js';
import { armOnAnyTarget } from '../gate/noise-floor.js';
import { type Plan, targetOf } from '../plan/plan.js';
import type { Injection } from '../record/run-record.js';

/**
 * All sides of a run with a slow-down take the same path, so no arm may keep several operations in flight.
 * Throws `FeedrateError('usage')` where one does.
 */
export function refuseUnslowable(plan: Plan, injected: readonly Injection[]): void {
  if (injected.length === 0) return;
  for (const arm of plan.arms) {
    const { used } = chooseEngine(arm.spec, targetOf(plan, arm));
    if (canBeSlowed(used)) continue;
    throw new FeedrateError(
      'usage',
      `--inject: ${armOnAnyTarget(arm)} runs on ${used}, where operations cannot be slowed down one by one; --engine psync can`,
    );
  }
}
