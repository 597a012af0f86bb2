import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as assert from 'uvu/assert';
import { fixturePath } from './repository.js';

/**
 * Holds the bytes against a kept file below `test/fixtures/`. `UPDATE_GOLDENS=1 npm test` writes the
 * file anew; the difference is then reviewed like code.
 */
export function assertGolden(actual: string, ...parts: string[]): void {
  const path = fixturePath(...parts);
  if (process.env['UPDATE_GOLDENS'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
  }
  assert.is(actual, readFileSync(path, 'utf8'), path);
}
