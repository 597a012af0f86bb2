/** Why a group cannot go on. */
import { visibleText } from '../base/visible-text.js';

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

/** Returns the loss of a rank: `rank 3 on node2 (process 812) is at 'trial 4', and rank 0 at 'trial 5'`. */
export function lossOf(
  who: { readonly rank: number; readonly host?: string; readonly pid?: number },
  what: string,
): GroupLoss {
  const host = who.host === undefined ? '' : ` on ${visibleText(who.host)} (process ${who.pid})`;
  return { reason: `rank ${who.rank}${host} ${visibleText(what)}` };
}
