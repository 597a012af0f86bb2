import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(directory: string): string {
  return existsSync(join(directory, 'package.json')) ? directory : findRoot(dirname(directory));
}

/** The repository's root: tests run from the build folder, fixtures stay where they are kept. */
export const repositoryRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** A path below `test/fixtures/`. */
export function fixturePath(...parts: string[]): string {
  return join(repositoryRoot, 'test', 'fixtures', ...parts);
}
