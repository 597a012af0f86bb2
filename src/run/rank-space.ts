/** The space that the ranks of a group need together on storage that they share. */
import { FeedrateError } from '../base/errors.js';
import { formatBytes } from '../base/units.js';
import { statTarget } from '../host/target.js';
import type { Target } from '../plan/plan.js';
import { planOfFiles, type RankFiles } from '../plan/rank-files.js';
import { fits, spaceNeeded } from '../plan/space.js';
import { existingIn, type Preparation } from './preparation.js';

/** The space that one rank needs on a target, and what is free there. */
export interface RankNeed {
  /** Data files of this rank alone that are missing. */
  readonly ownBytes: number;
  /** Missing data files that all ranks read. */
  readonly sharedBytes: number;
  /** The most that the scratch files of a trial take. */
  readonly scratchBytes: number;
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** Returns the needs of this rank, in the order of the targets. Throws as `spaceNeeded` does. */
export function needsOf({ plan, dataset, space }: Preparation, files: RankFiles | null): RankNeed[] {
  const [own, shared] = [true, false].map((isOwn) => spaceNeeded(planOfFiles(plan, files, isOwn), dataset, existingIn));
  return plan.targets.map((target, place): RankNeed => {
    const { totalBytes, freeBytes } = statTarget(target);
    return {
      ownBytes: own?.[place]?.dataSpaceBytes ?? 0,
      sharedBytes: shared?.[place]?.dataSpaceBytes ?? 0,
      scratchBytes: space[place]?.scratchSpaceBytes ?? 0,
      totalBytes,
      freeBytes,
    };
  });
}

/** Throws `FeedrateError('target')` when the files of several ranks do not fit together on storage that they share. */
export function refuseBeyondShared(
  facts: readonly { readonly storage: readonly string[]; readonly needs: readonly RankNeed[] }[],
  targets: readonly Target[],
): void {
  for (const storage of new Set(facts.flatMap((each) => each.storage))) {
    const ranks = facts.filter((each) => each.storage.includes(storage));
    if (ranks.length < 2) continue;
    const places = targets.flatMap((_, place) => (facts[0]?.storage[place] === storage ? [place] : []));
    const ofRanks = ranks.map(({ needs, storage: of }) => needs.filter((_, place) => of[place] === storage));
    const sum = (pick: (needs: readonly RankNeed[]) => number) =>
      ofRanks.reduce((total, needs) => total + pick(needs), 0);
    const most = (pick: (need: RankNeed) => number) => (needs: readonly RankNeed[]) => Math.max(...needs.map(pick));
    const total = (pick: (need: RankNeed) => number) => (needs: readonly RankNeed[]) =>
      needs.reduce((all, need) => all + pick(need), 0);
    const shared = Math.max(...ofRanks.map(total(({ sharedBytes }) => sharedBytes)));
    const need = {
      dataSpaceBytes: sum(total(({ ownBytes }) => ownBytes)) + shared,
      scratchSpaceBytes: sum(most(({ scratchBytes }) => scratchBytes)),
    };
    const freeBytes = Math.min(...ofRanks.flat().map((each) => each.freeBytes));
    const totalBytes = Math.min(...ofRanks.flat().map((each) => each.totalBytes));
    const verdict = fits(need, { totalBytes, freeBytes });
    if (verdict.fits) continue;
    const named = places.map((place) => targets[place] as Target);
    const who = named.map(({ name, path }) => `${name} (${path})`).join(', ');
    const needed = `${formatBytes(verdict.neededBytes)} and a margin of ${formatBytes(verdict.marginBytes)}`;
    throw new FeedrateError(
      'target',
      `target ${who}: the ${ranks.length} ranks together need ${needed}, but ${formatBytes(freeBytes)} are free; free some space, or use fewer ranks`,
    );
  }
}
