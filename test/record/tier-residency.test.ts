import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ResidencyFacts } from '../../src/record/residency-record.js';
import { residencyOf } from '../../src/record/tier-residency.js';
import { DAY_MS } from '../../src/record/tiering-words.js';

const test = suite('residency');

const GIB = 2 ** 30;

/** Facts of which nothing is known but the size of the data. */
const NOTHING: ResidencyFacts = {
  policy: null,
  coolingDays: null,
  policyAtLayout: null,
  dataBytes: 100 * GIB,
  oldestMs: null,
  ssdUsedPart: null,
  footprint: null,
  poolTraffic: null,
  flexCache: 'NONE',
  cloudWrite: null,
  cloudRetrieval: null,
  aggressiveReadAhead: null,
};

const footprint = (ssdGib: number, poolGib: number) => ({
  source: 'CloudWatch StorageUsed',
  ssdBytes: ssdGib * GIB,
  poolBytes: poolGib * GIB,
});
const traffic = (readOperations: number, readGib: number, writeOperations = 0) => ({
  readOperations,
  readBytes: readGib * GIB,
  writeOperations,
  clientReadBytes: 100 * GIB,
});
const auto = { policy: 'AUTO', policyAtLayout: 'AUTO', coolingDays: 31 } as const;

const CASES: readonly (readonly [string, Partial<ResidencyFacts>, string, RegExp])[] = [
  ['nothing known', {}, 'unknown', /^the tiering policy is not known$/],
  [
    'written and read with NONE',
    { policy: 'NONE', policyAtLayout: 'NONE' },
    'ssd-resident',
    /NONE, which moves nothing/,
  ],
  [
    'NONE now, ALL when it was written',
    { policy: 'NONE', policyAtLayout: 'ALL' },
    'unknown',
    /brings nothing back.* was ALL$/,
  ],
  ['NONE now, an unknown policy before', { policy: 'NONE' }, 'unknown', /is not known$/],
  ['fresh under AUTO', { ...auto, oldestMs: 3 * DAY_MS }, 'ssd-resident', /at most 3 days old.* before 31 days$/],
  ['one moment before the cooling ends', { ...auto, oldestMs: 31 * DAY_MS - 1 }, 'ssd-resident', /before 31 days$/],
  ['cooling over under AUTO', { ...auto, oldestMs: 31 * DAY_MS }, 'unknown', /may have moved/],
  [
    'AUTO with little SSD used',
    { ...auto, oldestMs: 90 * DAY_MS, ssdUsedPart: 0.5 },
    'ssd-resident',
    /50 % of the SSD storage is used/,
  ],
  ['AUTO with more SSD used', { ...auto, oldestMs: 90 * DAY_MS, ssdUsedPart: 0.51 }, 'unknown', /may have moved/],
  [
    'AUTO after another cooling',
    { ...auto, policyAtLayout: 'SNAPSHOT_ONLY', oldestMs: 3 * DAY_MS },
    'unknown',
    /may have moved/,
  ],
  [
    'SNAPSHOT_ONLY',
    { policy: 'SNAPSHOT_ONLY', policyAtLayout: 'SNAPSHOT_ONLY', coolingDays: 2, oldestMs: 99 * DAY_MS },
    'ssd-resident',
    /in snapshots alone$/,
  ],
  [
    'ALL alone proves nothing',
    { policy: 'ALL', policyAtLayout: 'ALL', oldestMs: 99 * DAY_MS },
    'unknown',
    /nothing shows how much/,
  ],
  ['cloud write mode', { ...auto, oldestMs: 0, cloudWrite: true }, 'unknown', /cloud write mode/],
  ['a FlexCache volume', { policy: 'ALL', flexCache: 'CACHE' }, 'ssd-resident', /never tiered/],
  ['an empty pool', { policy: 'ALL', footprint: footprint(500, 4) }, 'ssd-resident', /4 GiB in the capacity pool/],
  [
    'all in the pool but metadata',
    { policy: 'ALL', footprint: footprint(9, 91) },
    'capacity-pool',
    /9 GiB on SSD and 91 GiB/,
  ],
  ['half in the pool', { policy: 'AUTO', footprint: footprint(50, 52) }, 'mixed', /50 GiB on SSD/],
  [
    'other data in both tiers',
    { policy: 'ALL', footprint: footprint(500, 500) },
    'unknown',
    /of which 0 to 100 % may be in the pool/,
  ],
  [
    'reads from the pool',
    { policy: 'ALL', poolTraffic: traffic(1e6, 99) },
    'capacity-pool',
    /^1000000 reads from the capacity pool/,
  ],
  [
    'some reads from the pool',
    { policy: 'AUTO', poolTraffic: traffic(1e5, 20) },
    'mixed',
    /20 GiB for 100 GiB that clients read$/,
  ],
  [
    'reads and writes',
    { policy: 'ALL', poolTraffic: traffic(1e5, 20, 7) },
    'unknown',
    /but also 7 writes, after which ONTAP reads by itself/,
  ],
  ['no reads', { policy: 'ALL', poolTraffic: traffic(0, 0) }, 'ssd-resident', /^no reads from the capacity pool/],
  [
    'no reads of data in the pool',
    { policy: 'ALL', poolTraffic: traffic(0, 0), footprint: footprint(0, 100) },
    'unknown',
    /^no reads from .*, but CloudWatch/,
  ],
  [
    'traffic before footprint',
    { policy: 'ALL', poolTraffic: traffic(9, 20), footprint: footprint(9, 91) },
    'mixed',
    /^9 reads/,
  ],
];

for (const [what, facts, expected, reason] of CASES) {
  test(`${what}: ${expected}`, () => {
    const { residency, evidence } = residencyOf({ ...NOTHING, ...facts });
    assert.is(residency, expected);
    assert.match(evidence[0] ?? '', reason);
  });
}

test('what moves data back is part of the evidence', () => {
  const facts = { ...NOTHING, ...auto, oldestMs: 0, cloudRetrieval: 'promote', aggressiveReadAhead: 'file_prefetch' };
  assert.equal(residencyOf(facts).evidence.slice(1), [
    'random reads move cold blocks back to SSD (policy AUTO); sequential reads do not',
    'cloud-retrieval-policy promote moves blocks back to SSD, also after sequential reads',
    'aggressive-readahead-mode file_prefetch makes reads from the capacity pool faster',
  ]);
});

test.run();
