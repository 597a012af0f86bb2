/** Ranks as statistics has them: the places of values in their order. A machine's place in a group is `TrialRecord.rank`. */

export interface TieRanks {
  /** Twice the midrank of each value, in the given order. It is an integer even for tied values. */
  readonly doubled: readonly number[];
  /** The tie vector: the distinct values in ascending order. */
  readonly groups: readonly { readonly doubledRank: number; readonly size: number }[];
  /** Σ(t³ − t) over the groups of equal values. */
  readonly tieSum: number;
}

/** Returns the midranks of the values (1 … n, equal values share their mean rank). Throws RangeError for NaN. */
export function rank(values: readonly number[]): TieRanks {
  if (values.some(Number.isNaN)) throw new RangeError('NaN has no rank');
  const order = values.map((_, index) => index).sort((a, b) => compare(values[a] as number, values[b] as number));
  const doubled = new Array<number>(values.length);
  const groups: { doubledRank: number; size: number }[] = [];
  let tieSum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end++;
    const size = end - start;
    const doubledRank = start + end + 1;
    for (let place = start; place < end; place++) doubled[order[place] as number] = doubledRank;
    groups.push({ doubledRank, size });
    tieSum += size ** 3 - size;
    start = end;
  }
  return { doubled, groups, tieSum };
}

/** Compares without subtracting, because the difference of two infinities is NaN. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
