/** Packages of Debian that checks by other programs need. */
import { spawnSync } from 'node:child_process';

/**
 * Installs packages when `isThere` says that they are missing, and says so on stderr. A fresh machine has no lists of
 * packages, so these are fetched first.
 * @returns whether they are there now
 */
export function ensurePackages(packages: readonly string[], isThere: () => boolean): boolean {
  if (isThere()) return true;
  process.stderr.write(`installing with apt-get install ${packages.join(' ')}\n`);
  for (const words of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ])
    spawnSync('apt-get', words, {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  return isThere();
}
