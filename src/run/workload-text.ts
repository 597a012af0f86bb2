/** Finds and reads workloads: files of the user, and those that are installed with feedrate. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FeedrateError, isSystemError, systemFaultOf } from '../base/errors.js';
import { formatBytes } from '../base/units.js';
import { packageRoot } from '../host/system/installation.js';
import { readTextFile } from '../host/system/regular-file.js';
import { modelWorkload } from '../training/model-workload.js';
import { ACCELERATOR_MODELS } from '../training/models.js';
import { fioFileError } from '../workload/fio-file.js';
import { didYouMean } from '../workload/suggest.js';
import type { WorkloadText } from './request.js';

/** The most that a person or a program writes into a workload. The YAML library takes a hundred times as much memory. */
const MOST_WORKLOAD_BYTES = 4 * 2 ** 20;

/** What the shell opened, as in `feedrate run <(generate)`. Other pipes might never have a writer. */
const INHERITED = /^\/(?:dev\/(?:stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/;

const SUFFIX = '.yaml';

/** Returns the paths of the installed workloads by name, in the order of their names. Empty without an installation. */
export function installedWorkloads(): ReadonlyMap<string, string> {
  const root = packageRoot();
  if (root === null) return new Map();
  const directory = join(root, 'workloads');
  const files = readdirSync(directory).filter((name) => name.endsWith(SUFFIX));
  return new Map(files.sort().map((name) => [name.slice(0, -SUFFIX.length), join(directory, name)]));
}

/**
 * Reads a workload, which is named by a path or by the name of an installed one. A file of the user with that name wins.
 * Throws `FeedrateError('workload')`.
 */
export function readWorkload(word: string): WorkloadText {
  return isFile(word) ? readFile(word) : readInstalledWorkload(word);
}

/**
 * Reads an installed workload, or makes that of a model on an accelerator at full size. Throws `FeedrateError('workload')`
 * when there is none of this name.
 */
export function readInstalledWorkload(name: string): WorkloadText {
  const model = ACCELERATOR_MODELS.find((each) => each.name === name);
  return model === undefined
    ? readFile(installedWorkloads().get(name) ?? name)
    : { source: modelWorkload(model), path: name };
}

function readFile(path: string): WorkloadText {
  return withoutFio(path, readSource(path));
}

function readSource(path: string): string {
  try {
    const isInherited = INHERITED.test(path) && statSync(path).isFIFO();
    return isInherited ? readFileSync(path, 'utf8') : readTextFile(path, MOST_WORKLOAD_BYTES);
  } catch (thrown) {
    const { code, message } = systemFaultOf(thrown);
    const reason = isSystemError(thrown) ? code : message;
    throw new FeedrateError('workload', `cannot read the workload ${path}: ${reason}; ${remedyFor(path)}`, {
      cause: thrown,
    });
  }
}

/**
 * Reads a workload from a stream, such as standard input. Throws `FeedrateError('workload')` for more text than a workload
 * may have.
 */
export async function readWorkloadFrom(stream: AsyncIterable<Buffer>, path: string): Promise<WorkloadText> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream) {
    parts.push(part);
    bytes += part.length;
    if (bytes > MOST_WORKLOAD_BYTES) {
      throw new FeedrateError('workload', `${path}: expected at most ${formatBytes(MOST_WORKLOAD_BYTES)} of YAML`);
    }
  }
  // A stream has no name that a second command could read.
  return withoutFio(path, Buffer.concat(parts).toString('utf8'), 'fio -');
}

function withoutFio(path: string, source: string, asked?: string): WorkloadText {
  const error = fioFileError(source, path, asked);
  if (error !== null) throw error;
  return { source, path };
}

function isFile(path: string): boolean {
  // A directory `quick` does not hide the workload of that name.
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
}

/** Returns what to do about a workload that cannot be read, with the installed one that the user may have meant. */
function remedyFor(word: string): string {
  const names = [...installedWorkloads().keys(), ...ACCELERATOR_MODELS.map((model) => model.name)];
  const meant = word.slice(word.lastIndexOf('/') + 1).replace(/\.ya?ml$/, '');
  if (names.includes(meant)) return `an installed workload has this name: use ${meant}`;
  return `give the path of a .yaml file, or a name from this list: feedrate workloads${didYouMean(meant, names)}`;
}
