/** Every file of test/fixtures/workload/bad is refused with the lines of the text beside it. */
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { assertGolden } from '../support/golden.js';
import { fixturePath } from '../support/repository.js';

const malformed = suite('malformed workloads');
const names = readdirSync(fixturePath('workload', 'bad'))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.slice(0, -'.yaml'.length));

/** What the command line prints: the message, then a line for each issue. */
function faultsOf(text: string, source: string): string {
  try {
    parseWorkload(text, source);
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    return [thrown.message, ...thrown.issues.map(({ where, message }) => `${where}: ${message}`), ''].join('\n');
  }
  throw new Error(`${source} is accepted`);
}

for (const name of names) {
  malformed(name, () => {
    const text = readFileSync(fixturePath('workload', 'bad', `${name}.yaml`), 'utf8');
    assertGolden(faultsOf(text, `${name}.yaml`), 'workload', 'bad', `${name}.txt`);
  });
}

malformed('are many', () => {
  assert.ok(names.length >= 60, `${names.length} malformed workloads`);
});

malformed.run();
