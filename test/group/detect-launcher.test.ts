import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { detectLauncher, type GroupWish, type LauncherEnvironment } from '../../src/group/detect-launcher.js';
import { startTimeOf } from '../../src/group/start-time.js';
import { feedrateError } from '../support/feedrate-error.js';

const test = suite('group/detect-launcher');
const AUTO: GroupWish = { launcher: 'auto', rank: null, size: null };

function placeIn(
  environment: LauncherEnvironment,
  wish: Partial<GroupWish> = {},
  files: Readonly<Record<string, string>> = {},
) {
  const found = detectLauncher({ ...AUTO, ...wish }, environment, (path) => files[path] ?? null);
  return found === null ? null : `${found.launcher} ${found.rank}/${found.size}`;
}

const hydra = { PMI_FD: '7', PMI_RANK: '3', PMI_SIZE: '8' };
const openMpi = { OMPI_COMM_WORLD_RANK: '2', OMPI_COMM_WORLD_SIZE: '4' };
const step = { SLURM_PROCID: '1', SLURM_STEP_NUM_TASKS: '2', SLURM_NTASKS: '2', SLURM_JOB_ID: '9', SLURM_STEP_ID: '0' };

test('each launcher is detected by its words', () => {
  assert.is(placeIn({}), null);
  assert.is(placeIn(hydra), 'pmi 3/8');
  assert.is(placeIn(openMpi), 'mpi 2/4');
  assert.is(placeIn(step), 'files 1/2');
  assert.is(placeIn({ JOB_COMPLETION_INDEX: '0', FEEDRATE_GROUP_SIZE: '3' }), 'files 0/3');
  assert.is(placeIn({ JOB_COMPLETION_INDEX: '2' }, { size: 3 }), 'files 2/3');
  assert.is(placeIn({ AWS_BATCH_JOB_NODE_INDEX: '1', AWS_BATCH_JOB_NUM_NODES: '2' }), 'files 1/2');
  const config = JSON.stringify({ current_host: 'algo-2', hosts: ['algo-2', 'algo-10', 'algo-1'] });
  for (const path of ['/opt/ml/config/resourceconfig.json', '/opt/ml/input/config/resourceconfig.json']) {
    assert.is(placeIn({}, {}, { [path]: config }), 'files 2/3');
  }
});

test('the innermost launcher counts, and --group chooses another', () => {
  assert.is(placeIn({ ...step, ...openMpi, ...hydra }), 'pmi 3/8');
  assert.is(placeIn({ ...step, ...openMpi }), 'mpi 2/4');
  assert.is(placeIn({ ...step, ...openMpi }, { launcher: 'files' }), 'files 2/4');
  assert.is(placeIn({ ...step, ...hydra }, { launcher: 'none' }), null);
  assert.is(placeIn({}, { rank: 1, size: 2 }), 'files 1/2');
});

test('words that were left over make no group', () => {
  // In a batch script and a shell of salloc, where no srun started this process.
  assert.is(placeIn({ SLURM_NTASKS: '8', SLURM_PROCID: '0', SLURM_JOB_ID: '9' }), null);
  assert.is(placeIn({ ...step, SLURM_PROCID: '0', SLURM_STEP_NUM_TASKS: '1' }), null);
  assert.is(placeIn({ OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_SIZE: '1' }), null);
  assert.is(placeIn({ PMI_FD: '7', PMI_RANK: '0', PMI_SIZE: '1' }), null);
  assert.is(placeIn({ RANK: '1', WORLD_SIZE: '2' }), null);
  assert.is(placeIn({ RANK: '1', WORLD_SIZE: '2' }, { launcher: 'files' }), 'files 1/2');
  const alone = JSON.stringify({ current_host: 'algo-1', hosts: ['algo-1'] });
  assert.is(placeIn({}, {}, { '/opt/ml/input/config/resourceconfig.json': alone }), null);
});

test('words that make no sense are refused with a way out', () => {
  const refuses = (action: () => unknown, pattern: RegExp) => assert.throws(action, feedrateError('usage', pattern));
  refuses(
    () => placeIn({ JOB_COMPLETION_INDEX: '1' }),
    /size is missing; give --group-size N or set FEEDRATE_GROUP_SIZE/,
  );
  refuses(() => placeIn({ ...hydra, PMI_RANK: '8' }), /rank 8 of 8; ranks count from 0 to 7/);
  refuses(() => placeIn({ ...hydra, PMI_RANK: 'x\u001b[2J' }), /'x\\u001b\[2J' is no rank/);
  refuses(() => placeIn({}, { launcher: 'pmi' }), /PMI_FD is not set/);
  refuses(() => placeIn({}, { launcher: 'files' }), /give --rank N and --group-size N/);
  refuses(() => placeIn({}, { rank: 1 }), /the size is missing/);
  refuses(() => placeIn({}, {}, { '/opt/ml/config/resourceconfig.json': '{' }), /expected hosts and current_host/);
});

test('what is advised about words that make no sense makes a group, or none', () => {
  type Words = Parameters<typeof placeIn>;
  const rows: readonly (readonly [
    wrong: Words,
    says: RegExp,
    ...right: (readonly [...Words, place: string | null])[],
  ])[] = [
    [
      [{ JOB_COMPLETION_INDEX: '1' }],
      /give --group-size N or set FEEDRATE_GROUP_SIZE, or measure alone with --group none$/,
      [{ JOB_COMPLETION_INDEX: '1' }, { size: 3 }, {}, 'files 1/3'],
      [{ JOB_COMPLETION_INDEX: '1', FEEDRATE_GROUP_SIZE: '3' }, {}, {}, 'files 1/3'],
      [{ JOB_COMPLETION_INDEX: '1' }, { launcher: 'none' }, {}, null],
    ],
    [
      [{ ...hydra, PMI_RANK: 'x' }],
      /give --rank N, or measure alone with --group none$/,
      [{ ...hydra, PMI_RANK: 'x' }, { rank: 2 }, {}, 'pmi 2/8'],
      [{ ...hydra, PMI_RANK: 'x' }, { launcher: 'none' }, {}, null],
    ],
    [
      [{}, { launcher: 'files' }],
      /give --rank N and --group-size N$/,
      [{}, { launcher: 'files', rank: 1, size: 2 }, {}, 'files 1/2'],
    ],
    [
      [{}, { launcher: 'pmi' }],
      /start feedrate with mpirun of MPICH or Intel MPI/,
      [hydra, { launcher: 'pmi' }, {}, 'pmi 3/8'],
    ],
    [
      [{}, { launcher: 'mpi' }],
      /start feedrate with mpirun of Open MPI$/,
      [openMpi, { launcher: 'mpi' }, {}, 'mpi 2/4'],
    ],
    [
      [{}, {}, { '/opt/ml/config/resourceconfig.json': '{' }],
      /measure alone with --group none, or give --group files --rank N --group-size N$/,
      [{}, { launcher: 'none' }, { '/opt/ml/config/resourceconfig.json': '{' }, null],
      [{}, { launcher: 'files', rank: 0, size: 2 }, { '/opt/ml/config/resourceconfig.json': '{' }, 'files 0/2'],
    ],
  ];
  for (const [wrong, says, ...right] of rows) {
    assert.throws(() => placeIn(...wrong), feedrateError('usage', says));
    for (const [environment, wish, files, place] of right)
      assert.is(placeIn(environment, wish, files), place, `${says}`);
  }
});

test('a start time is the next one, and not one that has passed', () => {
  const now = Date.parse('2026-12-01T12:00:00Z');
  const at = (text: string) => new Date(startTimeOf(text, null, now).atMs).toISOString();
  assert.is(at('2026-12-01T12:30:00Z'), '2026-12-01T12:30:00.000Z');
  assert.is(at('2026-12-01T14:30+02:00'), '2026-12-01T12:30:00.000Z');
  assert.is(at('12:30Z'), '2026-12-01T12:30:00.000Z');
  assert.is(at(`@${now / 1000 + 60}`), '2026-12-01T12:01:00.000Z');
  const late = Date.parse('2026-12-01T23:59:00Z');
  assert.is(new Date(startTimeOf('00:01:00Z', null, late).atMs).toISOString(), '2026-12-02T00:01:00.000Z');
  for (const text of ['11:59:59Z', '2026-12-01T11:00:00Z', '@1700000000']) {
    assert.throws(() => at(text), feedrateError('usage', /this time has passed; it is 2026-12-01T12:00:00.000Z here/));
  }
  for (const text of ['', 'noon', '25:00', '12:61', '2026-13-45T00:00:00Z', '+2m']) {
    assert.throws(() => at(text), feedrateError('usage', /expected 12:30:00/));
  }
});

test.run();
