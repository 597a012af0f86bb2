// waits

/** Two ranks that meet by files, one of which is killed. `npm run test:group` has every launcher and more faults. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readRun } from '../../src/store/read-run.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { onlyRun, othersGone, placeIn, startRun, workloadOf } from './group-command.js';
import { TEST_LAUNCHERS } from './launchers.js';

const test = suite('group/runs');
/** Longer than a rank is silent on a busy machine. */
const TIMEOUT_S = 20;

test('a killed rank ends the run of the other, which is kept with its name', () =>
  withTemporaryDirectory(async (directory) => {
    const where = placeIn(directory, workloadOf(60));
    const group = startRun(TEST_LAUNCHERS.shell, 2, where, { options: ['--group-timeout', `${TIMEOUT_S}s`] });
    await group.firstTrial();
    const killed = group.pidOf(1);
    process.kill(killed, 'SIGKILL');
    const { stderr } = await group.ended;
    assert.match(stderr, /rank 0 ended with 5/);
    assert.equal(await othersGone(group), []);
    const { status, run, trials } = readRun(onlyRun(where).directory);
    assert.is(status, 'aborted');
    const died = new RegExp(`rank 1 \\(.+, process ${killed}\\) has been dead or stopped for ${TIMEOUT_S} s`);
    assert.match(run?.group?.problem ?? '', died);
    assert.match(stderr, died);
    assert.ok(trials.some((trial) => trial.status === 'ok' && trial.ranks?.length === 2));
  }));

test.run();
