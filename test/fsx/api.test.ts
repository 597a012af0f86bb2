import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENT, type Patience } from '../../src/aws/retry.js';
import { type FsxApi, openFsx } from '../../src/fsx/api.js';
import { withEnvironment } from '../support/environment.js';
import { refusalOf } from '../support/feedrate-error.js';
import { FsxServer } from '../support/fsx-server.js';
import { FILE_SYSTEM, REGION, SVM, volumeId, volumeJson, worldOf } from '../support/fsx-world.js';

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

test('throttled calls are repeated', async () => {
  await server.fault('DescribeVolumes', 'throttled', 2);
  assert.is((await (await open()).volumes({ id: volumeId(2) }))[0]?.Name, 'vol2');
  assert.is((await server.requests()).length, 3);
});

test('throttling ends with the patience of the caller', async () => {
  await server.fault('DescribeVolumes', 'throttled');
  const error = await refusalOf(async () => (await open(QUICK)).volumes(ofSvm));
  assert.match(
    error.message,
    /^fsx:DescribeVolumes in us-east-1: ThrottlingException: Rate exceeded; try again later$/,
  );
});

test('a failing service is asked again, and named when it goes on', async () => {
  await server.fault('DescribeFileSystems', 'html', 1);
  assert.is((await (await open()).fileSystems([FILE_SYSTEM])).length, 1);
  await server.fault('DescribeFileSystems', 'html');
  const error = await refusalOf(async () => (await open(QUICK)).fileSystems(null));
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
    const error = await refusalOf(async () => (await open(QUICK)).volumes(ofSvm));
    assert.is(error.code, 'cloud');
    assert.match(error.message, expected);
    assert.is((await server.requests()).length, 1);
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

test.run();
