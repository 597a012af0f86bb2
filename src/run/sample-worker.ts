/** A thread of a scan that looks for samples in files, in the parts that it is given. */
import { parentPort, workerData } from 'node:worker_threads';
import { FeedrateError } from '../base/errors.js';
import type { PartOfSamples } from './sample-crew.js';
import { type SampleWork, sampleTableOf } from './sample-scan.js';

function partOf(paths: readonly string[]): PartOfSamples {
  try {
    return { table: sampleTableOf(paths, workerData as SampleWork) };
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    return { refusal: thrown.message };
  }
}

parentPort?.on('message', (paths: readonly string[]) => parentPort?.postMessage(partOf(paths)));
