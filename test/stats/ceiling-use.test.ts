/** Which ceiling binds, whether a burst carried the result, and the drop at its end. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SeriesPoint, TrialRecord } from '../../src/record/trial-record.js';
import { ceilingUse, ceilingUses } from '../../src/stats/ceiling-use.js';
import { pairsOf, targetCeilings } from '../../src/stats/target-ceilings.js';
import { makeNfsMount, makeVolume, onVolume, volumeTarget } from '../support/fsx-volumes.js';
import { makeArm, makeRun, makeTrial, makeWindow } from '../support/records.js';

const test = suite('stats/ceiling-use');

const MB = 1e6;
const arm = makeArm('read');

/** A trial of a second that reads and writes these amounts. */
function trialOf(readMB: number, writeMB = 0, operations = 1000): TrialRecord {
  const window = makeWindow(readMB * MB, readMB > 0 ? operations : 0);
  return makeTrial(arm, 1, 0, {
    window: { ...window, writeBytes: writeMB * MB, writeOps: writeMB > 0 ? operations : 0 },
  });
}

/** Provisioned so that SSD storage is no limit. */
const AMPLE = { iops: 200_000 };

type FileSystem = NonNullable<Parameters<typeof makeVolume>[0]>['fileSystem'];
type Volume = NonNullable<Parameters<typeof makeVolume>[0]>['volume'];

interface Case {
  readonly name: string;
  readonly fileSystem?: FileSystem;
  readonly volume?: Volume;
  readonly region?: string;
  readonly connections?: number;
  readonly instanceType?: string;
  readonly trial: TrialRecord;
  /** `94 % disk sustained` */
  readonly binds: string;
}

const CASES: readonly Case[] = [
  // The anchors of the documents: one connection, reads at the baseline, the network at 102 %.
  { name: 'one connection', connections: 1, trial: trialOf(620), binds: '99 % connections sustained' },
  { name: 'sixteen connections', fileSystem: AMPLE, trial: trialOf(1439), binds: '94 % disk sustained' },
  { name: 'a burst of the disk', fileSystem: AMPLE, trial: trialOf(2882), binds: '92 % disk burst' },
  {
    name: 'reads at 102 % of the network, which are beyond the disk',
    fileSystem: { ...AMPLE, throughputCapacityPerHaPairMBps: 6144 },
    connections: 32,
    instanceType: 'p5en.48xlarge',
    trial: trialOf(12_750),
    binds: '208 % disk beyond',
  },
  {
    name: 'beyond a figure whose burst is not published: no other limit is named',
    fileSystem: { iops: 400_000, deploymentType: 'SINGLE_AZ_1', throughputCapacityPerHaPairMBps: 4096 },
    region: 'us-east-1',
    connections: 16,
    trial: trialOf(786, 0, 192_000),
    binds: '120 % server-iops burst',
  },
  { name: '104 % is still at the ceiling', fileSystem: AMPLE, trial: trialOf(1597), binds: '104 % disk sustained' },
  { name: '105 % is more', fileSystem: AMPLE, trial: trialOf(1613), binds: '52 % disk burst' },
  {
    name: 'a small instance',
    fileSystem: AMPLE,
    instanceType: 'm5.large',
    trial: trialOf(90),
    binds: '96 % client-network sustained',
  },
  {
    name: 'the burst of a small instance',
    fileSystem: AMPLE,
    instanceType: 'm5.large',
    trial: trialOf(1200),
    binds: '96 % client-network burst',
  },
  {
    name: 'an instance without figures',
    fileSystem: AMPLE,
    instanceType: 'x9.huge',
    trial: trialOf(1500),
    binds: '98 % disk sustained',
  },
  { name: 'small blocks', fileSystem: AMPLE, trial: trialOf(160, 0, 40_000), binds: '80 % server-iops sustained' },
  {
    name: 'small blocks in a burst',
    fileSystem: AMPLE,
    trial: trialOf(240, 0, 60_000),
    binds: '92 % server-iops burst',
  },
  { name: 'IOPS that are not provisioned', trial: trialOf(120, 0, 30_000), binds: '98 % ssd-iops sustained' },
  {
    name: 'the IOPS of 1 TiB',
    fileSystem: { iops: null, storageCapacityGiB: 1024 },
    trial: trialOf(12, 0, 3000),
    binds: '98 % ssd-iops sustained',
  },
  {
    name: 'the throughput of 1 TiB',
    fileSystem: { iops: 3072, storageCapacityGiB: 1024 },
    trial: trialOf(760),
    binds: '99 % ssd-throughput sustained',
  },
  { name: 'writes', fileSystem: AMPLE, trial: trialOf(0, 1333), binds: '100 % write sustained' },
  {
    name: 'writes of the first generation',
    fileSystem: { deploymentType: 'SINGLE_AZ_1', throughputCapacityPerHaPairMBps: 2048, iops: 80_000 },
    trial: trialOf(0, 735),
    binds: '98 % write sustained',
  },
  {
    name: 'reads and writes share the disk and not the network',
    fileSystem: AMPLE,
    trial: trialOf(800, 700),
    binds: '98 % disk sustained',
  },
  {
    name: 'a FlexVol lies on one pair',
    fileSystem: { ...AMPLE, haPairs: 4 },
    trial: trialOf(1500),
    binds: '98 % disk sustained',
  },
  {
    name: 'a FlexGroup lies on all',
    fileSystem: { iops: 800_000, haPairs: 4 },
    volume: { style: 'FLEXGROUP', aggregates: ['aggr1', 'aggr2', 'aggr3', 'aggr4'] },
    trial: trialOf(6000),
    binds: '98 % disk sustained',
  },
  {
    name: 'a FlexGroup on two aggregates',
    fileSystem: { iops: 800_000, haPairs: 4 },
    volume: { style: 'FLEXGROUP', aggregates: ['aggr1', 'aggr2', 'aggr1'] },
    trial: trialOf(3000),
    binds: '98 % disk sustained',
  },
  {
    name: 'a FlexVol has its part of the IOPS',
    fileSystem: { iops: 40_000, haPairs: 4 },
    trial: trialOf(40, 0, 10_000),
    binds: '100 % ssd-iops sustained',
  },
];

for (const {
  name,
  region = 'ap-northeast-1',
  fileSystem = {},
  volume = {},
  connections = 16,
  instanceType,
  trial,
  binds,
} of CASES) {
  test(`${name}: ${binds}`, () => {
    const target = volumeTarget({
      volume: makeVolume({ region, fileSystem, volume }),
      nfs: makeNfsMount(connections),
      ...(instanceType === undefined ? {} : { instanceType }),
    });
    const use = ceilingUse(target, [trial])!;
    assert.is(`${Math.round(use.share * 100)} % ${use.binding.kind} ${use.state}`, binds);
  });
}

test('beyond the disk, the closest ceiling of the network is told too', () => {
  const volume = makeVolume({ fileSystem: { ...AMPLE, throughputCapacityPerHaPairMBps: 6144 } });
  const target = volumeTarget({ volume, nfs: makeNfsMount(32), instanceType: 'p5en.48xlarge' });
  const use = ceilingUse(target, [trialOf(12_750)])!;
  assert.is(use.network?.kind, 'network');
  assert.is(use.network?.ofPeak, 1.02);
});

test('several clients have their connections and networks together', () => {
  const target = volumeTarget({ nfs: makeNfsMount(2), instanceType: 'm5.large' });
  const [one, two] = [1, 2].map((clients) => targetCeilings(target, clients)!.ceilings);
  const base = (found: typeof one, wanted: string) => found?.find(({ kind }) => kind === wanted)?.level.base;
  assert.equal([base(one, 'connections'), base(two, 'connections')], [1250 * MB, 2500 * MB]);
  assert.is(base(two, 'client-network'), (2 * 0.75e9) / 8);
});

test('without AWS, the ceilings of connections and client remain', () => {
  const { ceilings, missing } = targetCeilings(volumeTarget({ volume: null }), 1)!;
  assert.equal(
    ceilings.map(({ kind }) => kind),
    ['connections', 'client-network'],
  );
  assert.equal(missing, [{ what: 'file system', why: 'the volume is not known' }]);
});

test('RDMA, libnfs and a target that is no volume have no ceiling of connections', () => {
  const rdma = makeNfsMount();
  const kinds = (target: ReturnType<typeof volumeTarget>) =>
    targetCeilings(target, 1)?.ceilings.map(({ kind }) => kind);
  assert.not(
    kinds(volumeTarget({ nfs: { ...rdma, options: { ...rdma.options, transport: 'rdma' } } }))?.includes('connections'),
  );
  assert.not(kinds(volumeTarget({ nfs: makeNfsMount(1, { client: 'libnfs 4' }) }))?.includes('connections'));
  assert.is(kinds(makeRun([arm], 1).environment.targets[0]!), undefined);
});

test('the pairs that hold a volume', () => {
  const of = (fileSystem: FileSystem, volume: Volume) =>
    pairsOf(makeVolume({ fileSystem: fileSystem ?? {}, volume: volume ?? {} }));
  assert.equal(of({ haPairs: null }, {}), { all: 1, used: 1 });
  assert.is(of({ haPairs: null }, { style: 'FLEXGROUP' }), null);
  assert.equal(of({ haPairs: null, deploymentType: 'MULTI_AZ_2' }, { style: 'FLEXGROUP' }), { all: 1, used: 1 });
  assert.equal(of({ haPairs: 6 }, { style: null, aggregates: [] }), { all: 6, used: 6 });
});

/** A trial of this many minutes, whose seconds move these amounts. */
function longTrial(minutes: number, rateAt: (second: number) => number): TrialRecord {
  const seconds = minutes * 60;
  const series = Array.from({ length: seconds }, (_, second): SeriesPoint => {
    const readBytes = rateAt(second) * MB * (1 + 0.01 * Math.sin(second * 1.7));
    return { startNs: second * 1e9, durationNs: 1e9, readBytes, writeBytes: 0, ops: 1000, p50Ns: 1e5, p99Ns: 1e6 };
  });
  const readBytes = series.reduce((sum, point) => sum + point.readBytes, 0);
  const endNs = seconds * 1e9;
  const window = { ...makeWindow(readBytes), endNs, firstDoneNs: endNs, lastDoneNs: endNs };
  return makeTrial(arm, 1, 0, { window, series, startedAt: '2026-11-23T19:00:00.000Z', wallNs: endNs + 30e9 });
}

const run = onVolume(makeRun([arm], 1), { volume: makeVolume({ fileSystem: AMPLE }) });

test('a burst that ends after 27 minutes is dated, to within the seconds that are taken together', () => {
  const use = ceilingUses(run, [longTrial(40, (second) => (second < 27 * 60 ? 2882 : 1439))]).get(arm.id)!;
  const { at, afterMinutes, before, after } = use.drop!;
  // The workers began 30 s after the trial did.
  assert.ok(Math.abs(Date.parse(at) - Date.parse('2026-11-23T19:27:30Z')) <= 5000, at);
  assert.ok(Math.abs(afterMinutes - 27.5) < 0.1);
  assert.ok(Math.abs(before / MB - 2882) < 40 && Math.abs(after / MB - 1439) < 20);
  assert.ok(use.loadedMinutes > use.runMinutes);
});

test('a short burst says how long a run must be, and a steady one has no drop', () => {
  const short = ceilingUses(run, [longTrial(2, () => 2882)]).get(arm.id)!;
  assert.equal([short.state, short.drop, short.runMinutes, short.burst?.lastedMinutes], ['burst', null, 35, 27]);
  assert.ok(short.loadedMinutes < short.runMinutes);
  const trials = Array.from({ length: 3 }, (_, index) => {
    const trial = longTrial(1, () => 1450);
    return { ...trial, id: `s1r${index + 1}t1`, startedAt: `2026-11-23T19:0${2 * index}:00.000Z` };
  });
  const steady = ceilingUses(run, trials).get(arm.id)!;
  assert.equal([steady.state, steady.drop], ['sustained', null]);
  assert.ok(steady.loadedMinutes > 5 && steady.loadedMinutes < 6, 'from the first trial to the end of the last');
});

test('an arm that measured nothing has no use', () => {
  assert.is(ceilingUses(run, [makeTrial(arm, 1, 1e9, { status: 'failed' })]).size, 0);
  assert.is(ceilingUses(run, [makeTrial(arm, 1, 1e9, { warmup: true })]).size, 0);
});

test.run();
