import { type ErrorCode, FeedrateError } from '../../src/base/errors.js';

/** For `assert.throws`: a `FeedrateError` of this code with one line that fits the pattern. */
export function feedrateError(code: ErrorCode, pattern: RegExp): (thrown: unknown) => boolean {
  return (thrown) => {
    if (!(thrown instanceof FeedrateError) || thrown.code !== code) return false;
    return pattern.test(thrown.message) && !thrown.message.includes('\n');
  };
}

/** The `FeedrateError` that the action throws. */
export async function refusalOf(action: () => Promise<unknown>): Promise<FeedrateError> {
  try {
    await action();
  } catch (thrown) {
    if (thrown instanceof FeedrateError) return thrown;
    throw thrown;
  }
  throw new Error('expected a FeedrateError');
}
