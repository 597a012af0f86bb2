import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Test files below a folder, relative to it, in the order of their names. */
export function testFilesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.test\.m?js$/.test(path) && !path.includes('node_modules'))
    .sort();
}

/** `….long.test.js`: runs only where it is asked for by a part of its path. */
export function isLong(file: string): boolean {
  return file.includes('.long.test.');
}

/**
 * A file whose first line is `// serial` measures something: nothing else may run beside it. An empty line must
 * follow, or the compiler drops the comment together with an import of types.
 */
export function isSerial(root: string, file: string): boolean {
  return readFileSync(join(root, file), 'utf8').startsWith('// serial\n');
}
