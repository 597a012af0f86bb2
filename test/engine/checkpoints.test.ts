/** What the programs of checkpoints do with real files, and with a virtual clock. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OperationKind } from '../../src/base/latency-kinds.js';
import { WorkerPool } from '../../src/engine/pool.js';
import { meanNs, totalCount } from '../../src/histogram/histogram.js';
import { decodeHistogram } from '../../src/histogram/sparse-counts.js';
import { checkpointShape, restoredShares, writtenShares } from '../../src/plan/jobs/shards.js';
import type { DataFile } from '../../src/plan/plan.js';
import type { MachineCheckpoints } from '../../src/training/checkpoints/common-checkpoints.js';
import { filesOfRanks } from '../../src/training/checkpoints/writer-files.js';
import type { CheckpointWriteJob } from '../../src/workload/workload.js';
import { restoreJobOf, writeJobOf } from '../support/checkpoint-job.js';
import { type EngineRun, runEngine } from '../support/engine.js';

const checkpoints = suite('engine/checkpoints');
const pool = new WorkerPool(3);
const made: string[] = [];
checkpoints.after(() => pool.close());
checkpoints.after.each(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function run(job: CheckpointWriteJob, scratchDirectory = '/nonexistent'): Promise<EngineRun> {
  const { files, extents } = writtenShares(job);
  return runEngine(pool, job, {
    files: [],
    filesOf: (worker) => [...(extents[worker] ?? [])].map(({ file }) => files.at(file) as DataFile),
    laidOut: false,
    scratchDirectory,
  });
}

async function written(
  fields: string,
): Promise<{ readonly names: string[]; readonly found: EngineRun; readonly at: string }> {
  const at = mkdtempSync(join(tmpdir(), 'feedrate-test-'));
  made.push(at);
  const job = writeJobOf(`params: 200K, numjobs: 2, chunk: 1MiB, read_back: true, ioengine: psync, ${fields}`);
  const found = await run(job, at);
  assert.equal(
    found.outcomes.map(({ fault }) => fault),
    [null, null],
  );
  return { names: filesIn(at), found, at };
}

/** Returns the paths of all files below a directory, in their order. */
function filesIn(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(directory.length + 1)).sort();
}

const countOf = ({ latency }: EngineRun, kind: OperationKind): number =>
  latency[kind] === undefined ? 0 : totalCount(decodeHistogram(latency[kind]));

const FILES: Readonly<Record<string, readonly string[]>> = {
  'torch-save': ['checkpoint-000.pt'],
  dcp: ['.metadata', '__0_0.distcp', '__1_0.distcp'],
  'deepspeed-zero1': [
    'mp_rank_00_model_states.pt',
    'zero_pp_rank_0_mp_rank_00_optim_states.pt',
    'zero_pp_rank_1_mp_rank_00_optim_states.pt',
  ],
  'deepspeed-zero3': [
    'zero_pp_rank_0_mp_rank_00_model_states.pt',
    'zero_pp_rank_0_mp_rank_00_optim_states.pt',
    'zero_pp_rank_1_mp_rank_00_model_states.pt',
    'zero_pp_rank_1_mp_rank_00_optim_states.pt',
  ],
  megatron: ['.metadata', '__0_0.distcp', '__0_1.distcp', '__1_0.distcp', '__1_1.distcp'],
  safetensors: ['model-000-00001-of-00001.safetensors'],
  'hf-trainer': [
    'model-000-00001-of-00001.safetensors',
    'optimizer-000.pt',
    'rng_state_0.pth',
    'rng_state_1.pth',
    'scheduler.pt',
    'trainer_state.json',
  ],
  lightning: ['part-000.ckpt'],
  orbax: ['_METADATA', 'manifest.ocdbt', 'ocdbt.process_0/d/0000', 'ocdbt.process_1/d/0000'],
};

/** Of all the kinds of publishing and renaming. The names of the others follow from the same functions. */
const WRITTEN = ['dcp', 'deepspeed-zero3', 'safetensors', 'orbax'];

checkpoints('every writer has its files', () => {
  for (const [writer, names] of Object.entries(FILES)) {
    const files = filesOfRanks(checkpointShape(writeJobOf(`params: 200K, numjobs: 2, writer: ${writer}`)));
    const inDirectory = files.filter(({ file }) => file.role !== 'pointer');
    assert.equal(inDirectory.map(({ file }) => file.name).sort(), names);
  }
});

for (const [writer, names] of Object.entries(FILES).filter(([each]) => WRITTEN.includes(each))) {
  checkpoints(`${writer}: its files in the last two checkpoints, whole and read back`, async () => {
    const fields = `writer: ${writer}, checkpoints: 3`;
    const { names: left, found, at } = await written(fields);
    const pointer = left.filter((name) => !name.includes('/'));
    assert.equal(pointer, /zero|megatron/.test(writer) ? ['latest'] : []);
    const kept = ['checkpoint-000002', 'checkpoint-000003'];
    assert.equal(
      left.filter((name) => name.includes('/')),
      kept.flatMap((directory) => names.map((name) => `${directory}/${name}`)),
    );
    const files = filesOfRanks(checkpointShape(writeJobOf(`params: 200K, numjobs: 2, ${fields}`)));
    for (const { file } of files)
      if (file.role !== 'pointer') assert.is(statSync(join(at, 'checkpoint-000003', file.name)).size, file.bytes);
    assert.is(countOf(found, 'checkpoint'), 3);
    assert.is(countOf(found, 'close'), 3 * files.length);
    assert.is(countOf(found, 'blocked'), 0);
  });
}

checkpoints('machines leave the files of one checkpoint, each file on one of them', async () => {
  const fields = 'params: 200K, chunk: 1MiB, read_back: true, ioengine: psync, writer: dcp, publish: metadata+pointer';
  const leftBy = async (job: CheckpointWriteJob) => {
    const at = mkdtempSync(join(tmpdir(), 'feedrate-test-'));
    made.push(at);
    const { outcomes } = await run(job, at);
    for (const { fault } of outcomes) assert.is(fault, null);
    return filesIn(at).map((name) => ({ name, content: readFileSync(join(at, name)).toString('latin1') }));
  };
  const whole = await leftBy(writeJobOf(`${fields}, numjobs: 3`));
  assert.equal(
    whole.map(({ name }) => name),
    ['.metadata', '__0_0.distcp', '__1_0.distcp', '__2_0.distcp']
      .map((name) => `checkpoint-000001/${name}`)
      .concat('latest'),
  );
  // Three ranks on two machines: one worker has none.
  const spread = [];
  for (const rank of [0, 1])
    spread.push(...(await leftBy({ ...writeJobOf(`${fields}, numjobs: 2, ranks: 1x1x3`), part: { rank, size: 2 } })));
  assert.equal(
    spread.sort((a, b) => (a.name < b.name ? -1 : 1)),
    whole,
  );
});

checkpoints('what is made durable and renamed is what the writer does, or what the workload says', async () => {
  const counts = async (fields: string) => {
    const found = await run(writeJobOf(`params: 200K, numjobs: 2, ioengine: null, ${fields}`));
    return (['fsync', 'rename', 'dirsync'] as const).map((kind) => countOf(found, kind));
  };
  assert.equal(await counts('writer: torch-save'), [0, 0, 0]);
  assert.equal(await counts('writer: torch-save, fsync: true, rename: closed, publish: pointer'), [1, 1, 0]);
  assert.equal(await counts('writer: dcp'), [3, 1, 0]);
  assert.equal(await counts('writer: dcp, fsync: false, publish: directory'), [0, 1, 0]);
  assert.equal(await counts('writer: orbax'), [4, 5, 4]);
  assert.equal(await counts('writer: safetensors'), [0, 1, 0]);
  assert.equal(await counts('shards: 2'), [4, 4, 2]);
});

/** Mean of a kind of latency, ns. */
const mean = ({ latency }: EngineRun, kind: OperationKind): number => meanNs(decodeHistogram(latency[kind] ?? []));

checkpoints(
  'an asynchronous checkpoint blocks for the copy, and for what the last one still had to write',
  async () => {
    // 14 MB by one rank at 14 MB/s: a second to write, and 14 ms to copy.
    const fields =
      'params: 1M, writer: lightning, mode: async, checkpoints: 3, ioengine: simulated, simulated_latency: 1us, simulated_bandwidth: 14MB/s, staging_bandwidth: 1GB/s';
    const rare = await run(writeJobOf(`${fields}, interval: 10s`));
    assert.is(countOf(rare, 'blocked'), 3);
    assert.ok(Math.abs(mean(rare, 'blocked') - 14e6) < 1e6, String(mean(rare, 'blocked')));
    assert.ok(Math.abs(mean(rare, 'checkpoint') - 1.014e9) < 2e7, String(mean(rare, 'checkpoint')));
    // The second and third are due 0.4 s after training went on, and wait 0.6 s for the write before.
    const often = await run(writeJobOf(`${fields}, interval: 400ms`));
    assert.ok(Math.abs(mean(often, 'blocked') - (14e6 + (2 / 3) * 0.6e9)) < 2e7, String(mean(often, 'blocked')));
  },
);

/** The times of a machine's checkpoints in ms, to 20, by part: opens and headers take some of them. */
function partsMs({ reports }: EngineRun): number[][] {
  const times = reports.flatMap(({ checkpoints: found }) => found ?? []);
  assert.is(times.length, 1, 'one worker times them for all');
  const { pausesNs, copiesNs, writesNs, removalsNs } = times[0] as MachineCheckpoints;
  return [pausesNs, copiesNs, writesNs, removalsNs].map((part) => part.map((ns) => Math.round(ns / 2e7) * 20));
}

checkpoints(
  'machines that save or load together have the times of each checkpoint, and the slower one decides',
  async () => {
    const fields =
      'params: 2M, numjobs: 1, writer: dcp, fsync: false, publish: none, ioengine: simulated, simulated_latency: 1us';
    const machine = (rank: number, more: string) =>
      run({ ...writeJobOf(`${fields}, checkpoints: 3, ${more}`), part: { rank, size: 2 } });
    const between = 'interval: 100ms';
    // Each of two machines writes 14 MB.
    const fast = await machine(0, `simulated_bandwidth: 14MB/s, ${between}`);
    const slow = await machine(1, `simulated_bandwidth: 7MB/s, ${between}`);
    assert.equal(partsMs(fast), [
      [0, 100, 100],
      [0, 0, 0],
      [1000, 1000, 1000],
      [0, 0, 0],
    ]);
    assert.equal(partsMs(slow)[2], [2000, 2000, 2000]);
    assert.ok(Math.abs(mean(fast, 'checkpoint') - 1e9) < 2e7);
    const staged = 'mode: async, staging_bandwidth: 140MB/s, simulated_bandwidth: 14MB/s, interval: 400ms';
    assert.equal(partsMs(await machine(0, staged)), [
      [0, 400, 400],
      [100, 100, 100],
      [1000, 1000, 1000],
      [0, 0, 0],
    ]);
    const alone = await run(writeJobOf(`${fields}, simulated_bandwidth: 14MB/s`));
    assert.ok(alone.reports.every(({ checkpoints: found }) => found === undefined));
    const restore = restoreJobOf(
      'params: 2M, numjobs: 1, writer: dcp, ioengine: simulated, simulated_latency: 1us, simulated_bandwidth: 14MB/s',
    );
    const job = { ...restore, part: { rank: 0, size: 2 } };
    const { files, extents } = restoredShares(job);
    const own = [...(extents[0] ?? [])].map(({ file }) => files.at(file) as DataFile);
    const restored = await runEngine(pool, job, { files: own });
    const bytes = own.reduce((sum, file) => sum + file.bytes, 0);
    assert.equal(partsMs(restored), [[0], [0], [Math.round(bytes / 14e3 / 20) * 20], [0]]);
  },
);

/** Throws unless the spans of each worker follow each other within the trial, and there is one for each call outside. */
function assertTimeline({ reports, latency, window }: EngineRun): void {
  const spans = reports.flatMap((report) => report.spans?.kept ?? []);
  for (const { worker } of spans) {
    const own = spans.filter((span) => span.worker === worker);
    for (const [place, { startNs, endNs }] of own.entries()) {
      assert.ok(startNs <= endNs && startNs >= (own[place - 1]?.endNs ?? 0), `worker ${worker}, span ${place}`);
      assert.ok(endNs <= window.lastDoneNs, `worker ${worker} ends at ${window.lastDoneNs}`);
    }
  }
  const publishes = spans.some(({ phase }) => phase === 'publish');
  for (const kind of ['open', 'fsync', 'close'] as const) {
    const counts = latency[kind] === undefined ? 0 : totalCount(decodeHistogram(latency[kind]));
    const found = spans.filter(({ phase }) => phase === kind).length;
    assert.ok(publishes ? found <= counts : found === counts, `${found} spans of ${counts} calls of ${kind}`);
  }
}

/** Time in a phase, of all workers, ns. */
const timeIn = ({ reports }: EngineRun, wanted: string): number =>
  reports
    .flatMap((report) => report.spans?.kept ?? [])
    .reduce((sum, { phase, startNs, endNs }) => sum + (phase === wanted ? endNs - startNs : 0), 0);

checkpoints('a timeline has what each rank did, on real files and exactly on a virtual clock', async () => {
  const { found } = await written('writer: dcp, checkpoints: 2');
  assertTimeline(found);
  assert.equal(
    found.reports.map((report) => [...new Set(report.spans?.kept.map(({ phase }) => phase))]),
    [
      ['open', 'write', 'fsync', 'close', 'publish'],
      ['open', 'write', 'fsync', 'close'],
    ],
  );
  // 14 MB at 14 MB/s twice, after copies of 14 ms.
  const fields =
    'params: 1M, writer: lightning, mode: async, checkpoints: 2, ioengine: simulated, simulated_latency: 1us, simulated_bandwidth: 14MB/s, staging_bandwidth: 1GB/s, interval: 10s';
  const simulated = await run(writeJobOf(fields));
  assertTimeline(simulated);
  assert.ok(Math.abs(timeIn(simulated, 'write') - 2e9) < 4e7, String(timeIn(simulated, 'write')));
  assert.ok(Math.abs(timeIn(simulated, 'copy') - 2 * 14e6) < 1e6, String(timeIn(simulated, 'copy')));
});

checkpoints.run();
