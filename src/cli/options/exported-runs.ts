/** Reads the runs that are written for other programs. */
import { FeedrateError } from '../../base/errors.js';
import type { ReadableRun } from '../../record/stored-run.js';
import { isBucketUrl } from '../../store/bucket-place.js';
import { readNamedRun } from '../../store/run-sources.js';
import { tell } from '../output/print.js';

/**
 * Returns the named runs, each once (default: the latest). Tells what of them is missing. Throws `FeedrateError('store')`
 * for a run whose `run.json` cannot be read.
 * @param isLocal whether the files of the run are needed, which a bucket does not give
 */
export async function readExportedRuns(
  resultsDirectory: string,
  specs: readonly string[],
  { isLocal }: { readonly isLocal: boolean },
): Promise<ReadableRun[]> {
  const runs = new Map<string, ReadableRun>();
  for (const spec of specs.length === 0 ? ['latest'] : specs) {
    if (isLocal && isBucketUrl(spec))
      throw new FeedrateError('usage', `${spec}: an archive is made of a run on this machine; copy it here first`);
    const stored = await readNamedRun(spec, { resultsDirectory, passedOver: tell });
    const { run, problems, directory, status, id } = stored;
    if (run === null) throw new FeedrateError('store', `${directory}: cannot be exported: ${problems[0]}`);
    if (runs.has(directory)) continue;
    for (const problem of problems) tell(`${id}: ${problem}`);
    if (status !== 'complete' && problems.length === 0) tell(`${id} is ${status}: what it measured so far is exported`);
    runs.set(directory, { ...stored, run });
  }
  return [...runs.values()];
}
