/** How much longer one thing takes than another, whatever the machine and whoever else uses it. */

const ROUNDS = 7;

/**
 * Measures both in turn and returns the ratio of the second's shortest time to the first's. What a neighbour takes from
 * this process makes some times longer and none shorter.
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
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}
