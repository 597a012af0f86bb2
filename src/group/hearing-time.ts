/** A time limit for answers that this process must be able to hear. */

/** A process that could not hear during one of so many parts of the time has that part added. */
const PARTS = 10;

/**
 * Calls `late` after this time, of which only that counts in which the process hears: one that was stopped, or busy with a
 * long call, finds its timers due before the answers that have come meanwhile. Returns a function that ends it.
 */
export function afterHearing(ns: number, late: () => void): () => void {
  let left = PARTS;
  const timer = setInterval(
    () => {
      left--;
      if (left > 0) return;
      clearInterval(timer);
      late();
    },
    ns / PARTS / 1e6,
  );
  return () => clearInterval(timer);
}
