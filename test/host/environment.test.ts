import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { captureEnvironment, cpuModelOf } from '../../src/host/environment.js';
import { openTarget } from '../../src/host/target.js';
import { repositoryRoot } from '../support/repository.js';
import { needTool, skipTest } from '../support/skip.js';

const test = suite('environment');

/** Standard output of a program, in its own words. */
function ask(program: string, ...parameters: string[]): string {
  needTool(program);
  const result = spawnSync(program, parameters, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  return result.stdout.trim();
}

const target = openTarget('tmp', tmpdir(), { write: false });

test('kernel, processors and memory are those of uname, nproc, lscpu and /proc', () => {
  const environment = captureEnvironment([]);
  assert.is(environment.kernel, ask('uname', '-r'));
  assert.is(environment.cpuCount, Number(ask('nproc')));
  const totalKib = /^MemTotal:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  assert.is(environment.memoryBytes, Number(totalKib) * 1024);
  if (process.arch === 'x64') {
    assert.is(environment.cpuModel, /^Model name:\s+(.+)$/m.exec(ask('lscpu'))?.[1]);
  }
  assert.is(environment.node, process.version);
  assert.equal(environment.targets, []);
});

test('a target is on the file system that findmnt and stat name', () => {
  const [captured] = captureEnvironment([target]).targets;
  const columns = ask('findmnt', '-n', '-J', '-T', target.path, '-o', 'TARGET,FSTYPE,OPTIONS');
  const { filesystems } = JSON.parse(columns) as { filesystems: { [column: string]: string }[] };
  assert.equal(
    { target: captured?.mountPoint, fstype: captured?.fileSystem, options: captured?.options },
    filesystems.at(-1),
  );
  assert.equal([captured?.name, captured?.path], ['tmp', realpathSync(tmpdir())]);
  const [blocks, freeBlocks, blockBytes] = ask('stat', '-f', '-c', '%b %a %S', target.path).split(' ').map(Number);
  assert.is(captured?.totalBytes, (blocks ?? 0) * (blockBytes ?? 0));
  const freeDifference = Math.abs((captured?.freeBytes ?? 0) - (freeBlocks ?? 0) * (blockBytes ?? 0));
  assert.ok(freeDifference < (captured?.totalBytes ?? 0) * 0.01 + 2 ** 30, String(freeDifference));
});

test('device is the block device, or the numbers where there is none', () => {
  const [proc] = captureEnvironment([{ name: 'p', path: '/proc' }]).targets;
  assert.match(proc?.device ?? '', /^0:\d+$/);
  assert.is(proc?.fileSystem, 'proc');
});

test('versions are those that npm installed', () => {
  const { feedrate, versions } = captureEnvironment([]);
  const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
    version: string;
    dependencies: Record<string, string>;
    optionalDependencies: Record<string, string>;
  };
  assert.is(feedrate.version, manifest.version);
  const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).sort();
  assert.equal(Object.keys(versions), names);
  for (const name of Object.keys(manifest.dependencies)) {
    const installed = join(repositoryRoot, 'node_modules', name, 'package.json');
    assert.is(versions[name], (JSON.parse(readFileSync(installed, 'utf8')) as { version: string }).version, name);
  }
});

test('the commit is the one that git has checked out', () => {
  needTool('git');
  const result = spawnSync('git', ['-C', repositoryRoot, 'rev-parse', 'HEAD'], { encoding: 'utf8' });
  if (result.status !== 0) skipTest('not a git working tree');
  assert.is(captureEnvironment([]).feedrate.commit, result.stdout.trim());
});

test('x86 kernels name the processor, Arm kernels number it', () => {
  const x86 = 'processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel\t\t: 2\nmodel name\t: AMD EPYC 9R14\nflags\t\t: fpu\n';
  const arm = 'processor\t: 0\nBogoMIPS\t: 2100.00\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU part\t: 0xd40\n';
  assert.is(cpuModelOf(x86), 'AMD EPYC 9R14');
  assert.is(cpuModelOf(arm), 'implementer 0x41, part 0xd40');
  assert.is(cpuModelOf(''), null);
});

test.run();
