/** Returns this machine's monotonic clock, ns. All processes of a machine share it. */
export function monotonicNs(): number {
  return Number(process.hrtime.bigint());
}
