import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENT } from '../../src/aws/retry.js';
import { openFsx } from '../../src/fsx/api.js';
import { withEnvironment } from '../support/environment.js';
import { refusalOf } from '../support/feedrate-error.js';
import { bodyFaults } from '../support/fsx-schema.js';
import { type FsxRequest, FsxServer } from '../support/fsx-server.js';
import { FILE_SYSTEM, REGION, SVM, volumeId, volumeJson, worldOf } from '../support/fsx-world.js';
import { repositoryRoot } from '../support/repository.js';
import { needTool, skipTest } from '../support/skip.js';

const test = suite('fidelity of the FSx server of the tests');

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
