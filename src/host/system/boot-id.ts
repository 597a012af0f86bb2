import { readFileSync } from 'node:fs';

/** Returns what identifies this start of this machine's kernel; null where /proc does not tell. */
export function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}
