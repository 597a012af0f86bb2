/** Why a group cannot go on. */
import { rankText } from '../base/rank-text.js';
import { visibleText } from '../base/visible-text.js';
import type { ProcessIdentity } from '../host/files/marker.js';

export interface GroupLoss {
  /** A line that names the rank and its host. */
  readonly reason: string;
}

/** How long ranks wait for each other. */
export interface GroupPatience {
  /** For a rank that has given no sign of life. */
  readonly silentNs: number;
  /** For a rank that has not come yet. */
  readonly joinNs: number;
}

/** Returns the loss of a rank: `rank 3 (node2, process 812) is at 'trial 4', and rank 0 at 'trial 5'`. */
export function lossOf(
  { rank, process }: { readonly rank: number; readonly process?: ProcessIdentity },
  what: string,
): GroupLoss {
  const who = process === undefined ? null : `${process.hostname}, process ${process.pid}`;
  return { reason: `${rankText(rank, who)} ${visibleText(what)}` };
}
