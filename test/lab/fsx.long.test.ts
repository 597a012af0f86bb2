// serial

/** Real mounts under a name of FSx, through a bind mount and by an alias: which volume feedrate finds behind each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnosis } from '../../src/record/finding.js';
import type { VolumeAnswer } from '../../src/record/volume-record.js';
import { volumeId } from '../support/fsx-world.js';
import { repositoryRoot } from '../support/repository.js';
import { runOf } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { inLab } from './lab.js';

const test = suite('lab/fsx');

test('the volume behind real mounts; a run goes on when AWS does not answer', () =>
  withTemporaryDirectory((directory) => {
    const serve = join(repositoryRoot, 'dist', 'test', 'lab', 'fsx-serve.js');
    inLab(directory, ['3'], 'inside-fsx.sh', ['fsx.yaml'], [], [process.execPath, serve]);
    const file = (name: string) => readFileSync(join(directory, name), 'utf8');
    const described = JSON.parse(file('describe.json')) as (VolumeAnswer & Diagnosis)[];
    assert.equal(
      described.map(({ target, volume, below }) => [target.name, volume?.id, volume?.tieringPolicy, below]),
      [
        ['fsx', volumeId(2), 'AUTO', ['/data/a', '/data/b']],
        ['bound', volumeId(4), 'ALL', []],
        ['alias', volumeId(3), 'NONE', []],
      ],
    );
    const [{ findings }] = JSON.parse(file('doctor.json')) as [Diagnosis];
    assert.is(findings.find(({ check }) => check === 'tiering')?.value, 'NONE');
    for (const name of ['known', 'off', 'local', 'refused', 'unreachable'])
      assert.match(file(`${name}.status`), /^0 /, file(`${name}.stderr`));
    const targetsOf = (name: string) => runOf(join(directory, name)).environment.targets;
    // The lab may be too slow for the 3 s that a run waits.
    for (const { name, volume, volumeUnknown } of targetsOf('known'))
      assert.ok(name === 'alias' || volume !== undefined || volumeUnknown !== undefined, name);
    for (const name of ['off', 'local'])
      for (const target of targetsOf(name)) assert.not.ok('volume' in target || 'volumeUnknown' in target, name);
    for (const name of ['refused', 'unreachable']) assert.type(targetsOf(name)[0]?.volumeUnknown, 'string');
  }));

test.run();
