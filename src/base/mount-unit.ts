/** The names that systemd gives to mount points. See systemd.unit(5). */

/** Returns the unit of a mount point, as `systemd-escape -p --suffix=mount` does. */
export function mountUnitOf(mountPoint: string): string {
  const parts = mountPoint.split('/').filter((part) => part !== '');
  const hex = (character: string) =>
    [...new TextEncoder().encode(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  const escaped = parts.map((part) => part.replaceAll(/[^A-Za-z0-9:_.]/gu, hex)).join('-');
  return `${escaped === '' ? '-' : escaped.replace(/^\./, '\\x2e')}.mount`;
}
