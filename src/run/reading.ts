/** Chooses the workload of `feedrate read` once the files are found. */
import { availableParallelism } from 'node:os';
import { FeedrateError } from '../base/errors.js';
import { readCgroupLimits } from '../host/system/cgroup.js';
import { type MachineLimit, readMachineLimits } from '../host/system/machine-limits.js';
import { type Choice, choiceWords, chooseJobs, type ReadingPlace, workloadText } from '../plan/read-workload.js';
import { type DataShape, SizeBins } from '../plan/size-bins.js';
import type { ExistingDataset } from '../workload/workload.js';
import type { FoundByTarget } from './found-data.js';
import type { NamedPath, WorkloadText } from './request.js';

/** What the user asks of a reading. */
export interface ReadingOptions {
  readonly dataset: ExistingDataset;
  readonly targets: readonly NamedPath[];
  readonly runtimeNs: number;
  readonly cache: ReadingPlace['cache'];
}

/** A workload that is chosen from what was found, and one line that says so. */
export interface ChosenWorkload {
  readonly workload: WorkloadText;
  readonly words: string;
}

/** Returns the workload for these files. Throws `FeedrateError('target')` when there is nothing to read. */
export function chooseWorkload(found: FoundByTarget, options: ReadingOptions): ChosenWorkload {
  const { dataset, targets, runtimeNs, cache } = options;
  const shape = shapeOf(found);
  if (shape.bytes === 0) throw nothingToRead(shape, options);
  const isDevice = [...found.values()].some(({ index }) => index.opening.device);
  const choice = chooseJobs(shape, {
    ...machineRoom(),
    targets: targets.length,
    runtimeNs,
    cache,
  });
  const words = choiceWords(shape, choice, isDevice);
  const source = workloadText(choice, datasetFields(dataset, choice), [words]);
  const told = cache === null && choice.repeats ? `${words}. ${FROM_MEMORY}` : words;
  return { workload: { source, path: 'the workload of feedrate read' }, words: told };
}

const FROM_MEMORY =
  'One pass is too short to measure, so the files are read again and again, from memory; --cache cold reads them once from the storage';

/** The targets have the same files, so the first one stands for all. */
function shapeOf(found: FoundByTarget): DataShape {
  const bins = new SizeBins();
  const [first] = found.values();
  for (const bytes of first?.index.bytes ?? []) bins.add(bytes);
  return bins.shape();
}

function nothingToRead({ files }: DataShape, { targets, dataset }: ReadingOptions): FeedrateError {
  const [first] = targets;
  const where = dataset.path === '.' ? first?.path : `${first?.path}/${dataset.path}`;
  const what = files === 1 ? 'the file is empty' : `all ${files} files are empty`;
  return new FeedrateError('target', `nothing to read in ${where}: ${what}; name files with content`);
}

/** Returns what this machine has for the workers. */
function machineRoom(): Pick<ReadingPlace, 'cpus' | 'memoryBytes' | 'openFiles'> {
  const limits = readMachineLimits();
  const least = (resource: MachineLimit['resource']) =>
    Math.min(...limits.filter((limit) => limit.resource === resource).map(({ available }) => available));
  const quota = readCgroupLimits().cpuMax ?? Number.POSITIVE_INFINITY;
  return {
    cpus: Math.max(1, Math.min(availableParallelism(), Math.ceil(quota))),
    memoryBytes: least('memoryBytes'),
    openFiles: least('descriptors'),
  };
}

/** Returns the fields of the dataset that differ from what they are by themselves, in the syntax of YAML. */
function datasetFields(dataset: ExistingDataset, { limit }: Choice): Record<string, string> {
  const { path, manifest, include, exclude, follow } = dataset;
  const list = (texts: readonly string[]) => `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`;
  const most = dataset.limit ?? limit;
  return {
    path: JSON.stringify(path),
    ...(manifest !== null && { manifest: JSON.stringify(manifest) }),
    ...(include.length > 0 && { include: list(include) }),
    ...(exclude.length > 0 && { exclude: list(exclude) }),
    ...(follow && { follow: 'true' }),
    ...(most !== null && { limit: String(most) }),
  };
}
