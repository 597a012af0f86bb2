/**
 * How long each rank has been silent, by a clock of the observer that stands while the observer itself is stopped. Clocks of
 * other machines are never compared.
 */
export class RankSilence {
  readonly #ranks = new Map<number, { sign: string; sinceNs: number; silentNs: number; isHeard: boolean }>();

  /** Takes a rank's sign of life; an empty one if there is none. Its silence begins anew when the sign has changed. */
  look(rank: number, sign: string, nowNs: number): void {
    const before = this.#ranks.get(rank);
    if (before === undefined) this.#ranks.set(rank, { sign, sinceNs: nowNs, silentNs: 0, isHeard: false });
    else if (before.sign === sign) before.silentNs = nowNs - before.sinceNs;
    else Object.assign(before, { sign, sinceNs: nowNs, silentNs: 0, isHeard: before.isHeard || before.sign !== '' });
  }

  /** Whether its sign of life has changed, so that it is no leftover of an earlier process. */
  isHeard(rank: number): boolean {
    return this.#ranks.get(rank)?.isHeard ?? false;
  }

  ofNs(rank: number): number {
    return this.#ranks.get(rank)?.silentNs ?? 0;
  }
}
