/** Whether a target feeds as many accelerators as were asked for. */
import { EXIT } from '../base/errors.js';
import type { FeedRecord } from '../record/feed-record.js';

/**
 * Returns `regression` if fewer accelerators are fed than asked for, and `inconclusive` if that is not known. All ranks of a
 * group have as many, so it is asked for the next multiple of the ranks.
 * @param asked null: nothing was asked for, which always passes
 */
export function needStatus(
  { whole, verdict, emulated, group }: Pick<FeedRecord, 'whole' | 'verdict' | 'emulated' | 'group'>,
  asked: number | null,
): number {
  if (asked === null) return EXIT.pass;
  const { ranks } = group ?? { ranks: 1 };
  const need = Math.ceil(asked / ranks) * ranks;
  const isFed = whole >= need;
  if (verdict === 'decided' || verdict === 'edge') return isFed ? EXIT.pass : EXIT.regression;
  // A side that was decided counts, although the boundary is not known.
  if (emulated.some(({ accelerators, side }) => accelerators >= need && side === 'above')) return EXIT.pass;
  if (emulated.some(({ accelerators, side }) => accelerators <= need && side === 'below')) return EXIT.regression;
  return EXIT.inconclusive;
}
