/** What a target without a mount refuses of a plan, and what is advised instead is accepted. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { filesOf } from '../../src/plan/arm-files.js';
import { expandArms } from '../../src/plan/arms.js';
import { refuseWithoutMount } from '../../src/run/nfs-abilities.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { resolveJob } from '../../src/workload/resolve.js';
import { feedrateError } from '../support/feedrate-error.js';

const test = suite('run/nfs-abilities');

const TARGET = { name: 't', path: 'nfs://fs1/train?version=3' };

function refuse(fields: string): void {
  const workload = parseWorkload(`name: w\njobs:\n  a: {bs: 64k, size: 1m, ${fields}}\n`, 'w.yaml');
  const uses = expandArms(workload, [TARGET], resolveJob).map((arm) => ({ arm, files: filesOf(arm, null) }));
  refuseWithoutMount(TARGET, uses, false);
}

/** Fields that are refused, what is said, and fields that follow it. */
const ROWS: readonly (readonly [wrong: string, says: RegExp, ...right: string[]])[] = [
  [
    'rw: read, direct: true',
    /libnfs has no page cache to bypass; remove direct and use cache: cold$/,
    'rw: read, cache: cold',
  ],
  ['rw: read, cache: direct', /remove direct and use cache: cold$/, 'rw: read, cache: cold'],
  ['rw: read, cache: warm', /use cache: cold or as-is$/, 'rw: read, cache: cold', 'rw: read, cache: as-is'],
  ['rw: write, fallocate: native', /fallocate is not supported by libnfs; remove it$/, 'rw: write'],
];

test('what needs a mount is refused, and accepted without it', () => {
  for (const [wrong, says, ...right] of ROWS) {
    assert.throws(() => refuse(wrong), feedrateError('target', says));
    for (const fields of right) refuse(fields);
  }
});

test.run();
