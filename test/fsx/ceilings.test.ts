/** The shipped figures against those of the documents, written here anew, and the form of a user's file. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { type CeilingsFile, ceilingsFile } from '../../src/fsx/ceilings-file.js';
import { shippedDataFile, withCeilings } from '../../src/fsx/look-up-ceilings.js';
import { parseData, readDataFile } from '../../src/fsx/yaml-fields.js';
import { figureIn } from '../../src/record/ceiling-figure.js';
import type { CeilingLevel } from '../../src/record/ceiling-record.js';
import { targetCeilings } from '../../src/stats/target-ceilings.js';
import { makeVolume, volumeTarget } from '../support/fsx-volumes.js';
import { makeRun } from '../support/records.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('fsx/ceilings');

const shipped: CeilingsFile = readDataFile(shippedDataFile('ceilings.yaml'), ceilingsFile);
const MB = 1e6;
const level = (base: number, burst: number | 'none'): CeilingLevel => ({ base, burst });
const scaled = ({ base, burst }: CeilingLevel, factor: number): CeilingLevel =>
  level(base * factor, burst === 'none' ? burst : (burst as number) * factor);

/** Setting, network, disk, IOPS, memory and NVMe of a Multi-AZ file system in GB. */
const FIRST = [
  [128, level(150, 1250), level(128, 600), level(6000, 18_750), 16, 150],
  [256, level(300, 1250), level(256, 600), level(12_000, 18_750), 32, 300],
  [512, level(625, 1250), level(512, 600), level(18_750, 'none'), 32, 600],
  [1024, level(1500, 'none'), level(1024, 'none'), level(40_000, 'none'), 64, 1200],
  [2048, level(3125, 'none'), level(2048, 'none'), level(80_000, 'none'), 128, 2400],
] as const;

const SECOND = [
  [384, level(781, 6250), level(384, 3125), level(12_500, 65_000), 16, null],
  [768, level(1563, 6250), level(768, 3125), level(25_000, 65_000), 32, null],
  [1536, level(3125, 6250), level(1536, 3125), level(50_000, 65_000), 64, null],
  [3072, level(6250, 'none'), level(3072, 'none'), level(100_000, 'none'), 128, null],
  [6144, level(12_500, 'none'), level(6144, 'none'), level(200_000, 'none'), 256, 1900],
] as const;

/** The documented rows for a setting, in one class of Regions. */
function rowsOf(type: string, setting: number, regionClass = 'other') {
  return shipped.fileServers.filter(
    (row) =>
      row.deploymentType === type &&
      [setting, 'any'].includes(row.throughputPerHaPairMBps) &&
      ['any', regionClass].includes(row.regionClass),
  );
}

for (const [type, rows] of [
  ['SINGLE_AZ_1', FIRST],
  ['MULTI_AZ_1', FIRST],
  ['SINGLE_AZ_2', SECOND],
] as const) {
  for (const [setting, network, disk, iops, memory, nvme] of rows) {
    test(`${type} at ${setting} MBps has the documented figures`, () => {
      const documented = rowsOf(type, setting).filter(({ status }) => status === 'documented');
      const figure = <Value>(read: (row: (typeof documented)[number]) => Value | null) => {
        const found = figureIn(documented, read);
        return found === null || found === 'conflict' ? null : found.value;
      };
      assert.equal(
        figure(({ networkBytesPerSecond }) => networkBytesPerSecond),
        scaled(network, MB),
      );
      assert.equal(
        figure(({ diskBytesPerSecond }) => diskBytesPerSecond),
        scaled(disk, MB),
      );
      assert.equal(
        figure((row) => row.iops),
        iops,
      );
      assert.is(
        figure(({ memoryBytes }) => memoryBytes),
        memory * 1e9,
      );
      const single = setting === 2048 ? null : 0;
      assert.is(
        figure(({ nvmeBytes }) => nvmeBytes),
        type === 'SINGLE_AZ_1' ? single : nvme && nvme * 1e9,
      );
    });
  }
}

test('4096 MBps has IOPS in four Regions, and no other figure anywhere', () => {
  for (const region of ['us-east-1', 'us-east-2', 'us-west-2', 'eu-west-1', 'ap-northeast-1']) {
    const volume = makeVolume({
      region,
      fileSystem: { deploymentType: 'SINGLE_AZ_1', throughputCapacityPerHaPairMBps: 4096 },
    });
    const { ceilings, missing } = targetCeilings(volumeTarget({ volume }), 1)!;
    const kinds = ceilings.map(({ kind }) => kind);
    assert.is(kinds.includes('server-iops'), region !== 'ap-northeast-1', region);
    assert.not(kinds.includes('disk') || kinds.includes('network'), region);
    assert.match(
      missing.map(({ what, why }) => `${what}: ${why}`).join('\n'),
      /disk: no published figure for SINGLE_AZ_1/,
    );
  }
  const iops = rowsOf('MULTI_AZ_1', 4096, 'first-gen-4096').flatMap((row) => row.iops ?? []);
  assert.equal(iops, [{ base: 160_000, burst: null }], 'whether there is a burst is not published');
});

test('NVMe at 2048 MBps is smaller in the four Regions', () => {
  const nvme = rowsOf('MULTI_AZ_1', 2048, 'first-gen-4096').flatMap(({ nvmeBytes }) => nvmeBytes ?? []);
  assert.equal(nvme, [1900e9]);
});

/** Deployment type, setting, Region → the limit of writes in MB/s and its status, or why there is none. */
for (const [type, setting, region, expected] of [
  ['SINGLE_AZ_1', 2048, 'us-east-1', '1000 documented'],
  ['SINGLE_AZ_1', 128, 'ap-northeast-1', '750 documented'],
  ['MULTI_AZ_1', 2048, 'eu-west-1', '1800 documented'],
  ['MULTI_AZ_1', 2048, 'ca-central-1', '1300 documented'],
  ['SINGLE_AZ_2', 1536, 'ap-northeast-1', '1333 measured'],
  ['SINGLE_AZ_2', 6144, 'ap-northeast-1', '2097 measured'],
  ['SINGLE_AZ_2', 3072, 'ap-northeast-1', 'disagree'],
  ['MULTI_AZ_2', 1536, 'ap-northeast-1', 'disagree'],
] as const) {
  test(`writes of ${type} at ${setting} in ${region}: ${expected}`, () => {
    const volume = makeVolume({
      region,
      fileSystem: { deploymentType: type, throughputCapacityPerHaPairMBps: setting },
    });
    const { ceilings, missing } = targetCeilings(volumeTarget({ volume }), 1)!;
    const found = ceilings.find(({ kind }) => kind === 'write');
    const why = missing.find(({ what }) => what === 'writes')?.why ?? '';
    const text = found === undefined ? /disagree/.exec(why)?.[0] : `${found.level.base / MB} ${found.status}`;
    assert.is(text, expected);
  });
}

test('memory of which the sources disagree is no figure, and a measured absence of NVMe is 0', () => {
  assert.is(
    figureIn(rowsOf('MULTI_AZ_1', 2048), ({ memoryBytes }) => memoryBytes),
    'conflict',
  );
  const measured = rowsOf('SINGLE_AZ_1', 128).filter(({ status }) => status === 'measured');
  assert.equal(
    measured.map(({ nvmeBytes }) => nvmeBytes),
    [0],
  );
});

test('every row names its source and when it was read', () => {
  const rows = [shipped.fileServers, shipped.bursts, shipped.ssd, shipped.tcpFlow, shipped.clients].flat();
  assert.ok(rows.length > 150);
  for (const { source } of rows) {
    assert.match(source.url ?? '', /^https:\/\//);
    assert.match(source.retrieved, /^2026-11-29$/);
  }
});

test('a TCP connection, the SSD of a TiB, the burst that was watched, and a client', () => {
  assert.equal(
    shipped.tcpFlow.map(({ bytesPerSecond }) => bytesPerSecond),
    [625e6],
  );
  assert.equal(
    shipped.ssd.map((row) => [row.bytesPerSecondPerTiB, row.iopsPerTiB]),
    [[768e6, 3072]],
  );
  assert.equal(
    shipped.bursts.map((row) => [row.lastedMinutes, row.refillMinutes, row.runMinutes]),
    [[27, 30, 35]],
  );
  const of = (type: string) => shipped.clients.find(({ instanceType }) => instanceType === type)?.networkBytesPerSecond;
  assert.equal(of('m5.large'), level(0.75e9 / 8, 10e9 / 8));
  assert.equal(of('c5n.18xlarge'), level(12.5e9, 'none'));
  assert.equal(of('p4d.24xlarge'), level(12.5e9, 'none'), 'one network card of four');
});

const OWN = `dated: 2026-12-01
fileServers:
  - deploymentType: MULTI_AZ_2
    throughputPerHaPair: 1536
    disk: {base: 1600, burst: 3200}
    status: measured
    source: {title: our own runs, retrieved: 2026-11-30}
  - {deploymentType: SINGLE_AZ_2, throughputPerHaPair: 1536, disk: {base: 1700, burst: none}, status: documented, source: {title: t, retrieved: 2026-11-30}}
clients:
  - {instanceType: ml.c5n.18xlarge, networkGbps: {base: 50, burst: none}, status: measured, source: {title: t, retrieved: 2026-11-30}}
`;

test('a row of a user replaces the one with the same key and stands beside the others', () =>
  withTemporaryDirectory((directory) => {
    const ceilingsFile = join(directory, 'own.yaml');
    writeFileSync(ceilingsFile, OWN);
    const disk = (type: string, instanceType = 'c5n.18xlarge') => {
      const volume = makeVolume({ fileSystem: { deploymentType: type } });
      const target = volumeTarget({ volume, ceilingsFile, instanceType });
      assert.equal(
        target.ceilings?.files.map(({ dated }) => dated),
        ['2026-11-29', '2026-12-01'],
      );
      const { ceilings } = targetCeilings(target, 1)!;
      return ['disk', 'network', 'client-network'].map((wanted) => {
        const found = ceilings.find(({ kind }) => kind === wanted);
        return found && [found.level.base / MB, found.level.burst, found.status];
      });
    };
    const client = [12_500, 'none', 'documented'];
    assert.equal(disk('MULTI_AZ_2'), [[1600, 3200 * MB, 'measured'], undefined, client]);
    // The whole row is replaced: its network has no figure now.
    assert.equal(disk('SINGLE_AZ_2'), [[1700, 'none', 'documented'], undefined, client]);
    assert.equal(disk('MULTI_AZ_2', 'ml.c5n.18xlarge')[2], [6250, 'none', 'measured']);
    assert.equal(
      disk('MULTI_AZ_2', 'ml.c5n.9xlarge')[2],
      [6250, 'none', 'documented'],
      'ml.TYPE has the figures of TYPE',
    );
  }));

/** The error that the call throws. */
function usageErrorOf(call: () => unknown): FeedrateError {
  try {
    call();
  } catch (thrown) {
    if (thrown instanceof FeedrateError && thrown.code === 'usage') return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

/** What is wrong in a line of a file, and the place and words of the message. */
const WRONG: readonly (readonly [string, RegExp])[] = [
  ['dated: yesterday', /^f:1:8: dated: expected a date such as 2026-11-29, found "yesterday"$/],
  ['clients: 3', /^f:1:10: clients: expected a list$/],
  ['fileserver: []', /^f:1:1: "fileserver": no such field; did you mean fileServers\?$/],
  [
    'tcpFlow: [{gbps: -1, status: measured, source: {title: t, retrieved: 2026}}]',
    /^f:1:18: gbps: expected a number above 0; leave a figure out/,
  ],
  [
    'tcpFlow: [{gbps: 5, status: sure, source: {title: t, retrieved: 2026}}]',
    /^f:1:29: status: expected one of documented, measured, conflicting, unknown, found "sure"$/,
  ],
  ['tcpFlow: [{gbps: 5, status: measured, source: {retrieved: 2026}}]', /^f:1:47: source: expected a title or a url$/],
  ['tcpFlow: [{gbps: 5, status: measured}]', /^f:1:11: source: is missing$/],
  [
    'clients: [{instanceType: a.b, networkGbps: {base: 9, burst: 3}, status: measured, source: {title: t, retrieved: 2026}}]',
    /^f:1:44: burst: is below base; write burst: none$/,
  ],
  [
    'fileServers: [{deploymentType: A, throughputPerHaPair: all, status: unknown, source: {title: t, retrieved: 2026}}]',
    /^f:1:56: throughputPerHaPair: expected a number above 0, or any, found "all"$/,
  ],
  [
    'fileServers: [{deploymentType: A, throughputPerHaPair: 5, status: measured, source: {title: t, retrieved: 2026}}]',
    /^f:1:15: the row has no figure; write status: unknown$/,
  ],
  [
    'fileServers: [{deploymentType: A, throughputPerHaPair: 5, ramGB: 3, status: unknown, source: {title: t, retrieved: 2026}}]',
    /^f:1:15: status: unknown is for rows without figures$/,
  ],
  ['- a', /^f:1:1: expected a map, found a list$/],
  ['', /^f:1:1: expected a map, found nothing$/],
  ['a: [', /^f:\d+:\d+: not valid YAML/],
];

for (const [line, expected] of WRONG) {
  test(`a wrong file: ${line.slice(0, 60)}`, () => {
    const text = /^dated|^-|^a:|^$/.test(line) ? line : `${line}\ndated: 2026-11-29`;
    const error = usageErrorOf(() => parseData(text, 'f', ceilingsFile));
    assert.match(error.issues.map(({ where, message }) => `${where}: ${message}`)[0] ?? '', expected);
    assert.match(error.message, /^f: the file has \d+ errors?$/);
  });
}

test('a file that is missing is an error even without a volume, and other targets get no ceilings', () => {
  const { environment } = makeRun([], 1);
  assert.match(usageErrorOf(() => withCeilings(environment, '/nowhere.yaml')).message, /nowhere\.yaml: ENOENT/);
  assert.is(withCeilings(environment, null).environment, environment);
});

test.run();
