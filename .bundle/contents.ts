/** Which files of the libraries a bundle needs. */
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

interface PackageJson {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Returns the paths of all files below a folder, relative to it, in the order of their bytes. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !lstatSync(join(folder, path)).isDirectory())
    .sort();
}

/** Returns the packages that the build leaves out of its files. `build` is the text of build.json. */
export function externalPackages(build: string): RegExp[] {
  const { external } = JSON.parse(build) as { readonly external: readonly string[] };
  return external.map((name) => new RegExp(`^${name.replaceAll('/', '\\/').replaceAll('*', '[^/]+')}$`));
}

/** Documents, types, sources and maps: nothing that runs reads them. */
const UNUSED = /\.(?:d\.[cm]?ts|[cm]?ts|tsx|map|md|markdown|flow|hh?|cc?|cpp|gypi?)$/i;
const LICENCE = /^(?:licen[cs]e|copying|notice)/i;

/**
 * Removes what no program of the bundle loads. Packages that the build contains keep their manifest, from which a run
 * records the version, and their licence.
 */
export function keepNeeded(modules: string, externals: readonly RegExp[]): void {
  const needed = closure(modules, externals);
  for (const path of filesBelow(modules)) {
    const isLicence = LICENCE.test(basename(path));
    const isManifest = path === join(packageOf(path), 'package.json');
    if (isLicence || isManifest || (needed.has(packageOf(path)) && !UNUSED.test(path))) continue;
    rmSync(join(modules, path));
  }
  removeEmpty(modules);
}

/** `a`, `@scope/a`, `a/node_modules/b`: the package that a file belongs to. */
function packageOf(path: string): string {
  return /^(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;
}

/** Returns the installed packages that match, and all that they need. */
function closure(modules: string, externals: readonly RegExp[]): ReadonlySet<string> {
  const installed = new Set(
    filesBelow(modules).flatMap((path) => (path === join(packageOf(path), 'package.json') ? [packageOf(path)] : [])),
  );
  const found = new Set<string>();
  const visit = (name: string) => {
    if (found.has(name)) return;
    found.add(name);
    const manifest = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')) as PackageJson;
    const dependencies = { ...manifest.dependencies, ...manifest.optionalDependencies };
    for (const dependency of Object.keys(dependencies)) {
      const inside = join(name, 'node_modules', dependency);
      const place = [inside, dependency].find((one) => installed.has(one));
      if (place !== undefined) visit(place);
    }
  };
  for (const name of installed) if (externals.some((external) => external.test(name))) visit(name);
  return found;
}

function removeEmpty(folder: string): void {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort().reverse()) {
    const full = join(folder, path);
    if (existsSync(full) && lstatSync(full).isDirectory() && readdirSync(full).length === 0)
      rmSync(full, { recursive: true });
  }
}

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string | null;
  readonly integrity: string;
}

/** Returns the packages of a lock file that are installed, in the order of their names. */
export function lockedPackages(lockFile: string, modules: string): LockedPackage[] {
  const lock = JSON.parse(readFileSync(lockFile, 'utf8')) as {
    readonly packages: Readonly<Record<string, { version?: string; license?: string; integrity?: string }>>;
  };
  return Object.entries(lock.packages)
    .filter(([path]) => path !== '' && existsSync(join(dirname(modules), path, 'package.json')))
    .map(([path, { version = '', license = null, integrity = '' }]) => {
      return { name: path.replace(/^node_modules\//, ''), version, license, integrity };
    });
}
