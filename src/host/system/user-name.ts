import { readTextFile } from './regular-file.js';

const MOST_PASSWD_BYTES = 2 ** 22;

/** Returns `user alice (uid 1001)`, or `uid 1001` when this machine's list of users does not have it. */
export function userName(id: number): string {
  const name = nameOf(id);
  return name === null ? `uid ${id}` : `user ${name} (uid ${id})`;
}

function nameOf(id: number): string | null {
  try {
    for (const line of readTextFile('/etc/passwd', MOST_PASSWD_BYTES).split('\n')) {
      const [name, , uid] = line.split(':');
      if (uid === String(id) && name) return name;
    }
  } catch {}
  return null;
}

/** Returns whether an entry belongs to somebody else than this user. */
export function isOthers({ ownerId }: { readonly ownerId: number }): boolean {
  return ownerId !== process.geteuid?.();
}
