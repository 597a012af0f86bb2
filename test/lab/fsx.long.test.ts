// serial

/**
 * Real mounts under a name of FSx, through a bind mount and by an alias: which volume feedrate finds behind each, what a run
 * records of it, and how close its reads came to the published limits.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnosis } from '../../src/record/finding.js';
import { volumeAttributes } from '../../src/record/volume-attributes.js';
import type { VolumeAnswer } from '../../src/record/volume-record.js';
import { feedrate } from '../support/command-thread.js';
import { ACCOUNT, FILE_SYSTEM, REGION, SVM, SVM_HOST, volumeId } from '../support/fsx-world.js';
import { repositoryRoot } from '../support/repository.js';
import { runFile, runOf } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { inLab } from './lab.js';

const test = suite('lab/fsx');

/** The file of the lab's directory with this name. */
type Files = (name: string) => string;

/** Target → volume, its policy, its cooling period, its junction path and the junctions below the target. */
const VOLUMES: Readonly<Record<string, readonly unknown[]>> = {
  fsx: [2, 'AUTO', 31, '/data', ['/data/a', '/data/a/deep', '/data/b']],
  bound: [4, 'ALL', null, '/data/b', []],
  alias: [3, 'NONE', null, '/data/a', ['/data/a/deep']],
  deep: [5, 'SNAPSHOT_ONLY', 5, '/data/a/deep', []],
  // The name of a volume begins like that of the directory.
  beside: [2, 'AUTO', 31, '/data', []],
};

function checkVolumes(file: Files): void {
  const described = JSON.parse(file('describe.json')) as (VolumeAnswer & Diagnosis)[];
  assert.equal(
    described.map(({ target }) => target.name),
    Object.keys(VOLUMES),
  );
  const address = /^(\S+) \S+ alias\.example$/m.exec(file('hosts'))?.[1];
  for (const { target, volume, svm, fileSystem, below, region, accountId, problems } of described) {
    const { id, tieringPolicy, coolingDays, junctionPath } = volume ?? {};
    const [number, ...expected] = VOLUMES[target.name] ?? [];
    assert.equal(
      [id, tieringPolicy, coolingDays, junctionPath, below],
      [volumeId(number as number), ...expected],
      target.name,
    );
    assert.equal([svm?.id, svm?.nfsHost, svm?.nfsAddresses], [SVM, SVM_HOST, [address]], target.name);
    assert.equal([fileSystem?.id, fileSystem?.deploymentType, fileSystem?.haPairs], [FILE_SYSTEM, 'SINGLE_AZ_1', 1]);
    assert.equal([region, accountId, problems], [REGION, ACCOUNT, []], target.name);
  }
  const [{ findings }] = JSON.parse(file('doctor.json')) as [Diagnosis];
  assert.is(findings.find(({ check }) => check === 'tiering')?.value, 'NONE');
}

/** Attributes of the run's targets, as `compare --cols` names them. */
const OF_FILE_SYSTEM = {
  'fsx.throughput': '512MBps',
  'fsx.deployment': 'SINGLE_AZ_1',
  'fsx.pairs': '1',
  'fsx.iops': '3072',
  'fsx.iops-mode': 'AUTOMATIC',
  'fsx.ssd': '1024GiB',
  'fsx.efficiency': 'off',
  'fsx.style': 'FLEXVOL',
  'fsx.flexcache': 'NONE',
  'fsx.snapshots': 'default',
  'fsx.svm': SVM,
  'fsx.filesystem': FILE_SYSTEM,
};

/**
 * The published limits of one pair of a first file system of 512 MBps with 1 TiB: facts of the user guide, written here anew.
 * Bytes or operations a second. A connection has 5 Gbit/s.
 */
const LIMITS = {
  network: { base: 625e6, of: 'bytes' },
  disk: { base: 512e6, of: 'bytes' },
  'server-iops': { base: 18_750, of: 'ops' },
  'ssd-iops': { base: 3072, of: 'ops' },
  'ssd-throughput': { base: 768e6, of: 'bytes' },
} as const;
const OF_CONNECTION = 625e6;

interface RawTrial {
  readonly target: string;
  readonly arm: string;
  readonly window: Readonly<Record<'startNs' | 'endNs' | 'readBytes' | 'readOps', number>>;
}

interface ShownArm {
  readonly arm: string;
  readonly target: string;
  readonly ceilings: {
    readonly limits: readonly { kind: string; used: number; ofBase: number }[];
    readonly binding: { readonly kind: string };
    readonly share: number;
  };
}

/** The median of two numbers is their mean. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What a command prints of the run in the lab's directory. */
function shown(directory: string, ...words: readonly string[]): string {
  const { status, stdout, stderr } = feedrate([...words, '-o', join(directory, 'tiering')], directory);
  assert.is(status, 0, stderr);
  return stdout;
}

function checkCeilings(directory: string): void {
  const lines = runFile(join(directory, 'tiering'), 'trials.jsonl').trimEnd().split('\n');
  const trials = lines.map((line) => JSON.parse(line) as RawTrial);
  const { arms } = JSON.parse(shown(directory, 'show', '--format', 'json')) as { arms: readonly ShownArm[] };
  const { targets } = runOf(join(directory, 'tiering')).environment;
  const detail = shown(directory, 'show', '--detail').split('\n');
  assert.is(arms.length, 2);
  for (const { arm, target, ceilings } of arms) {
    const own = trials.filter((trial) => trial.arm === arm);
    assert.is(own.length, 2);
    const rate = (of: 'bytes' | 'ops') =>
      mean(
        own.map(
          ({ window }) => window[of === 'bytes' ? 'readBytes' : 'readOps'] / ((window.endNs - window.startNs) / 1e9),
        ),
      );
    const connections = targets.find(({ name }) => name === target)?.nfs?.openTransports ?? 0;
    assert.is(connections, 2, 'both mounts share the connections of nconnect=2');
    const limits = { ...LIMITS, connections: { base: OF_CONNECTION * connections, of: 'bytes' } } as const;
    const shares = Object.entries(limits).map(([kind, { base, of }]) => [kind, rate(of) / base] as const);
    // The machine has no instance type, so its network has no figure.
    assert.equal(ceilings.limits.map(({ kind }) => kind).sort(), Object.keys(limits).sort());
    for (const [kind, share] of shares) {
      const told = ceilings.limits.find((limit) => limit.kind === kind)?.ofBase ?? 0;
      assert.ok(Math.abs(told / share - 1) < 1e-6, `${kind}: ${told}, computed ${share}`);
      const percent = `${Math.round(share * 100)} %`;
      const name =
        { 'server-iops': 'server IOPS', 'ssd-iops': 'SSD IOPS', 'ssd-throughput': 'SSD throughput' }[kind] ?? kind;
      const line = detail.find((text) => text.startsWith(`shares of ${arm}: `)) ?? '';
      assert.ok(line.includes(`${percent} ${name}`), `${percent} ${name} in: ${line}`);
    }
    const [closest] = shares.toSorted(([, a], [, b]) => b - a);
    assert.is(ceilings.binding.kind, closest?.[0]);
  }
}

function checkRun(directory: string): void {
  const { targets } = runOf(join(directory, 'tiering')).environment;
  assert.equal(
    targets.map(({ name, volume }) => [
      name,
      volume?.volume.id,
      volume?.volume.tieringPolicy,
      volume?.volume.junctionPath,
    ]),
    [
      ['none', volumeId(3), 'NONE', '/data/a'],
      ['all', volumeId(4), 'ALL', '/data/b'],
    ],
  );
  const { columnNames, columns, cells } = JSON.parse(
    shown(directory, 'compare', '--cols', 'fsx.tiering', '--format', 'json'),
  ) as {
    columnNames: readonly string[];
    columns: readonly unknown[];
    cells: readonly { base: { trials: number }; candidate: { trials: number } }[];
  };
  assert.equal(columnNames, ['fsx.tiering']);
  assert.is(columns.length, 2);
  assert.match(JSON.stringify(columns), /NONE.*ALL/);
  assert.ok(cells.length > 0);
  for (const { name, volume } of targets) {
    if (volume === undefined) throw new Error(`${name}: no volume`);
    const policy =
      name === 'none'
        ? { 'fsx.tiering': 'NONE', 'fsx.volume': volumeId(3) }
        : { 'fsx.tiering': 'ALL', 'fsx.volume': volumeId(4) };
    assert.equal(Object.fromEntries(volumeAttributes(volume)), { ...OF_FILE_SYSTEM, ...policy });
  }
}

test('the volume behind real mounts; its limits in a run; a run goes on when AWS does not answer', () =>
  withTemporaryDirectory((directory) => {
    const serve = join(repositoryRoot, 'dist', 'test', 'lab', 'fsx-serve.js');
    const workloads = ['fsx.yaml', 'fsx-tiering.yaml'];
    inLab(directory, ['3'], 'inside-fsx.sh', workloads, [], [process.execPath, serve]);
    const file = (name: string) => readFileSync(join(directory, name), 'utf8');
    checkVolumes(file);
    checkRun(directory);
    checkCeilings(directory);
    for (const name of ['known', 'off', 'local', 'refused', 'unreachable'])
      assert.match(file(`${name}.status`), /^0 /, file(`${name}.stderr`));
    const targetsOf = (name: string) => runOf(join(directory, name)).environment.targets;
    // The lab may be too slow for the 3 s that a run waits.
    for (const { name, volume, volumeUnknown } of targetsOf('known'))
      assert.ok(name === 'alias' || volume !== undefined || volumeUnknown !== undefined, name);
    for (const name of ['off', 'local'])
      for (const target of targetsOf(name)) assert.not.ok('volume' in target || 'volumeUnknown' in target, name);
    for (const name of ['refused', 'unreachable']) assert.type(targetsOf(name)[0]?.volumeUnknown, 'string');
  }));

test.run();
