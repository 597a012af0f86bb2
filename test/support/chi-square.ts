/**
 * How many standard deviations Pearson's chi-square of these counts lies above its mean. For a fair
 * sample about 0; with seeds fixed in the tests, anything above 5 is a defect.
 * @param shares expected share of each cell; equal ones when omitted
 */
export function chiSquareZ(counts: ArrayLike<number>, shares?: ArrayLike<number>): number {
  const cells = counts.length;
  let total = 0;
  for (let i = 0; i < cells; i++) total += counts[i] as number;
  let chiSquare = 0;
  for (let i = 0; i < cells; i++) {
    const expected = total * (shares === undefined ? 1 / cells : (shares[i] as number));
    chiSquare += ((counts[i] as number) - expected) ** 2 / expected;
  }
  return (chiSquare - (cells - 1)) / Math.sqrt(2 * (cells - 1));
}

/** Counts one more in a cell. */
export function countIn(counts: Float64Array, cell: number): void {
  counts[cell] = (counts[cell] as number) + 1;
}
