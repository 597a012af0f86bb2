import { FeedrateError } from '../base/errors.js';
import { canBeSlowed } from '../engine/backends/slowed.js';
import { chooseEngine } from '../engine/choose.js';
import { armOnAnyTarget } from '../gate/noise-floor.js';
import { type Plan, targetOf } from '../plan/plan.js';
import type { Injection } from '../record/run-record.js';

/**
 * Throws `FeedrateError('usage')` when an arm uses an engine that cannot be slowed down. Both sides of a run with --inject
 * must use the same code path.
 */
export function refuseUnslowable(plan: Plan, injected: readonly Injection[]): void {
  if (injected.length === 0) return;
  for (const arm of plan.arms) {
    const { used } = chooseEngine(arm.spec, targetOf(plan, arm));
    if (canBeSlowed(used)) continue;
    throw new FeedrateError(
      'usage',
      `--inject: ${armOnAnyTarget(arm)} uses the engine ${used}, which does not support --inject; use --engine psync`,
    );
  }
}
