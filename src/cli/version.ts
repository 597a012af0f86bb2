import { readFileSync } from 'node:fs';

/**
 * The version in the package's own `package.json`, three folders above this module wherever it is built.
 * Read as text: at start-up every millisecond counts, and one small file is all that is needed.
 */
export function packageVersion(): string {
  const manifest = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
