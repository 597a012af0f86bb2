/** Warns if the machine was busier on one side of a comparison than on the other. */
import { BUSY_SHARE, takenShare } from '../record/machine-use.js';
import { type Warning, warning } from '../record/warning.js';
import type { Measured } from './comparability.js';

/** Returns the mean share of the CPUs that others took during the trials of a side; null when no trial recorded it. */
function meanTaken({ trials }: Pick<Measured, 'trials'>): number | null {
  const shares = trials.map(({ machine }) => takenShare(machine)).filter((share) => share !== null);
  return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** Returns the warning for the pair whose sides differ most, or null if all are alike. */
export function busySidesDiffer(
  cells: readonly { readonly base: NamedTrials; readonly candidate: NamedTrials }[],
): Warning | null {
  const apart = cells.flatMap(({ base, candidate }) => {
    const [before, after] = [meanTaken(base), meanTaken(candidate)];
    return before === null || after === null ? [] : [{ base, candidate, before, after, by: Math.abs(after - before) }];
  });
  const most = apart.toSorted((a, b) => b.by - a.by)[0];
  if (most === undefined || most.by < BUSY_SHARE) return null;
  const side = ({ name, arm }: NamedTrials, share: number) => `${Math.round(share * 100)} % with ${arm.id} of ${name}`;
  return warning(
    'busy-sides-differ',
    `other work took ${side(most.base, most.before)}, and ${side(most.candidate, most.after)} (mean share of the CPUs)`,
  );
}

interface NamedTrials extends Pick<Measured, 'arm' | 'trials'> {
  readonly name: string;
}
