import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENT, type Patience } from '../../src/aws/retry.js';
import type { FeedrateError } from '../../src/base/errors.js';
import { type FsxApi, openFsx } from '../../src/fsx/api.js';
import { withEnvironment } from '../support/environment.js';
import { refusalOf } from '../support/feedrate-error.js';
import { bodyFaults } from '../support/fsx-schema.js';
import { type FsxRequest, FsxServer } from '../support/fsx-server.js';
import { FILE_SYSTEM, REGION, SVM, volumeId, volumeJson, worldOf } from '../support/fsx-world.js';
import { repositoryRoot } from '../support/repository.js';
import { needTool, skipTest } from '../support/skip.js';

const test = suite('FSx API');

const volumes = Array.from({ length: 249 }, (_, index) => volumeJson(index + 2, `/v${index + 2}`));
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

const QUICK: Patience = { attemptMs: 400, callMs: 400 };
const open = (patience = PATIENT): Promise<FsxApi> => openFsx(REGION, patience);
/** The refusal of a service that answers, although a busy machine may need longer for it than a caller who is in a hurry waits. */
async function answeredRefusal(call: (api: FsxApi) => Promise<unknown>): Promise<FeedrateError> {
  for (let ms = 400; ; ms *= 4) {
    await server.forget();
    const error = await refusalOf(async () => call(await open({ attemptMs: ms, callMs: ms })));
    if (!error.message.includes('no answer for') || ms > 10_000) return error;
  }
}

const ofSvm = { name: 'storage-virtual-machine-id', value: SVM } as const;

test('250 volumes come in pages, each once', async () => {
  const found = await (await open()).volumes(ofSvm);
  assert.is(found.length, 250);
  assert.is(new Set(found.map(({ VolumeId }) => VolumeId)).size, 250);
  const requests = await server.requests();
  assert.equal(
    requests.map(({ action }) => action),
    Array(3).fill('DescribeVolumes'),
  );
  assert.is(requests[0]?.region, REGION);
});

test('credentials that never come keep no process alive', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const script = `
    import { openFsx } from ${JSON.stringify(new URL('../../src/fsx/api.js', import.meta.url).href)};
    const api = await openFsx('us-east-1', { attemptMs: 1500, callMs: 1500 });
    await api.fileSystems(null).catch(({ message }) => console.log(message));`;
  const env = Object.assign({}, process.env, server.environment, {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/`,
  });
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env });
  const stdout = text(child.stdout);
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const [status] = await once(child, 'exit');
  clearTimeout(timer);
  silent.closeAllConnections();
  silent.close();
  assert.is(status, 0);
  assert.match(await stdout, /no answer for 1.5 s/);
});

test('throttled calls are repeated', async () => {
  await server.fault('DescribeVolumes', 'throttled', 2);
  assert.is((await (await open()).volumes({ id: volumeId(2) }))[0]?.Name, 'vol2');
  assert.is((await server.requests()).length, 3);
});

test('throttling ends with the patience of the caller', async () => {
  await server.fault('DescribeVolumes', 'throttled');
  const error = await answeredRefusal((api) => api.volumes(ofSvm));
  assert.match(
    error.message,
    /^fsx:DescribeVolumes in us-east-1: ThrottlingException: Rate exceeded; try again later$/,
  );
  await server.calm();
  assert.is((await (await open()).volumes({ id: volumeId(2) })).length, 1);
});

test('a failing service is asked again, and named when it goes on', async () => {
  await server.fault('DescribeFileSystems', 'html', 1);
  assert.is((await (await open()).fileSystems([FILE_SYSTEM])).length, 1);
  await server.fault('DescribeFileSystems', 'html');
  const error = await answeredRefusal((api) => api.fileSystems(null));
  assert.match(
    error.message,
    /^fsx:DescribeFileSystems in us-east-1: UnreadableAnswer: the answer \(HTTP 500\) is not AWS JSON; check for a proxy/,
  );
});

for (const [fault, expected] of [
  [
    'denied',
    /AccessDeniedException: .*; grant it with \{"Effect":"Allow","Action":"fsx:DescribeVolumes","Resource":"\*"\}$/,
  ],
  ['expired', /ExpiredTokenException: .*; renew the credentials$/],
  ['unknownToken', /UnrecognizedClientException: .*; check the credentials and the clock$/],
  ['malformed', /the answer \(HTTP 200\) is not AWS JSON; /],
  ['hang', /no answer for 0\.4 s; check the network/],
] as const) {
  test(`${fault}: the error says what to do`, async () => {
    await server.fault('DescribeVolumes', fault);
    const error = await (fault === 'hang'
      ? refusalOf(async () => (await open(QUICK)).volumes(ofSvm))
      : answeredRefusal((api) => api.volumes(ofSvm)));
    assert.is(error.code, 'cloud');
    assert.match(error.message, expected);
    assert.ok((await server.requests()).length <= 1, 'it is not asked again');
    // Whatever is advised, the call succeeds once the fault is over.
    await server.calm();
    assert.is((await (await open()).volumes({ id: volumeId(2) }))[0]?.Name, 'vol2');
  });
}

test('a dead address is reported at once, without repetitions', async () => {
  const closed = await FsxServer.start(worldOf([]));
  await closed.close();
  const back = withEnvironment({ AWS_ENDPOINT_URL_FSX: closed.url });
  try {
    const error = await refusalOf(async () => (await open()).volumes(ofSvm));
    assert.match(error.message, /ECONNREFUSED.*; check the network/);
  } finally {
    back();
  }
});

test('another region has nothing', async () => {
  const api = await openFsx('eu-west-1', PATIENT);
  assert.equal(await api.volumes(ofSvm), []);
  assert.match((await refusalOf(() => api.fileSystems([FILE_SYSTEM]))).message, /FileSystemNotFound/);
});

/** Calls everything that the server knows, and returns what was asked and answered. */
async function conversation(): Promise<readonly FsxRequest[]> {
  const volumes = [2, 3, 4].map((number) => volumeJson(number, `/v${number}`));
  const server = await FsxServer.start(worldOf(volumes, { pageItems: 2, describesUntilVisible: 2 }));
  const restore = withEnvironment(server.environment);
  try {
    const api = await openFsx(REGION, PATIENT);
    await api.fileSystems([FILE_SYSTEM]);
    await api.fileSystems(null);
    await api.virtualMachines({ name: 'file-system-id', value: FILE_SYSTEM });
    await api.volumes({ name: 'storage-virtual-machine-id', value: SVM });
    const policy = async () => {
      const [volume] = await api.volumes({ id: volumeId(2) });
      return volume?.OntapConfiguration?.TieringPolicy;
    };
    const setAll = () =>
      api.call('UpdateVolume', (client, options) => {
        const input = { VolumeId: volumeId(2), OntapConfiguration: { TieringPolicy: { Name: 'ALL' as const } } };
        return client.send(new api.sdk.UpdateVolumeCommand(input), options);
      });
    const { Volume: unchanged } = await setAll();
    assert.is(unchanged?.OntapConfiguration?.TieringPolicy?.Name, 'AUTO');
    assert.is(unchanged?.AdministrativeActions, undefined);
    assert.match((await refusalOf(setAll)).message, /BadRequest: There is an update already in progress/);
    assert.equal(
      [await policy(), await policy()].map((each) => each?.Name),
      ['AUTO', 'AUTO'],
    );
    assert.equal(await policy(), { Name: 'ALL' });
    return await server.requests();
  } finally {
    restore();
    await server.close();
  }
}

test('the schema of the SDK finds faults', () => {
  assert.equal(bodyFaults('DescribeVolumesRequest', { VolumeIds: ['fsvol-0'], MaxResults: 5 }), []);
  assert.equal(bodyFaults('DescribeVolumesRequest', { VolumeIds: 'x', maxResults: 5 }), [
    'DescribeVolumesRequest.VolumeIds: expected a list',
    'DescribeVolumesRequest.maxResults: no such member',
  ]);
});

test('requests and answers fit the service model of botocore', async () => {
  needTool('python3');
  const requests = await conversation();
  const program = join(repositoryRoot, 'test', 'support', 'fsx-botocore.py');
  const lines = requests.flatMap(({ action, body, answer }) => [
    { action, side: 'request', body },
    ...(answer === null ? [] : [{ action, side: 'answer', body: answer }]),
  ]);
  const input = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const { status, stdout, stderr } = spawnSync('python3', [program], { input, encoding: 'utf8' });
  // Debian's botocore is older than the fields that this test checks.
  if (status === 3) skipTest(stderr.trim(), 'machine');
  assert.is(status, 0, stderr);
  assert.is(stdout, '');
  assert.ok(lines.length >= 15);
});

test.run();
