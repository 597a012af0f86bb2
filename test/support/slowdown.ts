/** How much longer one thing takes than another, whatever the machine and whoever else uses it. */

const ROUNDS = 7;

/**
 * Measures both in turn and returns the ratio of the second's shortest CPU time to the first's. A neighbour makes some times
 * longer and none shorter. It is no elapsed time, because whatever takes longer than a time slice would always be
 * interrupted on a busy machine.
 */
export function slowdownOf(first: () => void, second: () => void): number {
  let [firstMs, secondMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round++) {
    firstMs = Math.min(firstMs, millisecondsOf(first));
    secondMs = Math.min(secondMs, millisecondsOf(second));
  }
  return secondMs / firstMs;
}

function millisecondsOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
