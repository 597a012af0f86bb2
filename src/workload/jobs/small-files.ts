/** The job kind `small-files` in the workload language. */
import { blocks } from '../composite-types.js';
import { field } from '../row.js';
import { rulesFor } from '../rules.js';
import { count, flag, size } from '../value-types.js';
import type { BlockShare } from '../values.js';
import type { CommonJob, JobKind, TimedJob } from './job-kind.js';
import { chosenSizes, common, timed, verify } from './shared-fields.js';
import { commonConditions, commonRules, timedRule, unchoosable, unverifiable, verifyRule } from './shared-rules.js';

/** Opens, reads and closes many small files, and measures each step separately. */
export interface SmallFilesJob extends CommonJob, TimedJob {
  readonly kind: 'small-files';
  /** Bytes per read call. A larger file takes several calls. */
  readonly bs: readonly BlockShare[];
  /** Visit the files in a new random order each pass (true) or by name. */
  readonly shuffle: boolean;
  /** Files per worker if the job has its own; null = the workload's dataset. */
  readonly nrfiles: number | null;
  /** Size of each of the job's own files. */
  readonly filesizeBytes: number | null;
  /** Of files that exist, only those with at most so many bytes are read; null = all. */
  readonly maxFilesizeBytes: number | null;
  readonly verify: boolean;
}

const TIB = 1024 ** 4;
const MILLION = 1_000_000;

const { rule } = rulesFor<SmallFilesJob>();

export const smallFilesKind: JobKind<SmallFilesJob> = {
  meaning: 'opens, reads and closes whole files, like a loader that stores one sample per file',
  rows: {
    bs: field('bs', blocks, '1MiB', 'Bytes per read call. A larger file takes several calls.'),
    numjobs: common.numjobs,
    nrfiles: field('nrfiles', count(1, MILLION), { absent: 'the dataset' }, 'Files per worker. Requires `filesize`.'),
    filesizeBytes: field('filesize', size(0, TIB), { absent: 'the dataset' }, 'Size of each file. Requires `nrfiles`.'),
    maxFilesizeBytes: chosenSizes.max,
    runtimeNs: timed.runtimeNs,
    timeBased: timed.timeBased,
    rampTimeNs: timed.rampTimeNs,
    cache: common.cache,
    direct: common.direct,
    shuffle: field(
      'shuffle',
      flag,
      true,
      'Read the files in a new random order in each pass instead of by name.',
      'norandommap',
    ),
    verify,
    beside: common.beside,
    randseed: common.randseed,
    ioengine: common.ioengine,
    simulatedLatencyNs: common.simulatedLatencyNs,
    simulatedBytesPerSecond: common.simulatedBytesPerSecond,
  },
  conditions: commonConditions,
  rules: [
    timedRule,
    ...commonRules,
    verifyRule,
    rule(['verify', 'nrfiles'], ({ verify, nrfiles }, { dataset }) =>
      nrfiles === null ? unverifiable(verify, dataset) : null,
    ),
    rule(['maxFilesizeBytes', 'nrfiles'], ({ maxFilesizeBytes: most, nrfiles }, { dataset }) =>
      unchoosable('maxFilesizeBytes', most, nrfiles === null ? dataset : null),
    ),
    rule(['nrfiles', 'filesizeBytes'], ({ nrfiles, filesizeBytes }, { dataset }) => {
      if (nrfiles === null && filesizeBytes === null) {
        return dataset
          ? null
          : { at: ['nrfiles'], message: 'is required with filesize, because the workload has no dataset' };
      }
      if (filesizeBytes === null) return { at: ['nrfiles'], message: 'requires filesize' };
      return nrfiles === null ? { at: ['filesizeBytes'], message: 'requires nrfiles' } : null;
    }),
  ],
};
