// serial

/** The doctor's remedies, run for real on mounts that need them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { inLab } from './lab.js';
import { checkScenario, SCENARIOS } from './remedies.js';

const test = suite('lab/remedies');

test('each printed command is accepted, helps, and changes nothing but what was advised', () =>
  withTemporaryDirectory((directory) => {
    const names = Object.keys(SCENARIOS);
    inLab(directory, ['3', '4.0'], 'inside-remedies.sh', [], ['--nconnect', '2'], names);
    for (const name of names) checkScenario(directory, name);
    const file = (name: string) => readFileSync(join(directory, 'remedies', name), 'utf8').trim();
    assert.match(file('refused.said'), /^refused$/m);
    assert.match(file('readonly.after'), /040readonly ro,nosuid,nodev,.*,nolock,.*,mountport=2050,/);
    assert.match(file('port.after'), /,port=20313,/);
    assert.is(file('readahead.kib'), '15360');
    assert.is(file('slots.most'), '180');
  }));

test.run();
