/**
 * Decimal counters as the kernel prints them. One that was decremented below zero is printed as almost 2^64 (seen as
 * 1.8e19 ms of queueing): read as the negative number that it is, so that the difference of two readings is right.
 */
export function counters(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map((digits) => Number(BigInt.asIntN(64, BigInt(digits))));
}
