/** Names that are not valid UTF-8. Node replaces such bytes, so that a path would lead to another entry, or to none. */
import { isUtf8 } from 'node:buffer';
import { existsSync, readFileSync, statSync } from 'node:fs';

/** What Node puts in the place of bytes that are not UTF-8. It is also a valid character. */
const REPLACEMENT = '\ufffd';

/** Returns the path in an error of Node's if it lost bytes on the way to an entry that exists; null otherwise. */
export function undecodablePath(thrown: unknown, existing: string): string | null {
  const { path } = (thrown ?? {}) as Partial<NodeJS.ErrnoException>;
  return path?.includes(REPLACEMENT) && existsSync(existing) ? path : null;
}

/** Returns the first of the command's words that lost bytes, or null. */
export function undecodableWord(words: readonly string[]): string | null {
  const suspect = words.find((word) => word.includes(REPLACEMENT));
  if (suspect === undefined) return null;
  try {
    return isUtf8(readFileSync('/proc/self/cmdline')) ? null : suspect;
  } catch {
    return suspect;
  }
}

/** Returns the working directory as Node sees it if its name lost bytes, or null. */
export function undecodableWorkingDirectory(): string | null {
  try {
    const named = process.cwd();
    if (!named.includes(REPLACEMENT)) return null;
    const here = statSync('.');
    const there = statSync(named, { throwIfNoEntry: false });
    return there?.ino === here.ino && there.dev === here.dev ? null : named;
  } catch {
    return null;
  }
}
