/** Residency judged with CloudWatch's metrics: what they show, what an absent value leaves open, and where reports show it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MetricSeries } from '../../src/record/fsx-metrics-record.js';
import { withMetricEvidence } from '../../src/record/metric-evidence.js';
import type { ResidencyFacts } from '../../src/record/residency-record.js';
import type { RunRecord } from '../../src/record/run-record.js';
import { residencyOf } from '../../src/record/tier-residency.js';
import { keepFsxMetrics } from '../../src/store/fsx-metrics-file.js';
import { readRun } from '../../src/store/read-run.js';
import { feedrate } from '../support/command-thread.js';
import { fsxRun, metricsRecord, seriesOfValues, VOLUME } from '../support/fsx-metrics.js';
import { storeRun } from '../support/stored-runs.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('evidence of metrics');

const START = Date.UTC(2026, 10, 29, 12, 0);
const GIB = 2 ** 30;
const FACTS: ResidencyFacts = {
  policy: 'ALL',
  coolingDays: null,
  policyAtLayout: 'ALL',
  dataBytes: 100 * GIB,
  oldestMs: 3_600_000,
  ssdUsedPart: null,
  footprint: null,
  poolTraffic: null,
  flexCache: 'NONE',
  cloudWrite: false,
  cloudRetrieval: 'default',
  aggressiveReadAhead: 'none',
};

/** A run on a volume whose policy is ALL: trials from minute 1 to 6.5, and in minute 7. */
function runWith(facts: ResidencyFacts): { run: RunRecord; trials: ReturnType<typeof fsxRun>['trials'] } {
  const { run, trials } = fsxRun(START);
  const targets = run.environment.targets.map((target) => ({ ...target, residency: residencyOf(facts) }));
  return { run: { ...run, environment: { ...run.environment, targets } }, trials };
}

type Values = readonly (number | null)[];

const counter = (metric: string, values: Values): MetricSeries =>
  seriesOfValues(metric, 'volume', START / 1000, values, { unit: 'count', dimensions: { VolumeId: VOLUME } });

const stored = (tier: string, values: Values): MetricSeries =>
  seriesOfValues('StorageUsed', 'volume tier', START / 1000, values, {
    unit: 'bytes',
    dimensions: { VolumeId: VOLUME, StorageTier: tier, DataType: 'All' },
  });

/** Reads from the pool in each minute, of clients 10 GiB a minute. */
function traffic(reads: Values, readBytes: number, writes = 0): MetricSeries[] {
  return [
    counter('CapacityPoolReadOperations', reads),
    counter(
      'CapacityPoolReadBytes',
      reads.map((value) => (value === null || value === 0 ? 0 : readBytes)),
    ),
    counter(
      'CapacityPoolWriteOperations',
      reads.map(() => writes),
    ),
    counter(
      'DataReadBytes',
      reads.map(() => 10 * GIB),
    ),
  ];
}

const every = (value: number | null): Values => Array.from({ length: 9 }, () => value);

function judge(series: readonly MetricSeries[], facts = FACTS) {
  const { run, trials } = runWith(facts);
  const judged = withMetricEvidence(run, trials, metricsRecord(START, series));
  const [first] = judged.environment.targets;
  return [first?.residency?.residency, first?.residency?.evidence[0]];
}

test('without metrics, ALL shows nothing', () => {
  assert.is(judge([])[0], 'unknown');
});

for (const [what, series, residency, reason] of [
  [
    'the pool holds the data',
    [stored('SSD', every(5 * GIB)), stored('StandardCapacityPool', every(120 * GIB))],
    'capacity-pool',
    /^CloudWatch StorageUsed: 5 GiB on SSD/,
  ],
  [
    'the pool is empty',
    [stored('SSD', every(120 * GIB)), stored('StandardCapacityPool', every(0))],
    'ssd-resident',
    /StorageUsed/,
  ],
  ['one tier is absent, which is not 0', [stored('SSD', every(5 * GIB))], 'unknown', /^policy ALL/],
  ['all reads came from the pool', traffic(every(2560), 10 * GIB), 'capacity-pool', /^17920 reads/],
  ['half of the reads came from the pool', traffic(every(1280), 5 * GIB), 'mixed', /^8960 reads/],
  ['the pool was written meanwhile', traffic(every(2560), 10 * GIB, 3), 'unknown', /but also 21 writes/],
  ['no read was counted in any minute', traffic(every(0), 0), 'ssd-resident', /^no reads from the capacity pool/],
  ['one minute without a read is absent', traffic([0, 0, 0, null, 0, 0, 0, 0, 0], 0), 'unknown', /^policy ALL/],
  ['only the minutes of other work have reads', traffic([9, 0, 0, 0, 0, 0, 0, 0, 9], 1), 'ssd-resident', /^no reads/],
  [
    'the pool holds the data, but nothing read it there',
    [stored('SSD', every(GIB)), stored('StandardCapacityPool', every(120 * GIB)), ...traffic(every(0), 0)],
    'unknown',
    /^no reads .*, but CloudWatch StorageUsed/,
  ],
] as const) {
  test(what, () => {
    const [found, evidence] = judge(series);
    assert.is(found, residency, evidence);
    assert.match(evidence ?? '', reason);
  });
}

test('the footprint is that of the end of the trials, and little use of the SSD storage excludes AUTO', () => {
  const late: Values = [0, 0, 0, 0, 0, 0, 0, 95 * GIB, 120 * GIB];
  assert.match(judge([stored('SSD', every(GIB)), stored('StandardCapacityPool', late)])[1] ?? '', /and 95 GiB in/);
  const used = (percent: number) =>
    seriesOfValues('StorageCapacityUtilization', 'file system tier', START / 1000, every(percent), {
      dimensions: { StorageTier: 'SSD', DataType: 'All' },
    });
  const auto = { ...FACTS, policy: 'AUTO', policyAtLayout: 'AUTO', coolingDays: 2, oldestMs: 9e8 } as const;
  assert.is(judge([used(40)], auto)[0], 'ssd-resident');
  assert.is(judge([used(60)], auto)[0], 'unknown');
});

test('show and compare judge with the metrics that are kept with the run; damaged ones are a problem of it', () =>
  withTemporaryDirectory((results) => {
    const { run, trials } = runWith(FACTS);
    const directory = storeRun(results, run, trials);
    assert.match(feedrate(['show', '-o', results]).stdout, /^data of data: unknown; policy ALL moves data/m);
    const series = [stored('SSD', every(GIB)), stored('StandardCapacityPool', every(120 * GIB))];
    keepFsxMetrics(directory, metricsRecord(START, series));
    assert.match(feedrate(['show', '-o', results]).stdout, /^data of data: capacity-pool; CloudWatch StorageUsed: /m);
    assert.is(readRun(directory).run?.environment.targets[0]?.residency?.facts?.footprint?.poolBytes, 120 * GIB);
    keepFsxMetrics(directory, { ...metricsRecord(START, series), metricsVersion: 99 });
    const damaged = readRun(directory);
    assert.is(damaged.run?.environment.targets[0]?.residency?.residency, 'unknown');
    assert.match(damaged.problems.join(), /^fsx-metrics\.json: /);
  }));

test.run();
