import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BINS, createHistogram } from '../../src/histogram/histogram.js';
import { CountsScanner } from '../../src/histogram/packed-counts.js';
import { encodeHistogram } from '../../src/histogram/sparse-counts.js';
import { decodeTrial, encodeTrial } from '../../src/record/codec.js';
import { mergeRanks } from '../../src/record/merge-ranks.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { latencies, makeArm, makeTrial } from '../support/records.js';

const test = suite('record/packed-latency');
const arm = makeArm('randread', [{ name: 'bs', label: '4KiB' }]);
const trial = makeTrial(arm, 1, 1e8, { latency: { read: latencies(5, 900, 900), open: latencies(70_000) } });

const packed = (line: string) => decodeTrial(line, 'x:1', { isPacked: true });
/** With lists instead of packed counts. */
const unpacked = (record: TrialRecord) =>
  JSON.parse(JSON.stringify(record, (_, value) => (value instanceof Uint32Array ? [...value] : value))) as TrialRecord;
const outcome = (read: () => TrialRecord) => {
  try {
    return unpacked(read());
  } catch (thrown) {
    return (thrown as Error).message;
  }
};

test('packed counts are those of the list', () => {
  const entries = fc.array(fc.tuple(fc.integer({ min: 0, max: BINS - 1 }), fc.integer({ min: 1, max: 999_999_999 })), {
    minLength: 1,
    maxLength: 100,
  });
  const check = fc.property(entries, (filled) => {
    const histogram = createHistogram();
    for (const [bin, count] of filled) histogram.counts[bin] = count;
    const counts = encodeHistogram(histogram);
    const text = JSON.stringify(counts);
    const scanner = new CountsScanner(`x${text}]`);
    assert.equal([...(scanner.packedAt(1) ?? [])], counts);
    assert.is(scanner.end, text.length + 1);
  });
  void fc.assert(check, { seed: 1, numRuns: 50 });
  const full = createHistogram();
  full.counts.fill(1);
  assert.is(new CountsScanner(JSON.stringify(encodeHistogram(full))).packedAt(0)?.length, 2 * BINS);
});

test('what is no list of counts, or has large ones, is left to the parser', () => {
  const others = [
    '',
    '[',
    '[]',
    '[1]',
    '[1,',
    '[1,2',
    '[1,2,',
    '[1,2,]',
    '[1,2,3]',
    '[,1]',
    '[1,,2]',
    '[01,2]',
    '[1,02]',
  ];
  const invalid = [
    '[1,0]',
    '[1,2,1,2]',
    '[2,1,1,1]',
    `[${BINS},1]`,
    '[-1,2]',
    '[1.5,2]',
    '[1e2,2]',
    '["1",2]',
    '[1 ,2]',
  ];
  for (const text of [...others, ...invalid, '[1,1000000000]', '{"a":1}', '7'])
    assert.is(new CountsScanner(text).packedAt(0), null, text);
});

test('a trial with ranks and a job beside it has all its latencies packed', () => {
  const { engine, window, latency } = trial;
  const beside = { arm: 'other', passes: 1, engine, window, latency };
  const ofRank = (rank: number) => ({ ...trial, rank, beside });
  for (const record of [trial, ofRank(0), mergeRanks([ofRank(0), ofRank(1)])]) {
    const found = packed(encodeTrial(record));
    assert.equal(unpacked(found), unpacked(record));
    const parts = [found, found.beside ?? found, ...(found.ranks ?? [])];
    for (const part of parts) assert.instance(part.latency.read, Uint32Array);
  }
});

test('lines that are written in another way or damaged are read as without packing', () => {
  const line = encodeTrial(trial);
  const read = JSON.stringify(trial.latency.read);
  const changed = [
    JSON.stringify(JSON.parse(line), null, 1).replaceAll('\n', ' '),
    ...['[]', '0', 'null', '[1]', '[3,0]', '[3,5000000000]', '"x"', `${read},"read":[1,2]`].map((instead) =>
      line.replace(read, instead),
    ),
    line.replace('"series":', '"other":{"latency":{"read":[1,2]}},"series":'),
    line.replace('"latency":{', '"latency":{"__proto__":[1,2],'),
    ...[40, 700, line.length - 1].map((length) => line.slice(0, length)),
    line.replace('"series":', '"series":,'),
    line.replace('"wallNs":', '"wallNs":"'),
    'null',
    '[1,2]',
  ];
  for (const text of changed)
    assert.equal(
      outcome(() => packed(text)),
      outcome(() => decodeTrial(text, 'x:1')),
      text.slice(0, 900),
    );
});

test('every cut of a line has the same outcome', () => {
  const line = encodeTrial(trial);
  for (let length = 0; length <= line.length; length++) {
    const text = line.slice(0, length);
    assert.equal(
      outcome(() => packed(text)),
      outcome(() => decodeTrial(text, 'x:1')),
    );
  }
});

test.run();
