/** Keeps the samples of ONTAP's counters beside the run: `ontap.jsonl`, a line each. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { decodeOntapSample, type OntapSample } from '../record/ontap-record.js';
import { appendLines } from './durable-files.js';
import { forEachLine } from './lines.js';
import { RUN_FILES } from './run-files.js';

/** Appends a sample. Throws `FeedrateError('store')`. */
export function keepOntapSample(runDirectory: string, sample: OntapSample): void {
  appendLines(join(runDirectory, RUN_FILES.ontap), `${JSON.stringify(sample)}\n`);
}

/** Returns the samples that can be read, in the order in which they were taken. Lines that cannot be read are left out. */
export function readOntapSamples(runDirectory: string): OntapSample[] {
  const path = join(runDirectory, RUN_FILES.ontap);
  const samples: OntapSample[] = [];
  if (!existsSync(path)) return samples;
  forEachLine(path, (line, number) => {
    if (line === null || line === '') return;
    try {
      samples.push(decodeOntapSample(line, `${RUN_FILES.ontap}:${number}`));
    } catch (thrown) {
      // The last line of a run that was killed may be cut off. The next sample covers its time.
      if (!(thrown instanceof FeedrateError)) throw thrown;
    }
  });
  return samples;
}
