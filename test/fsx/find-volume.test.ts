import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readInstancePlace } from '../../src/aws/instance-metadata.js';
import { configuredRegion } from '../../src/aws/region.js';
import type { Candidate } from '../../src/fsx/candidates.js';
import { askAboutTargets, BESIDE_A_RUN, recordedVolume, type TargetVolume } from '../../src/fsx/target-volumes.js';
import type { VolumeAnswer } from '../../src/record/volume-record.js';
import { withEnvironment } from '../support/environment.js';
import { FsxServer } from '../support/fsx-server.js';
import {
  ACCOUNT,
  fileSystemJson,
  rootVolumeJson,
  SVM_HOST,
  svmJson,
  volumeId,
  volumeJson,
  worldOf,
} from '../support/fsx-world.js';

const test = suite('fsx/find-volume');

const numbered = Array.from({ length: 246 }, (_, index) => volumeJson(index + 5, `/many/v${index}`));
const volumes = [volumeJson(2, '/train'), volumeJson(3, '/train/val'), volumeJson(4, null), ...numbered];
const PATIENCE = { attemptMs: 3000, callMs: 3000 };
let server: FsxServer;
let restore: () => void;
test.before(async () => {
  server = await FsxServer.start(worldOf(volumes));
  restore = withEnvironment(server.environment);
});
test.after.each(async () => {
  await server.calm();
  await server.forget();
});
test.after(async () => {
  restore();
  await server.close();
});

function candidate(
  place: Partial<Extract<Candidate['place'], { host: string }>>,
  likeness: Candidate['likeness'] = 'fsx',
) {
  return { name: 't', place: Object.assign({ host: SVM_HOST, address: null, path: '/train/set1' }, place), likeness };
}

async function ask(one: Candidate, changes: Partial<typeof BESIDE_A_RUN> = {}): Promise<TargetVolume | undefined> {
  const asking = Object.assign({}, BESIDE_A_RUN, { patience: PATIENCE, limitMs: 60_000 }, changes);
  return (await askAboutTargets([one], asking)()).get('t');
}

async function answerOf(one: Candidate): Promise<VolumeAnswer> {
  const found = await ask(one);
  if (found === undefined || 'unknown' in found) throw new Error(`no answer: ${found?.unknown}`);
  return found.answer;
}

test('by host name: the volume among 250, in pages', async () => {
  const { volume, fileSystem, svm, region, accountId, below, problems } = await answerOf(candidate({}));
  assert.equal([volume?.id, volume?.junctionPath, svm?.name], [volumeId(2), '/train', 'svm1']);
  assert.equal([region, accountId, problems], ['us-east-1', ACCOUNT, []]);
  assert.equal([volume?.tieringPolicy, volume?.coolingDays, fileSystem?.haPairs], ['AUTO', 31, 1]);
  assert.equal(below, []);
  const calls = (await server.requests()).map(({ action }) => action).sort();
  assert.equal(calls, ['DescribeFileSystems', 'DescribeStorageVirtualMachines', ...Array(3).fill('DescribeVolumes')]);
});

test('nested junctions: the deeper volume, and the ones below', async () => {
  assert.is((await answerOf(candidate({ path: '/train/val/x' }))).volume?.id, volumeId(3));
  assert.equal((await answerOf(candidate({ path: '/train' }))).below, ['/train/val']);
  const root = await answerOf(candidate({ path: '/' }));
  assert.is(root.volume?.name, 'svm1_root');
  assert.is(root.below.length, 248);
});

test('by address, also IPv6, and by alias with the address of the mount', async () => {
  for (const place of [
    { host: '10.0.0.20' },
    { host: 'storage.example.com', address: '10.0.0.20' },
    { host: 'localhost', address: '10.0.0.20' },
  ])
    assert.is((await answerOf(candidate(place))).volume?.id, volumeId(2), place.host);
  const nfs = { DNSName: SVM_HOST, Ipv6Addresses: ['2001:0db8:0:0::20'] };
  const world = worldOf(volumes);
  const [region] = Object.values(world.regions);
  await server.setWorld({
    regions: { 'us-east-1': { ...region!, virtualMachines: [svmJson({ Endpoints: { Nfs: nfs } })] } },
  });
  assert.is((await answerOf(candidate({ host: '2001:db8::20' }))).volume?.id, volumeId(2));
  await server.setWorld(world);
});

test('an address of another server is said to be one, or is left out if nobody said that it is FSx', async () => {
  const found = await ask(candidate({ host: '10.9.9.9' }));
  assert.match(
    found !== undefined && 'unknown' in found ? found.unknown : '',
    /^no storage virtual machine has the address 10\.9\.9\.9 in us-east-1/,
  );
  assert.is(await ask(candidate({ host: '10.9.9.9' }, 'unclear')), undefined);
  assert.is(await ask(candidate({ host: '10.9.9.9' }, 'ontap')), undefined);
  await server.fault('*', 'denied');
  assert.is(await ask(candidate({ host: '10.0.0.20' }, 'unclear')), undefined);
  assert.ok(await ask(candidate({ host: '10.0.0.20' }, 'ontap')));
});

test('a name without an address is not taken for a server that AWS does not know', async () => {
  const { problems } = await answerOf(candidate({ host: 'no.such.host.invalid' }));
  assert.equal(problems, ['no.such.host.invalid has no address; check the name, and the DNS of this machine']);
  assert.equal((await answerOf(candidate({ host: SVM_HOST }))).problems, []);
});

test('several targets share each list', async () => {
  const [one, two] = [candidate({}), { ...candidate({ path: '/train/val' }), name: 'u' }];
  const found = await askAboutTargets([one, two], { ...BESIDE_A_RUN, patience: PATIENCE, limitMs: 60_000 })();
  assert.equal([...found.keys()], ['t', 'u']);
  assert.is((await server.requests()).length, 5);
});

for (const [action, known] of [
  ['DescribeFileSystems', ['fs-0123456789abcdef0', null, 'svm1', volumeId(2)]],
  ['DescribeStorageVirtualMachines', ['fs-0123456789abcdef0', 'AVAILABLE', null, volumeId(2)]],
  ['DescribeVolumes', ['fs-0123456789abcdef0', 'AVAILABLE', 'svm1', undefined]],
] as const) {
  test(`without ${action}: the permission is named with its statement, and the rest is known`, async () => {
    await server.fault(action, 'denied');
    const { fileSystem, svm, volume, problems } = await answerOf(candidate({}));
    assert.equal([fileSystem?.id, fileSystem?.lifecycle, svm?.name, volume?.id], known);
    assert.is(problems.length, 1);
    const statement = `{"Effect":"Allow","Action":"fsx:${action}","Resource":"*"}`;
    assert.ok(problems[0]?.startsWith(`fsx:${action} in us-east-1: AccessDeniedException: `));
    assert.ok(problems[0]?.endsWith(`grant it with ${statement}`));
  });
}

test('without any permission, all three are named; other faults are named once', async () => {
  await server.fault('*', 'denied');
  const denied = await answerOf(candidate({}));
  assert.is(denied.problems.length, 3);
  const nothing = recordedVolume({ answer: denied });
  assert.ok(!('volume' in nothing));
  assert.match(nothing.storage?.fileSystem.id ?? '', /^fs-/);
  await server.calm();
  // Only the volumes are refused: what is known of the file system and its server is kept, and told.
  await server.fault('DescribeVolumes', 'denied');
  const partial = recordedVolume({ answer: await answerOf(candidate({})) });
  assert.equal(
    [partial.volume, partial.storage?.fileSystem.deploymentType, partial.storage?.svm?.name, partial.storage?.region],
    [undefined, 'SINGLE_AZ_1', 'svm1', 'us-east-1'],
  );
  assert.match(
    partial.volumeUnknown ?? '',
    'grant it with {"Effect":"Allow","Action":"fsx:DescribeVolumes","Resource":"*"}',
  );
  await server.calm();
  await server.fault('*', 'expired');
  const { problems } = await answerOf(candidate({}));
  assert.is(problems.length, 1);
  assert.match(problems[0] ?? '', /ExpiredTokenException.*; renew the credentials$/);
});

test('another region or account says so', async () => {
  const { problems } = await answerOf(candidate({ host: SVM_HOST.replace('us-east-1', 'eu-west-1') }));
  assert.match(problems.join('\n'), /FileSystemNotFound.*check the region, and the account/);
  assert.equal((await answerOf(candidate({}))).problems, []);
});

test('a volume by its id, mounted or not', async () => {
  const by = (id: string) => ask({ name: 't', place: { volumeId: id }, likeness: 'fsx' });
  const found = await by(volumeId(4));
  assert.is(found !== undefined && 'answer' in found ? found.answer.volume?.name : null, 'vol4');
  const missing = await by('fsvol-fffffffffffffffff');
  assert.match(missing && 'answer' in missing ? (missing.answer.problems[0] ?? '') : '', /VolumeNotFound/);
});

test('a service that hangs costs no more than the limit, and the record says why', async () => {
  assert.ok(BESIDE_A_RUN.limitMs < 3000 && BESIDE_A_RUN.patience.callMs < 3000, 'a run goes on within 3 s');
  await server.fault('*', 'hang');
  const found = await ask(candidate({}), { limitMs: 200 });
  assert.equal(found && recordedVolume(found), { volumeUnknown: 'AWS has not answered within 0.2 s' });
});

test('without a region, AWS is not asked', async () => {
  const back = withEnvironment({ AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined });
  const found = await ask(candidate({ host: '10.0.0.20' }));
  back();
  assert.match(
    found !== undefined && 'unknown' in found ? found.unknown : '',
    /^no AWS region is configured; set AWS_REGION/,
  );
  assert.equal(await server.requests(), []);
  const again = withEnvironment({ AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: undefined });
  const known = await ask(candidate({ host: '10.0.0.20', address: '10.0.0.20' }, 'ontap'));
  again();
  assert.not.match(known !== undefined && 'unknown' in known ? known.unknown : '', /no AWS region/);
});

test('settings in other shapes: FlexGroup, old sizes, no junction, several pairs, pending actions', async () => {
  const flexGroup = {
    VolumeStyle: 'FLEXGROUP',
    AggregateConfiguration: { Aggregates: ['aggr1', 'aggr2'], TotalConstituents: 16 },
  };
  const ontap = {
    ...flexGroup,
    SizeInBytes: undefined,
    TieringPolicy: { Name: 'ALL' },
    FlexCacheEndpointType: 'CACHE',
  };
  const pairs = {
    HAPairs: 4,
    ThroughputCapacity: 6144,
    ThroughputCapacityPerHAPair: undefined,
    DeploymentType: 'SINGLE_AZ_2',
  };
  const actions = [
    { AdministrativeActionType: 'STORAGE_OPTIMIZATION', Status: 'IN_PROGRESS', ProgressPercent: 40 },
    { AdministrativeActionType: 'FILE_SYSTEM_UPDATE', Status: 'COMPLETED' },
  ];
  const world = worldOf([]);
  await server.setWorld({
    regions: {
      'us-east-1': {
        fileSystems: [fileSystemJson({ AdministrativeActions: actions }, pairs)],
        virtualMachines: [svmJson()],
        volumes: [rootVolumeJson(), volumeJson(2, '/train', ontap)],
      },
    },
  });
  const { volume, fileSystem } = await answerOf(candidate({}));
  await server.setWorld(world);
  assert.equal([volume?.style, volume?.constituents, volume?.aggregates], ['FLEXGROUP', 16, ['aggr1', 'aggr2']]);
  assert.equal([volume?.sizeBytes, volume?.tieringPolicy, volume?.coolingDays], [107_374_182_400, 'ALL', null]);
  assert.equal([fileSystem?.haPairs, fileSystem?.throughputCapacityPerHaPairMBps], [4, 1536]);
  assert.equal(fileSystem?.pendingActions, [
    { type: 'STORAGE_OPTIMIZATION', status: 'IN_PROGRESS', progressPercent: 40 },
  ]);
});

/** A metadata service of EC2. `null` in a value: it does not answer. */
async function metadata(words: Readonly<Record<string, string>> | null, use: (url: string) => Promise<void>) {
  const http: Server = createServer((request, response) => {
    if (words === null) return;
    const path = request.url?.replace('/latest/meta-data/', '') ?? '';
    const isAllowed = request.headers['x-aws-ec2-metadata-token'] === 'TOKEN';
    const text = request.method === 'PUT' ? 'TOKEN' : isAllowed ? words[path] : undefined;
    response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const back = withEnvironment({ AWS_EC2_METADATA_DISABLED: undefined, AWS_EC2_METADATA_SERVICE_ENDPOINT: url });
  try {
    await use(url);
  } finally {
    back();
    http.closeAllConnections();
    http.close();
  }
}

test('the metadata service says the region and the subnets; one that hangs is given up', async () => {
  const words = {
    'placement/region': 'eu-west-1',
    'network/interfaces/macs/': '02:aa/\n02:bb/',
    'network/interfaces/macs/02:aa/subnet-id': 'subnet-1',
    'network/interfaces/macs/02:aa/vpc-id': 'vpc-1',
  };
  await metadata(words, async () => {
    const networks = [{ subnetId: 'subnet-1', vpcId: 'vpc-1' }];
    assert.equal(await readInstancePlace(30_000), { region: 'eu-west-1', networks });
    const back = withEnvironment({ AWS_REGION: undefined });
    assert.is(await configuredRegion(() => readInstancePlace(30_000)), 'eu-west-1');
    back();
  });
  await metadata(null, async () => {
    assert.equal(await readInstancePlace(100), { region: null, networks: [] });
  });
});

test('credentials of a metadata service that hangs cost no more than the limit', async () => {
  await metadata(null, async () => {
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    const back = withEnvironment(none);
    const found = await ask(candidate({}), { limitMs: 300 });
    back();
    assert.equal(found, { unknown: 'AWS has not answered within 0.3 s' });
  });
});

test.run();
