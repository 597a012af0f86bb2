import { visibleText } from './visible-text.js';

/** A rank of a group and its machine in messages: `rank 1 (node2)`, or `rank 1` while the machine is not known. */
export function rankText(rank: number, host: string | null = null): string {
  return host === null ? `rank ${rank}` : `rank ${rank} (${visibleText(host)})`;
}
