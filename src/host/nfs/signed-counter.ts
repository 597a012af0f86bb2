/**
 * Parses decimal counters as the kernel prints them. The kernel prints a counter below zero as almost 2^64 (observed:
 * 1.8e19 ms of queueing). It is read as a negative number, so that the difference of two readings is correct.
 */
export function counters(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map((digits) => Number(BigInt.asIntN(64, BigInt(digits))));
}
