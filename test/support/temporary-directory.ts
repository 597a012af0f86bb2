import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `use` with a fresh directory below the system's temporary one, and removes it afterwards. */
export async function withTemporaryDirectory(use: (directory: string) => Promise<void> | void): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'feedrate-test-'));
  try {
    await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

let forCommands: string | null = null;

/**
 * The temporary directory of the commands that the tests of this process start: other tests kill runs that have their
 * target in theirs, and every run names what it finds.
 */
export function temporaryForCommands(): string {
  if (forCommands === null) {
    const made = mkdtempSync(join(tmpdir(), 'feedrate-test-'));
    chmodSync(made, 0o1777);
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    forCommands = made;
  }
  return forCommands;
}
