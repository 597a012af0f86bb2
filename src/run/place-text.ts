import type { TargetEnvironment } from '../record/run-record.js';

/** Returns the name of a directory with its mount, for messages. */
export function placeText(what: string, mount: Pick<TargetEnvironment, 'source' | 'mountPoint'> | null): string {
  return mount === null ? what : `${what} (${mount.source} on ${mount.mountPoint})`;
}
