import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** `tool`: a program that could be installed is missing. `machine`: this machine cannot run the test. */
export type SkipKind = 'machine' | 'tool';

class SkipTest extends Error {
  readonly kind: SkipKind;

  constructor(reason: string, kind: SkipKind) {
    super(reason);
    this.name = 'SkipTest';
    this.kind = kind;
  }
}

/**
 * Ends the running test as skipped; the runner counts it and prints the reason. For what a machine cannot do
 * (not root, no tmpfs), never for what is hard to test. A missing tool fails in CI instead.
 */
export function skipTest(reason: string, kind: SkipKind = 'machine'): never {
  throw new SkipTest(reason, kind);
}

/** Skips the running test when the program is not in the PATH. */
export function needTool(name: string): void {
  const isThere = (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (!isThere) skipTest(`${name} is not installed`, 'tool');
}
