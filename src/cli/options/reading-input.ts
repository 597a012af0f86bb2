/** The arguments of `feedrate read`: what is read, and how its workload is chosen. */
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { FeedrateError, systemFaultOf } from '../../base/errors.js';
import { parseDuration } from '../../base/units.js';
import { isNfsUrl } from '../../host/libnfs/nfs-url.js';
import { touchableOf, untilTouched } from '../../run/first-touch.js';
import { chooseWorkload, type ReadingOptions } from '../../run/reading.js';
import type { NamedPath, WorkloadChoice } from '../../run/request.js';
import { parseWorkload } from '../../workload/parse.js';
import type { ExistingDataset } from '../../workload/workload.js';
import { tell } from '../output/print.js';
import { parseTargets } from './arguments.js';

/** The options of `read` that choose files, as commander returns them. */
export interface RawReadingOptions {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly follow?: boolean;
  readonly limit?: string;
  readonly manifest?: string;
  readonly runtime: string;
  readonly cache?: Exclude<ReadingOptions['cache'], null>;
}

/** The targets, and what is read in each of them, relative to it. */
export interface ReadingPlaces {
  readonly targets: readonly NamedPath[];
  readonly path: string;
}

/**
 * Returns the directories to measure: those named, or those that hold the files and devices that were named. Throws
 * `FeedrateError('usage')` for what cannot be read, and for files with different names.
 */
export async function placesOf(texts: readonly string[]): Promise<ReadingPlaces> {
  const named = parseTargets(texts);
  // A mount whose server is gone would block this process.
  await untilTouched(touchableOf(named), tell);
  const places = named.map(placeOf);
  const [first] = places;
  const path = first?.path ?? '.';
  const other = places.find((place) => place.path !== path);
  if (other !== undefined) {
    // Devices never have the same name. Whether they are equal is decided by their sizes.
    if (places.every(({ isDevice }) => isDevice))
      return { targets: places.map(({ target, path: read }) => ({ ...target, read })), path };
    const remedy = 'name directories, or files with the same name';
    throw usage(`${texts.join(' and ')} cannot be compared: ${first?.what} and ${other.what}; ${remedy}`);
  }
  return { targets: places.map(({ target }) => target), path };
}

interface NamedPlace {
  readonly target: NamedPath;
  readonly path: string;
  readonly what: string;
  readonly isDevice: boolean;
}

function placeOf({ name, path }: NamedPath): NamedPlace {
  const directory: NamedPlace = { target: { name, path }, path: '.', what: 'one is a directory', isDevice: false };
  if (isNfsUrl(path)) return directory;
  try {
    const status = statSync(path);
    if (status.isDirectory()) return directory;
    if (!status.isFile() && !status.isBlockDevice()) throw usage(`${path}: is no directory, file or block device`);
    const real = realpathSync(path);
    const file = basename(real);
    const isDevice = status.isBlockDevice();
    const what = `one is the ${isDevice ? 'device' : 'file'} ${file}`;
    return { target: { name, path: dirname(real) }, path: file, what, isDevice };
  } catch (thrown) {
    if (thrown instanceof FeedrateError) throw thrown;
    throw usage(`cannot read ${path}: ${systemFaultOf(thrown).code}; name a directory, a file or a block device`);
  }
}

/** Returns how the workload is chosen. Throws `FeedrateError` that names a faulty option. */
export function readingOf({ targets, path }: ReadingPlaces, raw: RawReadingOptions): WorkloadChoice {
  const dataset = datasetOf(path, raw);
  const options: ReadingOptions = { dataset, targets, runtimeNs: runtimeOf(raw.runtime), cache: raw.cache ?? null };
  return { dataset, choose: (found) => chooseWorkload(found, options) };
}

/** Reads the options as the dataset of a workload, so that the same checks apply to them. */
function datasetOf(path: string, raw: RawReadingOptions): ExistingDataset {
  const { include = [], exclude = [], manifest, limit, follow = false } = raw;
  const fields: readonly (readonly [word: string, value: unknown, option: string])[] = [
    ['path', path, path],
    ...(manifest === undefined ? [] : [['manifest', resolve(manifest), '--manifest'] as const]),
    ...(include.length === 0 ? [] : [['include', include, '--include'] as const]),
    ...(exclude.length === 0 ? [] : [['exclude', exclude, '--exclude'] as const]),
    ...(limit === undefined ? [] : [['limit', /^\d+$/.test(limit) ? Number(limit) : limit, '--limit'] as const]),
    ['follow', follow, '--follow'],
  ];
  const head = ['name: read', 'jobs: {read: {kind: small-files}}', 'dataset:'];
  const lines = fields.map(([word, value]) => `  ${word}: ${JSON.stringify(value)}`);
  const options = new Map(fields.map(([, , option], index) => [head.length + index + 1, option]));
  const { dataset } = parseWorkload([...head, ...lines].join('\n'), 'feedrate read', [], options);
  return dataset as ExistingDataset;
}

function runtimeOf(text: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok) throw usage(`--runtime: ${parsed.message}`);
  if (parsed.value === 0) throw usage('--runtime 0: expected a time above 0, such as 1m');
  return parsed.value;
}

function usage(message: string): FeedrateError {
  return new FeedrateError('usage', message);
}
