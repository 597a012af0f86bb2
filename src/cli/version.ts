import { readFileSync } from 'node:fs';

/**
 * Returns the version from the package's `package.json`, which is three folders above the built module.
 * Reads it as a file, because that is the quickest way and start-up time matters.
 */
export function packageVersion(): string {
  const manifest = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
