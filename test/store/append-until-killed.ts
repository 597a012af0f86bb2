/** A program: opens the run directory in its first argument and appends trials until it is killed. */
import { openRun } from '../../src/store/run-store.js';
import { makeArm, makeTrial } from '../support/records.js';

const store = openRun(process.argv[2] as string);
const arm = makeArm('randread');
for (let round = 1; ; round++) {
  store.appendTrial(makeTrial(arm, round, round, { startedAt: new Date().toISOString() }));
  process.stdout.write(`${round}\n`);
}
