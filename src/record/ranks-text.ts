/** A rank and its machine in messages: `rank 1 (node2)`, or `rank 1` while the machine is not known. */
export function rankText(rank: number, host: string | null = null): string {
  return host === null ? `rank ${rank}` : `rank ${rank} (${host})`;
}

/** Ranks in messages: `rank 1`, `ranks 1, 3`. */
export function ranksText(ranks: readonly number[]): string {
  return `rank${ranks.length === 1 ? '' : 's'} ${ranks.join(', ')}`;
}
