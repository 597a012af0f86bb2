import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPrices } from '../../src/fsx/prices.js';
import { volumeDifferences } from '../../src/fsx/tiering-differences.js';
import { planNotes, stepRows } from '../../src/fsx/tiering-plan.js';
import { parseTieringSettings } from '../../src/fsx/tiering-policy.js';
import { poolPricesOf } from '../../src/record/pool-requests.js';
import { formatSetting } from '../../src/record/tiering-words.js';
import type { VolumeRecord } from '../../src/record/volume-record.js';
import { feedrateError } from '../support/feedrate-error.js';

const test = suite('plan of a tiering comparison');

test('policies are read with their cooling periods, which NONE and ALL do not have', () => {
  const settings = parseTieringSettings('none, AUTO,snapshot-only,SNAPSHOT_ONLY:183,ALL,AUTO:2');
  assert.is(settings.map(formatSetting).join(), 'NONE,AUTO:31,SNAPSHOT_ONLY:2,SNAPSHOT_ONLY:183,ALL,AUTO:2');
});

for (const [text, why] of [
  ['', /expected policies such as/],
  ['NONE,', /expected policies such as/],
  ['COLD', /known: SNAPSHOT_ONLY, AUTO, ALL, NONE$/],
  ['AUTO:1', /a whole number of days from 2 to 183, such as AUTO:31$/],
  ['AUTO:184', /from 2 to 183/],
  ['AUTO:3.5', /a whole number/],
  ['AUTO:', /a whole number/],
  ['AUTO:31:4', /expected policies/],
  ['ALL:5', /ALL has no cooling period; write ALL$/],
  ['NONE:2', /NONE has no cooling period/],
  ['ALL,ALL', /ALL comes twice in a row/],
] as const) {
  test(`--policies ${text} is refused`, () =>
    assert.throws(() => parseTieringSettings(text), feedrateError('usage', why)));
}

test('the plan has waits, requests, and what is not undone', () => {
  const original = { name: 'AUTO', coolingDays: 17 } as const;
  const plan = {
    volumeId: 'fsvol-1',
    original,
    steps: parseTieringSettings('NONE,AUTO:31,ALL'),
    dataBytes: 10 * 2 ** 30,
    prices: new Map(),
    priced: 'SINGLE_AZ_2 in us-east-1',
  };
  assert.equal(stepRows(plan).slice(1), [
    ['1', 'NONE', 'none', 'none for data on SSD'],
    ['2', 'AUTO:31', '33 days', 'up to 2,560 writes, and the reads'],
    ['3', 'ALL', '1 hour', '2,560 writes, and the reads'],
    ['4', 'AUTO:17 (restored)', 'none', 'none'],
  ]);
  const notes = planNotes(plan).join('\n');
  for (const part of [
    /restores AUTO:17\. That moves no data back/,
    /resets the cooling/,
    /at most 10 GiB/,
    /2,560 reads of 4 MiB to 2,621,440 reads of 4 KiB\.\n/,
    /no price for SINGLE_AZ_2 in us-east-1 of: reads from the capacity pool, writes to the capacity pool, capacity pool\./,
  ])
    assert.match(notes, part);
  // Prices of Tokyo, as the shipped file has them: 0.00037 for 1,000 reads, 0.0047 for writes, 0.0238 a GiB and month.
  const prices = poolPricesOf(readPrices(null), { region: 'ap-northeast-1', deploymentType: 'SINGLE_AZ_2' });
  assert.is(stepRows({ ...plan, prices })[3]?.[3], '2,560 writes (0.012 USD), and the reads');
  const priced = planNotes({ ...plan, prices }).join('\n');
  assert.match(
    priced,
    /reads of 4 KiB, which cost 0\.000947 USD to 0\.97 USD\.\nA month of 10 GiB in the pool costs 0\.238 USD\./,
  );
  assert.not.match(priced, /no price/);
});

function recordOf(id: string, changes: object = {}): VolumeRecord {
  const volume = { id, tieringPolicy: 'NONE', coolingDays: null, style: 'FLEXVOL', aggregates: ['aggr1'], ...changes };
  return { fileSystem: { id: 'fs-1', throughputCapacityPerHaPairMBps: 512 }, volume } as unknown as VolumeRecord;
}

test('volumes must differ in the policy, and each other difference is named', () => {
  const pair = (changes: object, id = 'fsvol-2') =>
    new Map([
      ['a', recordOf('fsvol-1')],
      ['b', recordOf(id, changes)],
    ]);
  assert.equal(volumeDifferences(pair({ tieringPolicy: 'ALL' })), []);
  assert.equal(volumeDifferences(pair({ tieringPolicy: 'ALL', style: 'FLEXGROUP' })), [
    'the volumes differ not only in their policy: style: FLEXVOL (a), FLEXGROUP (b)',
  ]);
  assert.throws(() => volumeDifferences(pair({})), feedrateError('usage', /all volumes have the tiering policy NONE;/));
  assert.throws(
    () => volumeDifferences(pair({ tieringPolicy: 'ALL' }, 'fsvol-1')),
    feedrateError('usage', /targets a and b are on the same volume/),
  );
  const cooling = { tieringPolicy: 'AUTO', coolingDays: 31 };
  const two = new Map([
    ['a', recordOf('fsvol-1', cooling)],
    ['b', recordOf('fsvol-2', { ...cooling, coolingDays: 5 })],
  ]);
  assert.equal(volumeDifferences(two), [], 'two cooling periods are two policies');
});

test.run();
