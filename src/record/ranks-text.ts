/** Ranks in messages: `rank 1`, `ranks 1, 3`. */
export function ranksText(ranks: readonly number[]): string {
  return `rank${ranks.length === 1 ? '' : 's'} ${ranks.join(', ')}`;
}
