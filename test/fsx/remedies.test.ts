/** What is advised about volumes of FSx, ONTAP and mounts of notebooks, followed: what was said must be gone. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FeedrateError } from '../../src/base/errors.js';
import { diagnose } from '../../src/doctor/check.js';
import { INODES, MEMORY, TARGET } from '../../src/doctor/host-facts.js';
import { ONTAP, ONTAP_CHECKS } from '../../src/doctor/ontap-checks.js';
import { TARGET_CHECKS } from '../../src/doctor/target-checks.js';
import { VOLUME_CHECKS } from '../../src/doctor/volume-checks.js';
import { ceilingsFile } from '../../src/fsx/ceilings-file.js';
import { metricTargets } from '../../src/fsx/metric-targets.js';
import { ontapAccess } from '../../src/fsx/ontap-access.js';
import { parseOntapEndpoint } from '../../src/fsx/ontap-endpoint.js';
import { statedVolume } from '../../src/fsx/stated-volume.js';
import { volumeDifferences } from '../../src/fsx/tiering-differences.js';
import { parseTieringSettings } from '../../src/fsx/tiering-policy.js';
import { parseData } from '../../src/fsx/yaml-fields.js';
import { notebookMounts } from '../../src/notebook/notebook-mounts.js';
import type { OntapRecord } from '../../src/record/ontap-record.js';
import type { TargetEnvironment } from '../../src/record/run-record.js';
import { makeVolume } from '../support/fsx-volumes.js';
import { volumeAnswer } from '../support/volume-records.js';

const test = suite('fsx/remedies');

/** Returns the message of what a call throws, or an empty text. */
async function said(call: () => unknown): Promise<string> {
  try {
    await call();
    return '';
  } catch (error) {
    const { message, issues } = error as FeedrateError;
    return [message, ...issues.map((issue) => issue.message)].join('\n');
  }
}

const TARGETS = [{ name: 't' }] as unknown as TargetEnvironment[];
const NOBODY = { fileSystemId: null, volumeId: null, region: null };
const metrics = (named: object) => () => metricTargets(TARGETS, Object.assign({}, NOBODY, named), async () => null);
const ENDPOINT = 'https://management.fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com';
const PASSWORD = { ONTAP_PASSWORD: 'x', ONTAP_USERNAME: 'reader' };
const access =
  (options: object, environment: Record<string, string> = PASSWORD) =>
  () =>
    ontapAccess(Object.assign({ ontap: ENDPOINT }, options), environment);
const volumes =
  (...records: (readonly [id: string, policy: 'NONE' | 'ALL'])[]) =>
  () =>
    volumeDifferences(
      new Map(
        records.map(([id, tieringPolicy], index) => [`t${index}`, makeVolume({ volume: { id, tieringPolicy } })]),
      ),
    );
const mounts = (wishes: object) => () =>
  notebookMounts(
    Object.assign({ targets: [], exports: [], optionLists: [], below: '/home/ec2-user/SageMaker' }, wishes),
  );
const row = (fields: string) => () =>
  parseData(
    `dated: 2026-11-29\nfileServers:\n  - {deploymentType: SINGLE_AZ_9, throughputPerHaPair: 1, ${fields}, source: {title: mine, page: mine, retrieved: 2026-11-29}}\n`,
    'mine.yaml',
    ceilingsFile,
  );
const FINGERPRINT = 'AB'.repeat(32);

const REFUSED: readonly (readonly [wrong: () => unknown, says: RegExp, ...right: (() => unknown)[]])[] = [
  [
    metrics({ fileSystemId: 'fs-01234567' }),
    /give its region with --region/,
    metrics({ fileSystemId: 'fs-01234567', region: 'eu-west-1' }),
  ],
  [
    metrics({}),
    /name it with --file-system fs-…, --volume fsvol-… and --region/,
    metrics({ fileSystemId: 'fs-01234567', volumeId: 'fsvol-0123456789abcdef0', region: 'eu-west-1' }),
  ],
  [
    access({ ontapInsecure: true, ontapFingerprint: FINGERPRINT }),
    /give only one of --ontap-fingerprint, --ontap-ca and --ontap-insecure/,
    access({ ontapInsecure: true }),
    access({ ontapFingerprint: FINGERPRINT }),
  ],
  [
    access({}, {}),
    /set ONTAP_PASSWORD \(and ONTAP_USERNAME, default fsxadmin\), or give --ontap-secret/,
    access({}, { ONTAP_PASSWORD: 'x' }),
    access({}, PASSWORD),
  ],
  [() => parseOntapEndpoint('http://x'), /write https:\/\/management\.fs-/, () => parseOntapEndpoint(ENDPOINT)],
  [
    () => parseOntapEndpoint('https://me:secret@fs1'),
    /use ONTAP_USERNAME and ONTAP_PASSWORD, or --ontap-secret/,
    access({ ontap: 'https://fs1' }, PASSWORD),
  ],
  [volumes(['v1', 'NONE'], ['v1', 'NONE']), /name a volume for each policy/, volumes(['v1', 'NONE'], ['v2', 'ALL'])],
  [
    volumes(['v1', 'ALL'], ['v2', 'ALL']),
    /name volumes with different policies/,
    volumes(['v1', 'NONE'], ['v2', 'ALL']),
  ],
  [() => parseTieringSettings('ALL,ALL'), /name each policy once/, () => parseTieringSettings('ALL')],
  [() => parseTieringSettings('ALL:5'), /write ALL$/m, () => parseTieringSettings('ALL')],
  [
    mounts({ targets: ['svm:/a'], optionLists: ['vers=3', 'vers=4.1'] }),
    /use --export instead of -t, or a single --mount/,
    mounts({ exports: ['svm:/a'], optionLists: ['vers=3', 'vers=4.1'] }),
    mounts({ targets: ['svm:/a'], optionLists: ['vers=3'] }),
  ],
  [mounts({ targets: ['svm:/a=/usr'] }), /choose a directory of its own/, mounts({ targets: ['svm:/a=/mnt/a'] })],
  [
    mounts({ targets: ['svm:/a=/mnt/a', 'svm:/b=/mnt/a/b'] }),
    /hide each other; separate them$/,
    mounts({ targets: ['svm:/a=/mnt/a', 'svm:/b=/mnt/b'] }),
  ],
  [
    mounts({ targets: ['one:/a', 'two:/a'] }),
    /name them: -t first=one:\/a -t second=two:\/a/,
    mounts({ targets: ['first=one:/a', 'second=two:/a'] }),
  ],
  [
    row('network: {base: 0}, status: documented'),
    /leave a figure out if it is not published/,
    row('ramGB: 16, status: documented'),
  ],
  [
    row('network: {base: 2, burst: 1}, status: documented'),
    /write burst: none/,
    row('network: {base: 2, burst: none}, status: documented'),
  ],
  [row('status: documented'), /write status: unknown/, row('status: unknown')],
];

test('what was refused is accepted after the advice', async () => {
  for (const [wrong, says, ...right] of REFUSED) {
    assert.match(await said(wrong), says);
    for (const call of right) assert.is(await said(call), '', String(says));
  }
});

const NOW = Date.UTC(2026, 10, 29, 1, 0);
const DAY_MS = 86_400_000;
const place = (subnetId: string) => ({ region: 'us-east-1', networks: [{ subnetId, vpcId: 'vpc-0123456789abcdef0' }] });
const OWN_SUBNET = 'subnet-0123456789abcdef0';
const findings = (changes: Parameters<typeof volumeAnswer>[0], more: object = {}, nowMs = NOW, subnet = OWN_SUBNET) =>
  diagnose(
    statedVolume({ answer: Object.assign({}, volumeAnswer(changes), more) }, place(subnet), nowMs),
    VOLUME_CHECKS,
  );
const GIB = 2 ** 30;
const local: TargetEnvironment = {
  name: 't',
  path: '/mnt',
  fileSystem: 'xfs',
  source: '/dev/x',
  mountPoint: '/mnt',
  options: 'rw',
  device: '8:1',
  totalBytes: 100 * GIB,
  freeBytes: 50 * GIB,
};
const onTarget = (changes: Partial<TargetEnvironment>) =>
  diagnose(
    [TARGET.state({ ...local, ...changes }), MEMORY.state({ bytes: GIB }), INODES.state({ used: 1, total: 100 })],
    TARGET_CHECKS,
  );
const ontap = (changes: Partial<OntapRecord>) =>
  diagnose(
    [
      ONTAP.state(
        Object.assign(
          {
            svm: 'svm1',
            tcpMaxXferBytes: 65_536,
            qosPolicy: null,
            performanceTierBytes: null,
            capacityTierBytes: null,
            readAhead: null,
            cloudRetrieval: null,
          },
          changes,
        ) as unknown as OntapRecord,
      ),
    ],
    ONTAP_CHECKS,
  );
const change = [{ type: 'FILE_SYSTEM_UPDATE', status: 'IN_PROGRESS', progressPercent: 10 }];

/** Findings with an advice, and the findings after it. */
const FOUND: readonly (readonly [
  check: string,
  before: readonly { check: string; severity: string; remedy: string | null }[],
  says: RegExp,
  after: readonly { check: string; severity: string; remedy: string | null }[],
])[] = [
  [
    'other volumes',
    findings({}, { below: ['/train/val'] }),
    /name a directory that has no other volume below it/,
    findings({}, { below: [] }),
  ],
  ['pending changes', findings({ fileSystem: { pendingActions: change } }), /measure when it has ended/, findings({})],
  ['volume', findings({ volume: { lifecycle: 'UPDATING' } }), /measure when the change has ended/, findings({})],
  [
    'snapshots and backups',
    findings({ volume: { snapshotPolicy: 'default' } }),
    /measure writes on a volume without them/,
    findings({ volume: { snapshotPolicy: 'none' } }),
  ],
  [
    'subnet',
    findings({}, {}, NOW, 'subnet-1'),
    /run where the preferred subnet is, or check that both subnets are in one zone/,
    findings({}, {}, NOW, OWN_SUBNET),
  ],
  [
    'maintenance',
    findings({}, {}, Date.UTC(2026, 10, 29, 5, 0)),
    /measure at another time/,
    findings({}, {}, Date.UTC(2026, 10, 29, 5, 0) + DAY_MS),
  ],
  ['file system', onTarget({ fileSystem: 'tmpfs' }), /choose a directory on the storage/, onTarget({})],
  ['file system', onTarget({ fileSystem: 'autofs' }), /choose a directory that it mounts/, onTarget({})],
  [
    'file system',
    onTarget({ fileSystem: 'overlay' }),
    /choose a directory that is mounted into the container/,
    onTarget({}),
  ],
  ['space', onTarget({ freeBytes: GIB }), /free some space, or enlarge the file system/, onTarget({})],
  [
    'transfer size of the SVM',
    ontap({}),
    /set advanced; vserver nfs modify -vserver svm1 -tcp-max-xfer-size 1048576/,
    ontap({ tcpMaxXferBytes: 1_048_576 }),
  ],
];

test('what was found wrong is good once the advice is followed', () => {
  for (const [check, before, says, after] of FOUND) {
    const of = (list: typeof before) => list.find((finding) => finding.check === check);
    assert.is.not(of(before)?.severity, 'good', check);
    assert.match(of(before)?.remedy ?? '', says);
    assert.is(of(after)?.severity ?? 'good', 'good', `${check}: ${says}`);
  }
});

test.run();
