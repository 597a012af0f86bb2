import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { FsxServer } from '../support/fsx-server.js';
import { SVM_HOST, volumeId, volumeJson, worldOf } from '../support/fsx-world.js';
import { repositoryRoot } from '../support/repository.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/fsx describe');
const TARGET = `nfs://${SVM_HOST}/train/set1`;

let server: FsxServer;
test.before(async () => {
  const hostile = { Name: 'evil\u001b[31m\nname' };
  server = await FsxServer.start(worldOf([volumeJson(2, '/train'), volumeJson(3, '/evil', {}, hostile)]));
});
test.after.each(() => server.calm());
test.after(() => server.close());

const describe = (...args: string[]) => feedrate(['fsx', 'describe', ...args], undefined, server.environment);

test('a table of settings, and what to do about them', () => {
  const { status, stdout, stderr } = describe('-t', TARGET, '-t', 'ip=nfs://10.0.0.20/train');
  assert.is(status, 0, stderr);
  assert.match(stdout, /^set1: nfs:\/\/svm-/m);
  assert.match(stdout, /volume +│ fsvol-00000000000000002 \(vol2\), FlexVol, 100 GiB, at \/train, UNIX/);
  assert.match(stdout, /tiering +│ AUTO after 31 days/);
  assert.match(stdout, /^ip: nfs:\/\/10\.0\.0\.20/m);
});

test('JSON has the records and the findings', () => {
  const { status, stdout } = describe('-t', TARGET, '--volume', volumeId(3), '--format', 'json');
  assert.is(status, 0);
  const [target, byId] = JSON.parse(stdout);
  assert.equal(target.target.name, 'set1');
  assert.equal([target.volume.tieringPolicy, target.volume.coolingDays, target.region], ['AUTO', 31, 'us-east-1']);
  assert.equal(target.problems, []);
  assert.is(byId.volume.name, 'evil\u001b[31m\nname');
  assert.ok(byId.findings.some(({ check }: { check: string }) => check === 'maintenance'));
});

test('names from AWS reach no terminal as commands', () => {
  const { stdout } = describe('--volume', volumeId(3));
  assert.not.ok(stdout.includes('\u001b'));
  assert.ok(stdout.includes('evil\\u001b[31m\\nname'));
});

test('a missing permission: the statement is complete, the rest is shown, the status is 5', async () => {
  await server.fault('DescribeVolumes', 'denied');
  const { status, stdout } = describe('-t', TARGET);
  assert.is(status, 5);
  assert.ok(stdout.includes('grant it with {"Effect":"Allow","Action":"fsx:DescribeVolumes","Resource":"*"}'));
  assert.match(stdout, /FSx file system +│ fs-0123456789abcdef0, SINGLE_AZ_1, 512 MBps/);
  await server.calm();
  await server.fault('*', 'expired');
  const expired = describe('-t', TARGET, '--format', 'json');
  assert.is(expired.status, 5);
  assert.match(JSON.parse(expired.stdout)[0].problems[0], /renew the credentials$/);
});

test('wrong words', () => {
  assert.match(describe('-t', '/').stderr, /^feedrate: -t \/: it is not on an NFS mount; name a directory/);
  assert.match(describe('--volume', 'vol1').stderr, /^feedrate: --volume vol1: expected fsvol-/);
  assert.match(describe().stderr, /^feedrate: name a target with -t, or a volume with --volume/);
  assert.is(describe().status, 2);
});

test('slow credentials: the SDK’s own warnings do not reach stderr', async () => {
  const credentials = createServer((_request, response) => {
    const granted = {
      AccessKeyId: 'AKIDEXAMPLE',
      SecretAccessKey: 's',
      Token: 't',
      Expiration: '2100-01-01T00:00:00Z',
    };
    // The SDK warns after 1 s.
    setTimeout(() => response.end(JSON.stringify(granted)), 1300);
  });
  await new Promise<void>((resolve) => credentials.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(credentials.address() as AddressInfo).port}/`;
  const env = Object.assign({}, process.env, server.environment, {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
  });
  const main = join(repositoryRoot, 'dist', 'bin', 'main.js');
  const child = spawn(process.execPath, [main, 'fsx', 'describe', '-t', TARGET], { env });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  credentials.close();
  assert.is(stderr, '');
  assert.match(stdout, /fsvol-00000000000000002/);
});

test('without the SDK: one line says what is missing', () => {
  return withTemporaryDirectory((directory) => {
    // The command as it is installed with --omit=optional.
    mkdirSync(join(directory, 'dist'));
    cpSync(join(repositoryRoot, 'dist', 'bin'), join(directory, 'dist', 'bin'), { recursive: true });
    cpSync(join(repositoryRoot, 'package.json'), join(directory, 'package.json'));
    const main = join(directory, 'dist', 'bin', 'main.js');
    const env = { ...process.env, ...server.environment };
    const { stdout } = spawnSync(process.execPath, [main, 'fsx', 'describe', '-t', TARGET], { encoding: 'utf8', env });
    assert.match(
      stdout,
      /the package @aws-sdk\/client-fsx is not installed; reinstall feedrate with its optional dependencies/,
    );
  });
});

test.run();
