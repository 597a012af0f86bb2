/** Throws an `Error` when the condition is false, which is a bug in feedrate. User errors are `FeedrateError`s. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

/** Makes the compiler check that a switch covers every case. Throws an `Error` when it is reached at run time. */
export function unreachable(value: never): never {
  throw new Error(`assertion failed: unexpected ${JSON.stringify(value)}`);
}
