/**
 * A program: makes everything that feedrate makes for a short time, in the target, the results directory and the temporary
 * directory of its environment, again and again until it is killed. Prints a line for each time.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createOwnDirectory, removeOwnDirectory } from '../../src/host/files/own-directory.js';
import { withProbeFile } from '../../src/host/files/probe-file.js';
import { useTargets } from '../../src/run/targets.js';
import { saveBaseline } from '../../src/store/baselines.js';
import { writeOutputFile } from '../../src/store/output-file.js';
import { createRun, openRun } from '../../src/store/run-store.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';

const [target = '', results = ''] = process.argv.slice(2);
const arm = makeArm('read');
for (let time = 1; ; time++) {
  withProbeFile(target, new Uint8Array(4096), () => {});
  const own = createOwnDirectory({ path: target }, `r${process.pid}-${time}`, 'scratch');
  removeOwnDirectory(own, `r${process.pid}-${time}`);
  const { list, dispose } = useTargets([]);
  createOwnDirectory({ path: list[0]?.path ?? '' }, `r${time}`, 'data');
  dispose();
  const store = createRun(results, makeRun([arm], 1, { status: 'running' }));
  openRun(store.directory).appendTrial(makeTrial(arm, 1, 100));
  store.finish('complete');
  saveBaseline(results, 'main', store.directory);
  const output = join(results, 'summary.txt');
  writeOutputFile(output, existsSync(output) ? 'again' : 'first');
  process.stdout.write(`${time}\n`);
}
