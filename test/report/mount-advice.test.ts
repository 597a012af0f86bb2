import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compare } from '../../src/gate/comparison.js';
import { planMounts } from '../../src/plan/mount-plan.js';
import { mountAdvice } from '../../src/report/comparison/mount-advice.js';
import { comparisonOptions } from '../support/comparison-options.js';
import { around, measuredRun } from '../support/measured-runs.js';
import { makeArm } from '../support/records.js';

const test = suite('report/mount-advice');
const MOUNTS = planMounts(['svm:/train'], ['vers=3', 'vers=4.1', 'vers=4.2']);

/** What is advised when the mounts have these levels, in this many sessions. */
function adviceFor(levels: readonly number[], sessions: number): string[] {
  const arms = MOUNTS.map(({ name }, index) => ({
    arm: { ...makeArm('read'), id: `read@${name}`, target: name },
    levels: around(levels[index] as number, sessions),
  }));
  const options = comparisonOptions({ columns: ['target'], demands: 'load' });
  return mountAdvice(compare([measuredRun('a', arms)], options), MOUNTS);
}

test('the best mount is named with what the others lose, and its lines', () => {
  const [verdict, ...lines] = adviceFor([1e9, 1.5e9, 1.2e9], 10);
  assert.is(verdict, 'use v4.1; relative to it: v4.2 −20.0 %, v3 −33.3 %');
  assert.equal(lines, [
    'mount     mount -t nfs -o vers=4.1 svm:/train /mnt/train',
    'fstab     svm:/train /mnt/train nfs vers=4.1,_netdev 0 0',
    'notebook  mkdir -p /mnt/train && mount -t nfs -o vers=4.1 svm:/train /mnt/train   # lifecycle configuration, on start',
  ]);
});

test('with too few sessions the best is not told from the others', () => {
  assert.match(
    adviceFor([1e9, 1.5e9, 1.2e9], 2)[0] ?? '',
    /^v4\.1 was fastest, but this many sessions show no clear difference from v3, v4\.2$/,
  );
});

test('where nothing was measured nothing is advised', () => {
  assert.equal(adviceFor([1e9, 1.5e9, 1.2e9], 0), []);
});

test.run();
