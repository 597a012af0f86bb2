/**
 * `npm run bundle`: makes one archive per platform that holds Node, feedrate and its libraries, for machines without
 * internet access. It runs from wherever it is unpacked, also from a shared volume.
 *
 *   npm run bundle -- [--platform linux-x64|linux-arm64]… [--out DIRECTORY]
 *
 * The same sources and the same lock file make the same bytes. Needs npm, GNU tar and gzip, and the package registry.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { externalPackages, filesBelow, keepNeeded, lockedPackages } from './contents.js';
import { launcher } from './launcher.js';

/** https://nodejs.org/en/about/previous-releases: 24 is maintained until April 2028. Checked 2026-11-29. */
const NODE_VERSION = '24.22.3';

interface Platform {
  /** As npm names it. */
  readonly cpu: string;
  /** As `uname -m` names it. */
  readonly machine: string;
  /** Of the package of the registry that holds Node's own program. */
  readonly nodeIntegrity: string;
}

const PLATFORMS: Readonly<Record<string, Platform>> = {
  'linux-x64': {
    cpu: 'x64',
    machine: 'x86_64',
    nodeIntegrity: 'sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==',
  },
  'linux-arm64': {
    cpu: 'arm64',
    machine: 'aarch64',
    nodeIntegrity: 'sha512-IZx0J52/1NDwAsY2iyWR9nlPIYuYviTWetjj8+ElvYQh2+XRhLfCfkbFEF/2O5vGI2hcUbyPNHV+nz342FbJXw==',
  },
};

/** The symbol versions that Node's program needs: `readelf -V`. Amazon Linux 2023 has glibc 2.34. */
const REQUIRES = { glibc: '2.28', libstdcxx: 'GLIBCXX_3.4.21' };

const repository = resolve(fileURLToPath(new URL('../..', import.meta.url)));

interface Manifest {
  readonly version: string;
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${error?.message ?? stderr.trim()}`);
  return stdout;
}

/** Installs the locked libraries for a platform below a folder, without what dist/bin contains already. */
function installLibraries(folder: string, cpu: string, build: string): void {
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(repository, name), join(folder, name));
  const platform = ['--os=linux', `--cpu=${cpu}`, '--libc=glibc'];
  run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', ...platform], folder);
  rmSync(join(folder, 'package-lock.json'));
  keepNeeded(join(folder, 'node_modules'), externalPackages(build));
}

/** Puts Node's program and licence into a folder, after checking that the registry gave what was given before. */
function installNode(folder: string, name: string, { nodeIntegrity }: Platform): void {
  const scratch = mkdtempSync(join(tmpdir(), 'feedrate-node-'));
  try {
    const [packed] = JSON.parse(run('npm', ['pack', '--json', `${name}@${NODE_VERSION}`], scratch)) as [
      { readonly filename: string },
    ];
    const archive = readFileSync(join(scratch, packed.filename));
    const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
    if (integrity !== nodeIntegrity) throw new Error(`${name}@${NODE_VERSION} is ${integrity}, not ${nodeIntegrity}`);
    run('tar', ['-xzf', packed.filename], scratch);
    mkdirSync(join(folder, 'bin'), { recursive: true });
    for (const file of ['bin/node', 'LICENSE']) cpSync(join(scratch, 'package', file), join(folder, file));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Makes the archive of a platform. Returns its path. */
function bundle(name: string, platform: Platform, out: string): string {
  const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as Manifest;
  const title = `feedrate-${manifest.version}-${name}`;
  const scratch = mkdtempSync(join(tmpdir(), 'feedrate-bundle-'));
  try {
    const root = join(scratch, title);
    const app = join(root, 'app');
    mkdirSync(join(root, 'bin'), { recursive: true });
    mkdirSync(app);
    installLibraries(app, platform.cpu, readFileSync(join(repository, '.bundle/build.json'), 'utf8'));
    installNode(join(root, 'node'), `node-${name}`, platform);
    for (const file of ['LICENSE', 'README.md', 'workloads', ...linkedDocuments()])
      cpSync(join(repository, file), join(app, file), { recursive: true });
    for (const folder of ['dist/bin', 'dist/assets'])
      cpSync(join(repository, folder), join(app, folder), {
        recursive: true,
        filter: (path) => !path.endsWith('.map'),
      });
    writeFileSync(join(root, 'bin/feedrate'), launcher(platform.machine, name));
    chmodSync(join(root, 'bin/feedrate'), 0o755);
    const contents = {
      name: 'feedrate',
      version: manifest.version,
      commit: commitOf(repository),
      platform: name,
      requires: REQUIRES,
      node: { version: NODE_VERSION, package: `node-${name}`, integrity: platform.nodeIntegrity },
      packages: lockedPackages(join(repository, 'package-lock.json'), join(app, 'node_modules')),
    };
    writeFileSync(join(root, 'manifest.json'), `${JSON.stringify(contents, null, 2)}\n`);
    const sums = filesBelow(root).map((path) => `${sha256(join(root, path))}  ${path}\n`);
    writeFileSync(join(root, 'SHA256SUMS'), sums.join(''));
    return archive(scratch, title, out);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Returns the documents outside `workloads/` that README.md leads to. */
function linkedDocuments(): string[] {
  const results = readdirSync(join(repository, 'results')).filter((name) => name.endsWith('.md'));
  return ['src/ARCHITECTURE.md', 'test/README.md', ...results.map((name) => join('results', name))];
}

/** Returns the commit of a clean checkout; null where there is none, so that no archive claims what it is not. */
function commitOf(directory: string): string | null {
  try {
    return run('git', ['status', '--porcelain'], directory) === ''
      ? run('git', ['rev-parse', 'HEAD'], directory).trim()
      : null;
  } catch {
    return null;
  }
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function archive(folder: string, title: string, out: string): string {
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=ustar'];
  const tar = join(folder, `${title}.tar`);
  run('tar', [...same, '--mode=u+rwX,go=rX', '-cf', tar, title], folder);
  run('gzip', ['-9', '-n', tar], folder);
  mkdirSync(out, { recursive: true });
  const path = join(out, `${title}.tar.gz`);
  cpSync(`${tar}.gz`, path);
  writeFileSync(`${path}.sha256`, `${sha256(path)}  ${title}.tar.gz\n`);
  return path;
}

const { values } = parseArgs({
  options: {
    platform: { type: 'string', multiple: true, default: Object.keys(PLATFORMS) },
    out: { type: 'string', default: join(repository, 'bundles') },
  },
});
for (const name of values.platform) {
  const platform = PLATFORMS[name];
  if (platform === undefined) {
    console.error(`bundle: --platform ${name}: expected ${Object.keys(PLATFORMS).join(' or ')}`);
    process.exit(2);
  }
  const path = bundle(name, platform, resolve(values.out));
  console.log(`${path}: ${(statSync(path).size / 1e6).toFixed(1)} MB, SHA-256 ${sha256(path)}`);
}
