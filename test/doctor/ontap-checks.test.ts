import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnose } from '../../src/doctor/check.js';
import { ONTAP, ONTAP_CHECKS } from '../../src/doctor/ontap-checks.js';
import type { OntapRecord } from '../../src/record/ontap-record.js';

const GOOD: OntapRecord = {
  askedAt: '2026-11-29T12:00:00.000Z',
  host: 'management',
  verifiedBy: 'fingerprint',
  ontapVersion: '9.17.1',
  uuid: 'u',
  svm: 'svm1',
  name: 'train',
  junctionPath: '/train',
  style: 'flexvol',
  performanceTierBytes: 2 ** 30,
  capacityTierBytes: 0,
  constituents: null,
  tieringPolicy: 'NONE',
  coolingDays: null,
  cloudRetrieval: 'default',
  cloudWrite: false,
  readAhead: 'none',
  qosPolicy: null,
  qosMaxIops: null,
  qosMaxMBps: null,
  efficiency: 'disabled',
  filesUsed: 1,
  filesMaximum: 2,
  flexCache: 'NONE',
  tcpMaxXferBytes: 2 ** 20,
  nvmeCaches: 0,
  unknown: [],
};

const checks = suite('doctor/ontap-checks');

function severities(changes: Partial<OntapRecord>): string[] {
  return diagnose([ONTAP.state({ ...GOOD, ...changes })], ONTAP_CHECKS).map(({ severity }) => severity);
}

checks('nothing is wrong with a volume on SSD with the largest transfers', () => {
  assert.equal(severities({}), ['good', 'good', 'good', 'good']);
});

checks('without --ontap, nothing is said', () => {
  assert.equal(diagnose([], ONTAP_CHECKS), []);
});

checks('small transfers are bad, with the command for this SVM', () => {
  const [finding] = diagnose([ONTAP.state({ ...GOOD, tcpMaxXferBytes: 65_536 })], ONTAP_CHECKS);
  assert.equal([finding?.severity, finding?.value], ['bad', '64 KiB']);
  assert.match(finding?.remedy ?? '', 'vserver nfs modify -vserver svm1 -tcp-max-xfer-size 1048576');
});

checks('data in the pool, limits and other retrievals are noted; what is unknown is not good', () => {
  assert.equal(severities({ capacityTierBytes: 5, qosPolicy: 'gold', qosMaxIops: 100, cloudRetrieval: 'promote' }), [
    'good',
    'note',
    'note',
    'note',
  ]);
  const unknown = { tcpMaxXferBytes: null, capacityTierBytes: null, readAhead: null, cloudRetrieval: null };
  assert.equal(severities(unknown), ['unknown', 'unknown', 'good', 'unknown']);
});

checks.run();
