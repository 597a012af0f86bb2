/** Cells of a comparison in which the same ceiling limits both sides. */
import type { ComparedCell, Side } from '../../gate/comparison.js';
import { type CeilingUse, ceilingUse, type LimitUse, NEAR } from '../../stats/ceiling-use.js';
import { kindName, rateText, shareText } from '../run/ceiling-text.js';

/** The ceiling of both sides, and the part of it that each used. */
export interface SharedCeiling {
  readonly limit: LimitUse;
  readonly base: number;
  readonly candidate: number;
}

/** Returns the ceiling that both sides of a cell are at, or null. A side beyond its ceiling is not limited by it. */
export function sharedCeiling({ base, candidate }: Pick<ComparedCell, 'base' | 'candidate'>): SharedCeiling | null {
  const [before, after] = [useOf(base), useOf(candidate)];
  if (before === null || after === null || before.state !== after.state || before.state === 'beyond') return null;
  const [limit, other] = [before.binding, after.binding];
  const isSame = limit.kind === other.kind && levelOf(before) === levelOf(after);
  if (!isSame || Math.min(before.share, after.share) < NEAR) return null;
  return { limit, base: before.share, candidate: after.share };
}

function useOf({ run, arm, trials }: Side): CeilingUse | null {
  const target = run.environment.targets.find(({ name }) => name === arm.target);
  return target === undefined ? null : ceilingUse(target, trials);
}

/** The figure that the share is of. */
function levelOf({ state, binding: { level } }: CeilingUse): number {
  return state === 'burst' && typeof level.burst === 'number' ? level.burst : level.base;
}

/** Returns a line for each pair of arms that the same ceiling limits. */
export function ceilingNotes(cells: readonly ComparedCell[]): string[] {
  const lines = cells.flatMap((cell) => {
    const shared = sharedCeiling(cell);
    if (shared === null) return [];
    const { kind, unit, used } = shared.limit;
    const limit = rateText(unit, used / shared.base);
    const shares = `${shareText(shared.base)} and ${shareText(shared.candidate)}`;
    const arms = [...new Set([cell.base.arm.id, cell.candidate.arm.id])].join(' and ');
    return [
      `same ceiling on both sides of ${arms}: ${shares} of ${kindName(kind)} (${limit}); the ceiling hides any other difference`,
    ];
  });
  return [...new Set(lines)];
}
