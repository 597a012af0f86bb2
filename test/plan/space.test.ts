import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readsDataFiles } from '../../src/plan/arm-files.js';
import {
  ASSUMED_BYTES_PER_SECOND,
  ASSUMED_RATES,
  expectedRunTime,
  expectedTime,
} from '../../src/plan/expected-time.js';
import { filesetOf } from '../../src/plan/filesets.js';
import type { Plan, PlannedTrial, Target } from '../../src/plan/plan.js';
import { fits, spaceNeeded } from '../../src/plan/space.js';
import type { Job } from '../../src/workload/workload.js';
import {
  armOf,
  checkpointRestoreJob,
  checkpointWriteJob,
  datasetOf,
  GIB,
  ioJob,
  KIB,
  MIB,
  smallFilesJob,
} from './jobs.js';

const TARGETS: Target[] = [
  { name: 'data', path: '/mnt/data' },
  { name: 'ssd', path: '/mnt/ssd' },
];

/** Each job is an arm on every target and runs `rounds` times, in sessions of one round where there are sets to take in turn. */
function planOf(jobs: readonly Job[], rounds = 1, targets = TARGETS.slice(0, 1), filesets = 1): Plan {
  const arms = targets.flatMap(({ name }) => jobs.map((job, i) => armOf(job, `job${i}@${name}`, name)));
  const trials = Array.from({ length: rounds }, (_, r) =>
    arms.map((each, arm): PlannedTrial => {
      const target = targets.findIndex(({ name }) => name === each.target);
      const fileset = readsDataFiles(each) ? { fileset: filesetOf(r + 1, target, filesets) } : {};
      return { id: '', session: r + 1, round: 1, place: arm + 1, arm, warmup: r === 0, ...fileset };
    }),
  ).flat();
  const shape = { sessions: rounds, rounds: 1, filesets, order: 'shuffled' } as const;
  return { workload: 'test', seed: 1, targets, arms, ...shape, trials };
}

const nothingThere = (): null => null;
function needOf(job: Job, rounds = 1) {
  return spaceNeeded(planOf([job], rounds), null, nothingThere)[0];
}

const space = suite('space');

space('counts a data file once, however many arms and rounds read it', () => {
  const jobs = [ioJob({ sizeBytes: MIB, numjobs: 4 }), ioJob({ sizeBytes: MIB, numjobs: 2, rw: 'read' })];
  const [need] = spaceNeeded(planOf(jobs, 3), null, nothingThere);
  assert.equal(need, {
    target: 'data',
    dataBytes: 4 * MIB,
    dataFiles: 4,
    scratchBytes: 0,
    dataSpaceBytes: 4 * MIB,
    scratchSpaceBytes: 0,
    // Four files in one folder, and what is around it.
    dataEntries: 15,
    scratchEntries: 0,
    writtenBytes: 4 * MIB,
    writtenIsLowerBound: false,
  });
});

space('leaves out what is there already, target by target', () => {
  const asked: string[] = [];
  const needs = spaceNeeded(planOf([ioJob()], 1, TARGETS), datasetOf(3, MIB), ({ name }) => () => (path, bytes) => {
    asked.push(`${name} ${path} ${bytes}`);
    return name === 'ssd' || path.includes('000001-');
  });
  assert.equal(
    needs.map(({ target, dataBytes }) => [target, dataBytes]),
    [
      ['data', 2 * MIB],
      ['ssd', 0],
    ],
  );
  assert.ok(asked.includes('data s7/000/000001-1048576 1048576'));
});

space('looks for no file in a folder that is not there', () => {
  const folders: string[] = [];
  const asked: string[] = [];
  const [need] = spaceNeeded(planOf([ioJob()], 1), datasetOf(3500, MIB), () => (folder) => {
    folders.push(folder);
    const isFirst = folder.endsWith('/000');
    return isFirst ? (path) => asked.push(path) > 0 : null;
  });
  assert.equal(folders, ['s7/000', 's7/001', 's7/002', 's7/003']);
  assert.is(asked.length, 1000);
  assert.is(need?.dataBytes, 2500 * MIB);
});

space('counts every set that is read, and none that no session comes to', () => {
  const job = ioJob({ sizeBytes: MIB });
  const bytes = (sessions: number, filesets: number) =>
    spaceNeeded(planOf([job], sessions, TARGETS, filesets), null, nothingThere).map(({ dataBytes }) => dataBytes / MIB);
  assert.equal(bytes(1, 2), [1, 1]);
  assert.equal(bytes(4, 2), [2, 2]);
  assert.equal(bytes(2, 3), [2, 2]);
  assert.equal(bytes(9, 3), [3, 3]);
  const [half] = spaceNeeded(planOf([job], 2, TARGETS, 2), null, () => () => (path) => path.startsWith('set1/'));
  assert.is(half?.dataBytes, MIB);
  const [write] = spaceNeeded(planOf([ioJob({ rw: 'write', sizeBytes: MIB })], 2, TARGETS, 2), null, nothingThere);
  assert.equal([write?.dataBytes, write?.scratchBytes, write?.writtenBytes], [0, MIB, 2 * MIB]);
});

space('counts what two targets of one directory share for the first of them', () => {
  const same = TARGETS.map((target) => ({ ...target, path: '/mnt/data' }));
  const bytes = (sessions: number) =>
    spaceNeeded(planOf([ioJob({ sizeBytes: MIB })], sessions, same, 2), null, nothingThere).map(
      ({ dataBytes }) => dataBytes / MIB,
    );
  assert.equal(bytes(2), [2, 0]);
  // In a single session each of them reads a set of its own.
  assert.equal(bytes(1), [1, 1]);
});

space('takes the largest trial for scratch and the sum of all for what is written', () => {
  const jobs = [
    ioJob({ rw: 'write', sizeBytes: 3 * MIB, numjobs: 2 }),
    ioJob({ rw: 'randwrite', sizeBytes: 5 * MIB }),
    ioJob({ rw: 'randrw', rwmixread: 75, sizeBytes: 4 * MIB }),
  ];
  const [need] = spaceNeeded(planOf(jobs, 2), null, nothingThere);
  assert.is(need?.scratchBytes, 6 * MIB);
  // New files: 6; laid out and overwritten once: 5 + 5; laid out and a quarter overwritten: 4 + 1.
  assert.is(need?.writtenBytes, 2 * (6 + 10 + 5) * MIB);
});

space('counts io_size instead of a pass, and says when time may make it more', () => {
  const sized = needOf(ioJob({ rw: 'write', sizeBytes: MIB, ioSizeBytes: 10 * MIB, numjobs: 2 }));
  assert.equal([sized?.scratchBytes, sized?.writtenBytes, sized?.writtenIsLowerBound], [2 * MIB, 20 * MIB, false]);
  const timed = needOf(ioJob({ rw: 'write', sizeBytes: MIB, timeBased: true, runtimeNs: 1e9 }));
  assert.equal([timed?.writtenBytes, timed?.writtenIsLowerBound], [MIB, true]);
  assert.is(needOf(ioJob({ sizeBytes: MIB, timeBased: true, runtimeNs: 1e9 }))?.writtenIsLowerBound, false);
});

space('keeps the last checkpoints and the one being written', () => {
  const all = needOf(checkpointWriteJob({ numjobs: 4, shards: 2, shardBytes: MIB, keepLast: 2, checkpoints: 5 }), 3);
  assert.equal([all?.scratchBytes, all?.writtenBytes], [3 * 8 * MIB, 3 * 5 * 8 * MIB]);
  const few = needOf(checkpointWriteJob({ numjobs: 4, shards: 2, shardBytes: MIB, keepLast: 9, checkpoints: 2 }));
  assert.is(few?.scratchBytes, 2 * 8 * MIB);
});

space('rounds every file up to whole blocks of 4 KiB, as file systems do', () => {
  const tiny = needOf(smallFilesJob({ nrfiles: 1000, filesizeBytes: 100, numjobs: 2 }));
  assert.equal([tiny?.dataBytes, tiny?.dataSpaceBytes], [2000 * 100, 2000 * 4096]);
  const [drawn] = spaceNeeded(planOf([smallFilesJob()]), datasetOf(100, 1, 8192), nothingThere);
  assert.ok((drawn?.dataSpaceBytes ?? 0) >= (drawn?.dataBytes ?? 0));
  assert.is((drawn?.dataSpaceBytes ?? 1) % 4096, 0);
  const [half] = spaceNeeded(
    planOf([smallFilesJob()]),
    datasetOf(100, 100),
    () => () => (path) => path < 's7/000/000050',
  );
  assert.equal([half?.dataFiles, half?.dataBytes, half?.dataSpaceBytes], [50, 5000, 50 * 4096]);
  const written = needOf(ioJob({ rw: 'write', bs: [{ blockBytes: 512, share: 1 }], sizeBytes: 5120, nrfiles: 10 }));
  assert.equal([written?.scratchBytes, written?.scratchSpaceBytes], [5120, 10 * 4096]);
});

space('is not needed by engines without I/O', () => {
  for (const ioengine of ['null', 'simulated'] as const) {
    const need = needOf(ioJob({ ioengine, rw: 'randwrite', sizeBytes: GIB }));
    assert.equal([need?.dataBytes, need?.scratchBytes, need?.writtenBytes], [0, 0, 0]);
  }
});

space('keeps a margin of 5 % and at most 10 GiB', () => {
  const need = { dataSpaceBytes: 2 * GIB, scratchSpaceBytes: GIB };
  const small = { totalBytes: 40 * GIB, freeBytes: 5 * GIB };
  assert.equal(fits(need, small), { fits: true, neededBytes: 3 * GIB, marginBytes: 2 * GIB });
  assert.is(fits(need, { ...small, freeBytes: 5 * GIB - 1 }).fits, false);
  assert.is(fits(need, { totalBytes: 1000 * GIB, freeBytes: 13 * GIB }).fits, true);
  assert.is(fits(need, { totalBytes: 1000 * GIB, freeBytes: 13 * GIB - 1 }).fits, false);
  assert.is(fits({ dataSpaceBytes: 0, scratchSpaceBytes: 0 }, { totalBytes: GIB, freeBytes: 0 }).fits, true);
});

space.run();

const time = suite('expected time');

const ASSUMED_NS_OF_120_KIB = ((120 * KIB) / ASSUMED_BYTES_PER_SECOND) * 1e9;

/** At the rate that is assumed of any target. */
const removalNs = (files: number) => files * ASSUMED_RATES.removeNs;

const timeOf = (job: Job, dataset: ReturnType<typeof datasetOf> | null = null) => expectedTime(planOf([job]), dataset);

time('is known for jobs bound by time, and adds up over the trials', () => {
  const job = ioJob({ sizeBytes: MIB, timeBased: true, runtimeNs: 5e9, rampTimeNs: 1e9 });
  assert.equal(timeOf(job), { knownNs: 6e9, estimatedNs: 0 });
  assert.equal(expectedTime(planOf([job, job], 3), null), { knownNs: 36e9, estimatedNs: 0 });
});

time('is estimated at the assumed rate for jobs bound by bytes', () => {
  const second = { sizeBytes: ASSUMED_BYTES_PER_SECOND };
  assert.equal(timeOf(ioJob({ ...second, numjobs: 2 })), { knownNs: 0, estimatedNs: 2e9 });
  assert.equal(timeOf(ioJob({ ...second, runtimeNs: 5e8 })), { knownNs: 0, estimatedNs: 5e8 });
  assert.equal(timeOf(ioJob({ ...second, cache: 'warm' })), { knownNs: 0, estimatedNs: 2e9 });
  assert.equal(timeOf(ioJob({ ...second, rw: 'randwrite' })), { knownNs: 0, estimatedNs: 2e9 + removalNs(1) });
  assert.equal(timeOf(smallFilesJob(), datasetOf(4, ASSUMED_BYTES_PER_SECOND / 4)), { knownNs: 0, estimatedNs: 1e9 });
});

time("follows the job's own pace where that is slower", () => {
  const paced = (changes: Parameters<typeof ioJob>[0]) =>
    timeOf(ioJob({ sizeBytes: 40 * KIB, numjobs: 3, ...changes })).estimatedNs;
  assert.is(paced({ rateIops: 10 }), 1e9);
  assert.is(paced({ rateBytesPerSecond: 10 * KIB }), 4e9);
  assert.is(paced({ rateBytesPerSecond: 10 * GIB }), ASSUMED_NS_OF_120_KIB);
  const pauses = paced({ thinktimeNs: 1e9, thinktimeBlocks: 5 }) - ASSUMED_NS_OF_120_KIB;
  assert.ok(Math.abs(pauses - 2e9) < 1);
});

time('of checkpoints is their pauses and their bytes', () => {
  const job = checkpointWriteJob({ shards: 1, shardBytes: ASSUMED_BYTES_PER_SECOND, checkpoints: 3, intervalNs: 5e9 });
  // The last two are kept, and one more is written before an old one is removed.
  assert.equal(timeOf(job), { knownNs: 10e9, estimatedNs: 3e9 + removalNs(3) });
  assert.equal(timeOf({ ...job, readBack: true }), { knownNs: 10e9, estimatedNs: 4e9 + removalNs(3) });
  const restore = checkpointRestoreJob({ shards: 2, shardBytes: ASSUMED_BYTES_PER_SECOND, numjobs: 2 });
  assert.equal(timeOf(restore), { knownNs: 0, estimatedNs: 4e9 });
});

time('has the removal of scratch files, and of the data files of a temporary target', () => {
  const files = 100_000;
  const job = ioJob({ rw: 'write', sizeBytes: files * 4 * KIB, nrfiles: files });
  const bytesNs = ((files * 4 * KIB) / ASSUMED_BYTES_PER_SECOND) * 1e9;
  assert.is(timeOf(job).estimatedNs, bytesNs + removalNs(files));
  const plan = planOf([ioJob({ sizeBytes: null, timeBased: true, runtimeNs: 1e9 })]);
  const dataset = datasetOf(files, 4 * KIB);
  const space = [{ target: 'data', dataBytes: files * 4 * KIB, dataFiles: files }];
  const ofRun = (isTemporary: boolean) => expectedRunTime({ plan, dataset, space, isTemporary }).estimatedNs;
  assert.ok(Math.abs(ofRun(true) - ofRun(false) - removalNs(files)) < 1);
});

time('of engines without I/O has no bytes in it', () => {
  const bytes = { sizeBytes: GIB, cache: 'warm' } as const;
  const timed = { ...bytes, timeBased: true, runtimeNs: 2e9 };
  assert.equal(timeOf(ioJob({ ...bytes, ioengine: 'null' })), { knownNs: 0, estimatedNs: 0 });
  assert.equal(timeOf(ioJob({ ...timed, ioengine: 'null' })), { knownNs: 2e9, estimatedNs: 0 });
  assert.equal(timeOf(ioJob({ ...timed, ioengine: 'simulated' })), { knownNs: 0, estimatedNs: 0 });
});

time.run();
