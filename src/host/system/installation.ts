/** Reads the installed version of feedrate, its commit and the versions of its dependencies. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../record/run-record.js';

interface PackageManifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function readManifest(directory: string): PackageManifest | null {
  try {
    return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as PackageManifest;
  } catch {
    return null;
  }
}

/** Returns a directory and all its parents, nearest first. */
function upward(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...upward(parent)];
}

function readLine(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

/** Returns the git directory, or null. In worktrees and submodules `.git` is a file that names the directory. */
function gitDirectory(root: string): string | null {
  const path = join(root, '.git');
  if (!existsSync(path)) return null;
  if (statSync(path).isDirectory()) return path;
  const named = /^gitdir: (.+)$/m.exec(readLine(path) ?? '')?.[1];
  return named === undefined ? null : resolve(root, named);
}

/** Returns the commit of a ref from the text of a packed-refs file, whose lines are `<commit> <name>`. */
function packedCommit(text: string, name: string): string | null {
  const line = text.split('\n').find((candidate) => candidate.endsWith(` ${name}`));
  return line?.split(' ')[0] ?? null;
}

/**
 * Returns the commit that is checked out in the working tree at `root`. It reads HEAD and its loose or packed branch
 * without git, in worktrees too. Null outside a repository and before the first commit.
 */
export function checkedOutCommit(root: string): string | null {
  const directory = gitDirectory(root);
  const head = directory === null ? null : readLine(join(directory, 'HEAD'));
  if (directory === null || head === null) return null;
  const name = /^ref: (.+)$/.exec(head)?.[1];
  if (name === undefined) return /^[0-9a-f]{40,64}$/.test(head) ? head : null;
  // A worktree has its own HEAD, but its branches are in the main repository.
  const common = resolve(directory, readLine(join(directory, 'commondir')) ?? '.');
  const loose = readLine(join(directory, name)) ?? readLine(join(common, name));
  return loose ?? packedCommit(readLine(join(common, 'packed-refs')) ?? '', name);
}

/** Returns the version of a dependency, even if the package manager hoisted it. Null when it is missing. */
function installedVersion(root: string, dependency: string): string | null {
  for (const directory of upward(root)) {
    const version = readManifest(join(directory, 'node_modules', dependency))?.version;
    if (version !== undefined) return version;
  }
  return null;
}

/** Returns feedrate's own folder; null when its package.json cannot be found. Builds differ in how deep their files are. */
export function packageRoot(): string | null {
  return (
    upward(dirname(fileURLToPath(import.meta.url))).find((path) => readManifest(path)?.name === 'feedrate') ?? null
  );
}

/** Returns feedrate's version, or `unknown` when its package.json cannot be found. */
export function packageVersion(): string {
  const root = packageRoot();
  return (root === null ? null : readManifest(root))?.version ?? 'unknown';
}

/** Returns the installation for the environment record. The version is `unknown` when package.json cannot be found. */
export function readInstallation(): Pick<Environment, 'feedrate' | 'versions'> {
  const root = packageRoot();
  const manifest = root === null ? null : readManifest(root);
  if (root === null || manifest === null) return { feedrate: { version: 'unknown', commit: null }, versions: {} };
  const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).sort();
  return {
    feedrate: { version: manifest.version ?? 'unknown', commit: checkedOutCommit(root) },
    versions: Object.fromEntries(names.map((name) => [name, installedVersion(root, name)])),
  };
}
