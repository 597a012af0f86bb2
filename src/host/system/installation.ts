/** feedrate as it is installed here: its version, its commit, and what it runs with. */
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

/** A directory and all above it, nearest first. */
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

/** `.git` is a directory, or in worktrees and submodules a file that names it; null without either. */
function gitDirectory(root: string): string | null {
  const path = join(root, '.git');
  if (!existsSync(path)) return null;
  if (statSync(path).isDirectory()) return path;
  const named = /^gitdir: (.+)$/m.exec(readLine(path) ?? '')?.[1];
  return named === undefined ? null : resolve(root, named);
}

/** The commit in a packed-refs file's text: lines of `<commit> <name>`. */
function packedCommit(text: string, name: string): string | null {
  const line = text.split('\n').find((candidate) => candidate.endsWith(` ${name}`));
  return line?.split(' ')[0] ?? null;
}

/**
 * The commit that is checked out in the working tree at `root`, read without git: HEAD, its branch loose or packed,
 * worktrees too. Null outside a repository and before the first commit.
 */
export function checkedOutCommit(root: string): string | null {
  const directory = gitDirectory(root);
  const head = directory === null ? null : readLine(join(directory, 'HEAD'));
  if (directory === null || head === null) return null;
  const name = /^ref: (.+)$/.exec(head)?.[1];
  if (name === undefined) return /^[0-9a-f]{40,64}$/.test(head) ? head : null;
  // A worktree keeps its own HEAD, but its branches lie in the repository that it belongs to.
  const common = resolve(directory, readLine(join(directory, 'commondir')) ?? '.');
  const loose = readLine(join(directory, name)) ?? readLine(join(common, name));
  return loose ?? packedCommit(readLine(join(common, 'packed-refs')) ?? '', name);
}

/** The version in the package.json of a dependency, wherever the package manager hoisted it to; null when missing. */
function installedVersion(root: string, dependency: string): string | null {
  for (const directory of upward(root)) {
    const version = readManifest(join(directory, 'node_modules', dependency))?.version;
    if (version !== undefined) return version;
  }
  return null;
}

/** What `environment` keeps of the installation. Version `unknown` when the package.json cannot be found. */
export function readInstallation(): Pick<Environment, 'feedrate' | 'versions'> {
  const root = upward(dirname(fileURLToPath(import.meta.url))).find((path) => readManifest(path)?.name === 'feedrate');
  const manifest = root === undefined ? null : readManifest(root);
  if (root === undefined || manifest === null) return { feedrate: { version: 'unknown', commit: null }, versions: {} };
  const names = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }).sort();
  return {
    feedrate: { version: manifest.version ?? 'unknown', commit: checkedOutCommit(root) },
    versions: Object.fromEntries(names.map((name) => [name, installedVersion(root, name)])),
  };
}
