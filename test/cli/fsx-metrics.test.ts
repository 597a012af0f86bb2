/** `feedrate fsx metrics` from CloudWatch's protocol (moto) to the report, and again without a network. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadSdk } from '../../src/aws/sdk.js';
import { NAMESPACE } from '../../src/fsx/cloudwatch.js';
import { ontapCredentials } from '../../src/fsx/ontap-credentials.js';
import { withReadOnly } from '../run/place.js';
import { feedrate } from '../support/command-thread.js';
import { withEnvironment } from '../support/environment.js';
import { refusalOf } from '../support/feedrate-error.js';
import { FILE_SYSTEM, fsxRun, VOLUME } from '../support/fsx-metrics.js';
import { type Moto, startMoto } from '../support/moto.js';
import { storeRun } from '../support/stored-runs.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

/** Two hours ago, at a whole five minutes: nothing more is expected of such a run. */
const START = Math.floor(Date.now() / 300_000) * 300_000 - 7_200_000;
const ACCESS = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_EC2_METADATA_DISABLED: 'true',
};
const NO_NETWORK = { ...ACCESS, AWS_ENDPOINT_URL_CLOUDWATCH: 'http://127.0.0.1:1' };
const MIB = 2 ** 20;

/** One value a minute from the start of the run. */
function data(
  MetricName: string,
  dimensions: Readonly<Record<string, string>>,
  values: readonly number[],
  everyMinutes = 1,
): MetricDatum[] {
  const Dimensions = Object.entries({ FileSystemId: FILE_SYSTEM, ...dimensions }).map(([Name, Value]) => ({
    Name,
    Value,
  }));
  return values.map((Value, index) => {
    return { MetricName, Dimensions, Value, Timestamp: new Date(START + index * everyMinutes * 60_000) };
  });
}

async function putMetrics(url: string): Promise<void> {
  const { CloudWatchClient, PutMetricDataCommand } = await loadSdk('cloudwatch');
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const client = new CloudWatchClient({
    endpoint: url,
    region: 'us-east-1',
    credentials,
    // moto does not read compressed requests.
    disableRequestCompression: true,
  });
  const volume = { VolumeId: VOLUME };
  const node = `FsxId${FILE_SYSTEM.slice(3)}`;
  const MetricData = [
    //                                                                                    0  1   2   3   4   5   6  7  8
    ...data('NetworkThroughputUtilization', { FileServer: `${node}-01` }, [2, 50, 60, 70, 80, 97, 40, 9, 2]),
    ...data('NetworkThroughputUtilization', { FileServer: `${node}-02` }, [0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ...data('DiskIopsUtilization', { Aggregate: 'aggr1' }, [1, 99, 98, 97, 96, 95, 20, 5, 1]),
    ...data(
      'DiskReadBytes',
      { Aggregate: 'aggr1' },
      [0, 900, 900, 900, 900, 900, 100, 0, 0].map((mib) => mib * MIB),
    ),
    ...data(
      'DataReadBytes',
      {},
      [0, 1000, 1000, 1000, 1000, 1000, 100, 50, 0].map((mib) => mib * MIB),
    ),
    ...data(
      'DataReadBytes',
      volume,
      [0, 1000, 1000, 1000, 1000, 1000, 100, 50, 0].map((mib) => mib * MIB),
    ),
    ...data('DataReadOperations', volume, [0, 1000, 1000, 1000, 1000, 1000, 100, 50, 0]),
    ...data('DataReadOperationTime', volume, [0, 2, 2, 2, 2, 2, 0.2, 0.1, 0]),
    ...data('CapacityPoolReadOperations', volume, [0, 100, 20, 0, 0, 0, 0, 0, 0]),
    ...data(
      'CapacityPoolReadBytes',
      volume,
      [0, 400, 80, 0, 0, 0, 0, 0, 0].map((mib) => mib * MIB),
    ),
    ...data('FileServerDiskThroughputBalance', { FileServer: `${node}-01` }, [100, 83], 5),
    ...data('StorageUsed', { ...volume, StorageTier: 'SSD', DataType: 'All' }, [3 * 2 ** 30]),
  ];
  await client.send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData }));
  client.destroy();
}

const metrics = suite('fsx metrics');

let moto: Promise<Moto> | undefined;

/** Runs with moto, which is started once and ends with this process. */
async function withMoto(use: (moto: Moto) => Promise<void>): Promise<void> {
  moto ??= startMoto();
  await use(await moto);
}

function withMetrics(use: (results: string, moto: Moto) => void): Promise<void> {
  return withMoto(async (moto) => {
    await putMetrics(moto.url);
    await withTemporaryDirectory((results) => use(results, moto));
  });
}

metrics.after(async () => (await moto?.catch(() => undefined))?.close());

metrics('CloudWatch is fetched once, joined to the trials, kept with the run, and shown again without a network', () =>
  withMetrics((results, moto) => {
    const { run, trials } = fsxRun(START);
    const directory = storeRun(results, run, trials);
    const online = { ...ACCESS, AWS_ENDPOINT_URL_CLOUDWATCH: moto.url };
    const shown = feedrate(['fsx', 'metrics', '-o', results], results, online);
    assert.is(shown.status, 0, shown.stderr);
    assert.match(shown.stdout, /│ A read\/bs=1MiB +│ +1 │ +5 │ +97 % │ +99 % │/);
    assert.match(shown.stdout, /│ B read\/bs=4KiB +│ +1 │ +0 │ +– │/);
    assert.match(shown.stdout, /120, 480 MiB/);
    assert.match(shown.stdout, /120 requests read 480 MiB from the capacity pool/);
    assert.match(shown.stdout, /SSD IOPS reached 99 % of the provisioned IOPS/);
    assert.match(shown.stdout, /1 of 2 trials contains no whole minute/);
    assert.match(shown.stdout, /│ +2 ms │/);
    assert.match(shown.stdout, /^trials +AAAAA·· *$/m);
    assert.match(shown.stdout, /^burst left +min 83 % +█{5}▇{5}$/m);
    assert.not.match(shown.stdout, 'server IOPS', 'what has no values is not shown');
    const again = feedrate(['fsx', 'metrics', '-o', results], results, NO_NETWORK);
    assert.equal(again, shown);
    const json = JSON.parse(
      feedrate(['fsx', 'metrics', '-o', results, '--format', 'json'], results, NO_NETWORK).stdout,
    );
    assert.is(json.arms[0].diskPerClientByte, 0.9);
    assert.is(json.metrics.targets[0].volumeId, VOLUME);
    const csv = feedrate(['fsx', 'metrics', '-o', results, '--format', 'csv'], results, NO_NETWORK).stdout.split('\n');
    assert.match(csv[0]!, /^start,period_s,file_system,volume,file_server,/);
    assert.is(csv.filter((line) => line.includes('DiskIopsUtilization') && line.includes('read/bs=1MiB')).length, 5);
    assert.match(
      feedrate(['fsx', 'metrics', '-o', results, '--format', 'md'], results, NO_NETWORK).stdout,
      /^\| A read\/bs=1MiB \|/m,
    );

    const refused = feedrate(['fsx', 'metrics', '-o', results, '--refresh'], results, NO_NETWORK);
    assert.is(refused.status, 5);
    assert.match(refused.stderr, /cloudwatch:.* in us-east-1: ECONNREFUSED/);
    writeFileSync(join(directory, 'fsx-metrics.json'), '{"metricsVersion":1,');
    const mended = feedrate(['fsx', 'metrics', '-o', results], results, online);
    assert.match(mended.stderr, /fsx-metrics.json: cut off or damaged.*fetching the metrics again/);
    assert.match(readFileSync(join(directory, 'fsx-metrics.json'), 'utf8'), VOLUME);
    assert.is(feedrate(['fsx', 'metrics', '-o', results, '--refresh'], results, online).status, 0);
    rmSync(join(directory, 'fsx-metrics.json'));
  }),
);

metrics('metrics that cannot be kept are shown, and kept once the run directory is writable', () =>
  withMoto(({ url }) =>
    withTemporaryDirectory(async (results) => {
      const { run, trials } = fsxRun(START);
      const directory = storeRun(results, run, trials);
      const fetched = () =>
        feedrate(['fsx', 'metrics', '-o', results], results, { ...ACCESS, AWS_ENDPOINT_URL_CLOUDWATCH: url });
      await withReadOnly(directory, () => {
        assert.match(fetched().stderr, /; make the run directory writable to keep them\n$/);
      });
      assert.is(fetched().stderr, '');
      assert.ok(existsSync(join(directory, 'fsx-metrics.json')));
    }),
  ),
);

metrics('the password for ONTAP comes from Secrets Manager, and is in no message', () =>
  withMoto(async ({ url }) => {
    const restore = withEnvironment({ ...ACCESS, AWS_ENDPOINT_URL_SECRETS_MANAGER: url });
    try {
      const { SecretsManagerClient, CreateSecretCommand } = await loadSdk('secrets-manager');
      const client = new SecretsManagerClient({ region: 'us-east-1' });
      const create = (Name: string, SecretString: string) =>
        client.send(new CreateSecretCommand({ Name, SecretString }));
      const { ARN } = await create('ontap', '{"username":"reader","password":"a:b"}');
      await create('damaged', '{"password":"never-shown"');
      assert.equal(await ontapCredentials(ARN!, null, {}), { username: 'reader', password: 'a:b' });
      assert.equal(await ontapCredentials('ontap', 'us-east-1', {}), { username: 'reader', password: 'a:b' });
      const damaged = await refusalOf(() => ontapCredentials('damaged', 'us-east-1', {}));
      assert.match(damaged.message, 'the secret damaged is not the JSON');
      assert.not.match(`${damaged.message}${damaged.cause}`, 'never-shown');
      const missing = await refusalOf(() => ontapCredentials('missing', 'us-east-1', {}));
      assert.match(missing.message, /secretsmanager:GetSecretValue in us-east-1: ResourceNotFoundException/);
      client.destroy();
    } finally {
      restore();
    }
  }),
);

metrics('a run without a recorded volume says which options name it', () =>
  withTemporaryDirectory((results) => {
    const { run, trials } = fsxRun(START, null);
    storeRun(results, run, trials);
    const refused = feedrate(['fsx', 'metrics', '-o', results], results, NO_NETWORK);
    assert.is(refused.status, 2);
    assert.match(refused.stderr, /--file-system fs-…, --volume fsvol-… and --region/);
    for (const words of [['--wait', 'soon'], ['--file-system', 'x'], ['no-such-run']])
      assert.is(feedrate(['fsx', 'metrics', '-o', results, ...words], results, NO_NETWORK).status, 2, words.join(' '));
  }),
);

metrics.run();
