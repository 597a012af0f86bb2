/** How much data `feedrate feed` may lay out, and the workload that it writes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ASSUMED_RATES } from '../../src/plan/assumed-rate.js';
import { type FeedRoom, feedData, wantedSteps } from '../../src/plan/feed-data.js';
import { feedWorkload } from '../../src/plan/feed-workload.js';
import { acceleratorModel } from '../../src/training/models.js';
import { parseWorkload } from '../../src/workload/parse.js';

const test = suite('plan/feed-data');

const GIB = 2 ** 30;
const MODEL = acceleratorModel('retinanet-b200');
const ROOM: FeedRoom = {
  totalBytes: 1000 * GIB,
  freeBytes: 500 * GIB,
  memoryBytes: null,
  rates: ASSUMED_RATES,
  budgetNs: 180e9,
};

test('the time, the free space and the memory each limit the data', () => {
  const byTime = feedData(MODEL, ROOM);
  assert.is(byTime.limitedBy, 'the time');
  // 54 s at 256 MiB/s, and 100 µs for each file.
  assert.ok(Math.abs(byTime.bytes / (54 / (1 / 2 ** 28 + 1e-4 / MODEL.recordBytes)) - 1) < 0.01);
  const bySpace = feedData(MODEL, { ...ROOM, freeBytes: 12 * GIB });
  assert.is(bySpace.limitedBy, 'the free space');
  assert.ok(bySpace.bytes <= GIB && bySpace.bytes > 0.99 * GIB, 'half of what is not the margin of 10 GiB');
  const byMemory = feedData(MODEL, { ...ROOM, memoryBytes: GIB });
  assert.is(byMemory.limitedBy, 'the memory');
  assert.ok(byMemory.bytes <= GIB / 4);
  assert.ok(feedData(MODEL, { ...ROOM, freeBytes: 14 * GIB }).bytes > bySpace.bytes, 'more space permits more');
  assert.ok(feedData(MODEL, { ...ROOM, budgetNs: 2 * ROOM.budgetNs }).bytes > byTime.bytes, 'and so does more time');
  assert.is(feedData(MODEL, { ...ROOM, rates: null }).limitedBy, null);
  assert.is(feedData(MODEL, { ...ROOM, freeBytes: 0 }).files, 0);
});

test('formats with many samples have files of a usual size', () => {
  const { samplesPerFile } = feedData(acceleratorModel('resnet50-h100'), ROOM);
  assert.is(samplesPerFile, Math.floor((64 * 2 ** 20) / 114_660));
  assert.is(feedData(MODEL, ROOM).samplesPerFile, 1);
});

test('a trial has enough steps that count, besides the stock at both ends', () => {
  assert.is(wantedSteps(1e9, 4), 20 + 8);
  assert.is(wantedSteps(1e9, 16), 64 + 32);
  assert.is(wantedSteps(10e6, 2), 300 + 4);
});

test('the workload is valid, and each job has the files that it reads', () => {
  const data = feedData(MODEL, ROOM);
  const text = feedWorkload({
    model: MODEL,
    reader: 'mlperf-3.0',
    preprocessNs: 2e6,
    handOverNs: 3e6,
    source: { kind: 'generated', data },
    cache: 'cold',
    client: null,
    ramp: [{ name: 'readers-2', readers: 2, batchSize: 1, steps: 300 }],
    emulations: [{ accelerators: 3, workers: 2, prefetchFactor: 2, steps: 50 }],
    ranks: 1,
    rounds: 3,
  });
  const { jobs } = parseWorkload(text, 'feed');
  const valueIn = (job: number, word: string) =>
    [...(jobs[job]?.fields.values() ?? [])].find((field) => field.word === word)?.levels[0]?.value;
  // Both readers of the ramp have four batches more, so that neither ends before its last step.
  assert.equal([valueIn(0, 'num_files_train'), valueIn(1, 'num_files_train')], [300 + 2 * 4, 3 * 50 * 24]);
  assert.equal([valueIn(1, 'accelerators'), valueIn(1, 'total_training_steps')], [3, 50]);
  assert.equal([valueIn(0, 'preprocess_by'), valueIn(1, 'preprocess_by')], ['sleep', 'compute']);
  const existing = { kind: 'existing', path: 'my "data"' } as const;
  const own = feedWorkload({
    model: MODEL,
    reader: 'format',
    preprocessNs: 0,
    handOverNs: 0,
    source: existing,
    cache: 'cold',
    client: { readerSteps: 84, acceleratorSteps: 13, workers: 8 },
    ramp: [{ name: 'pilot', readers: 1, batchSize: 1, steps: 4 }],
    emulations: [],
    ranks: 1,
    rounds: 1,
  });
  const parsed = parseWorkload(own, 'feed');
  assert.equal(parsed.dataset?.kind, 'existing');
  // The client is measured first, on the engine that reads nothing.
  assert.equal(
    parsed.jobs.map(({ name, fields }) => [name, fields.get('ioengine')?.levels[0]?.value ?? null]),
    [
      ['client-reader', 'null'],
      ['client-accelerator', 'null'],
      ['pilot', 'auto'],
    ],
  );
});

test.run();
