// ci

/** The package as a user gets it: packed, installed elsewhere, run there. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newcomerSteps } from '../newcomer/steps.js';
import { repositoryRoot } from '../support/repository.js';
import { skipTest } from '../support/skip.js';

interface Manifest {
  readonly version: string;
  readonly bin: { readonly feedrate: string };
}

const folder = mkdtempSync(join(tmpdir(), 'feedrate-package-'));
const sourceFolder = join(folder, 'source');
const userFolder = join(folder, 'user');
const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as Manifest;

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** npm reaches its registry with the certificates that the runner was given. */
function environmentOf(command: string): NodeJS.ProcessEnv {
  const certificates = process.env['RUNNER_CA_CERTS'];
  return command === 'npm' && certificates ? { ...process.env, NODE_EXTRA_CA_CERTS: certificates } : process.env;
}

function execute(cwd: string, command: string, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(command, args, { cwd, env: environmentOf(command) }, (_error, stdout, stderr) => {
      resolve({ status: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

async function pack(): Promise<{ tarball: string; paths: string[] }> {
  const packed = await execute(sourceFolder, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder);
  assert.is(packed.status, 0, packed.stderr);
  const [report] = JSON.parse(packed.stdout) as [{ filename: string; files: { path: string }[] }];
  return { tarball: join(folder, report.filename), paths: report.files.map(({ path }) => path) };
}

const packing = suite('package');
/** Makes `quick` short. `npm run test:newcomer` runs it as it is. */
const SMALL = [
  'trials.rounds=1',
  'runtime=50ms',
  'dataset.filesize=1MiB',
  'write.size=2MiB',
  'checkpoint.shard_size=1MiB',
].flatMap((text) => ['--set', text]);
/** One pass over the files instead of the whole time. */
const ONE_PASS = ['--set', 'time_based=false'];
/** Packed once for all tests. */
let packed: Awaited<ReturnType<typeof pack>>;

packing.before(async () => {
  mkdirSync(sourceFolder);
  mkdirSync(userFolder);
  for (const name of [
    'package.json',
    'LICENSE',
    'README.md',
    'workloads',
    'src/ARCHITECTURE.md',
    'test/README.md',
    'test/run.ts',
  ])
    cpSync(join(repositoryRoot, name), join(sourceFolder, name), { recursive: true });
  mkdirSync(join(sourceFolder, 'results'));
  for (const name of readdirSync(join(repositoryRoot, 'results')).filter((name) => name.endsWith('.md')))
    cpSync(join(repositoryRoot, 'results', name), join(sourceFolder, 'results', name));
  const pictures = 'results/sample/mounts/charts';
  cpSync(join(repositoryRoot, pictures), join(sourceFolder, pictures), { recursive: true });
  // The build that this test belongs to, and of the tests as much as the package has to leave out.
  const build = fileURLToPath(new URL('../..', import.meta.url));
  for (const name of ['assets', 'bin', 'src', 'test/run.js', 'test/house'])
    cpSync(join(build, name), join(sourceFolder, 'dist', name), { recursive: true });
  packed = await pack();
});

packing('holds the program, the workloads, the licence, and no tests', () => {
  const { paths } = packed;
  for (const wanted of [
    'package.json',
    'LICENSE',
    'README.md',
    'workloads/quick.yaml',
    'workloads/fsx/ceilings.yaml',
    'workloads/fsx/prices.yaml',
    'workloads/guide/from-an-empty-account.ja.md',
    manifest.bin.feedrate,
  ]) {
    assert.ok(paths.includes(wanted), `${wanted} is missing in\n${paths.join('\n')}`);
  }
  assert.equal(
    paths.filter(
      (path) =>
        !/^(?:dist\/(?:assets|bin|src)\/|workloads\/|package\.json$|LICENSE$|.*\.md$|results\/sample\/.*\.svg$)/.test(
          path,
        ),
    ),
    [],
  );
});

packing('no document leads to a file that is not there', () => {
  const { paths } = packed;
  const isThere = (path: string) => paths.some((each) => each === path || each.startsWith(`${path}/`));
  const dead = paths
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) =>
      linksIn(readFileSync(join(sourceFolder, path), 'utf8'))
        .filter((link) => !isThere(posix.join(posix.dirname(path), link)))
        .map((link) => `${path}: ${link}`),
    );
  assert.equal(dead, []);
});

/** The files that a document links to, without its blocks of code. */
function linksIn(text: string): string[] {
  return [...text.replace(/^ *```[\s\S]*?^ *```$/gm, '').matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

/**
 * Returns the lock file of a project that depends on the package. Without one npm asks the registry about every release of
 * the hundred packages below the optional dependencies, which takes longer than all else here. `npm run test:newcomer`
 * installs without one.
 */
function lockOf(dependencies: { readonly feedrate: string }): object {
  const { packages } = JSON.parse(readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8')) as Lock;
  const { '': own, ...libraries } = packages;
  const needed = Object.entries(libraries).filter(([, { dev }]) => dev !== true);
  const feedrate = { ...own, ...manifest, resolved: dependencies.feedrate, devDependencies: undefined };
  const all = { '': { dependencies }, 'node_modules/feedrate': feedrate, ...Object.fromEntries(needed) };
  return { lockfileVersion: 3, requires: true, packages: all };
}

packing('installs without its optional dependencies, and runs elsewhere', async () => {
  const { tarball } = packed;
  const project = { private: true, type: 'module', dependencies: { feedrate: `file:${tarball}` } };
  writeFileSync(join(userFolder, 'package.json'), JSON.stringify(project));
  writeFileSync(join(userFolder, 'package-lock.json'), JSON.stringify(lockOf(project.dependencies)));
  const options = ['--omit=optional', '--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=0'];
  const install = await execute(userFolder, 'npm', 'ci', ...options);
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(install.stderr)) {
    skipTest('the package registry cannot be reached');
  }
  assert.is(install.status, 0, install.stderr);

  const version = await execute(userFolder, 'npx', '--no-install', 'feedrate', '--version');
  assert.is(version.stdout, `${manifest.version}\n`, version.stderr);

  const feedrate = (...words: string[]) => execute(userFolder, 'node_modules/.bin/feedrate', ...words);
  const dryRun = await feedrate('run', 'quick', '--dry-run');
  assert.is(dryRun.status, 0, dryRun.stderr);
  assert.match(dryRun.stdout, 'quick');
  assert.not(existsSync(join(userFolder, 'results')), 'a dry run writes nothing');
  const steps = newcomerSteps(SMALL, ONE_PASS, { sessions: 2, options: ['--alpha', '60%'] }, mkdirSync);
  for (const { play, isLong } of steps) if (isLong !== true) await play(feedrate, userFolder);

  const picture = await feedrate('report', '--png', 'pictures');
  assert.is(picture.status, 2);
  assert.match(picture.stderr, /install it with: npm install @resvg\/resvg-js, or use --svg\n$/);
  const drawn = await feedrate('report', '--svg', 'pictures');
  assert.is(drawn.status, 0, drawn.stderr);
  const price = [
    '--deployment',
    'SINGLE_AZ_1',
    '--region',
    'ap-northeast-1',
    '--throughput',
    '128',
    '--ssd-gib',
    '1024',
  ];
  const cost = await feedrate('fsx', 'cost', ...price);
  assert.is(cost.status, 0, cost.stderr);
  assert.match(cost.stdout, 'USD');
  writeFileSync(join(userFolder, 'policy.json'), '{"Version": "2012-10-17", "Statement": []}\n');
  const lint = await feedrate('iam', 'lint', 'policy.json');
  assert.match(lint.stderr, /rules are off, because @cloud-copilot\/iam-data is not installed\n$/);
  const fetched = await feedrate('show', 's3://some-bucket/some-run');
  assert.is(fetched.status, 5);
  assert.is(
    fetched.stderr,
    'feedrate: the package @aws-sdk/client-s3 is not installed; reinstall feedrate with its optional dependencies\n',
  );

  const library = await execute(
    userFolder,
    'node',
    '--eval',
    "import('feedrate').then((m) => console.log(Object.keys(m).length > 0))",
  );
  assert.is(library.stdout, 'true\n', library.stderr);
});

packing.after(() => rmSync(folder, { recursive: true }));
packing.run();
