/** The reading of many small files in the workload language. */
import { blocks } from '../composite-types.js';
import { field } from '../row.js';
import { rulesFor } from '../rules.js';
import { count, flag, size } from '../value-types.js';
import type { BlockShare } from '../values.js';
import type { CommonJob, JobKind, TimedJob } from './job-kind.js';
import { common, timed, verify } from './shared-fields.js';
import { commonConditions, commonRules, timedRule, verifyRule } from './shared-rules.js';

/** Open, read whole, close: many small samples, each step timed apart. */
export interface SmallFilesJob extends CommonJob, TimedJob {
  readonly kind: 'small-files';
  /** Bytes of one read call; a file larger than this takes several. */
  readonly bs: readonly BlockShare[];
  /** Visit the files in a new random order each pass (true) or by name. */
  readonly shuffle: boolean;
  /** Files per worker if the job has its own; null = the workload's dataset. */
  readonly nrfiles: number | null;
  /** Size of each of the job's own files. */
  readonly filesizeBytes: number | null;
  readonly verify: boolean;
}

const TIB = 1024 ** 4;
const MILLION = 1_000_000;

const { rule } = rulesFor<SmallFilesJob>();

export const smallFilesKind: JobKind<SmallFilesJob> = {
  meaning: 'opens, reads and closes whole files, as a loader of single samples does',
  rows: {
    bs: field('bs', blocks, '1MiB', 'Bytes of one read call; a larger file takes several.'),
    numjobs: common.numjobs,
    nrfiles: field(
      'nrfiles',
      count(1, MILLION),
      { absent: 'the dataset' },
      'Files per worker, together with `filesize`.',
    ),
    filesizeBytes: field(
      'filesize',
      size(1, TIB),
      { absent: 'the dataset' },
      'Bytes of each of the job’s own files, together with `nrfiles`.',
    ),
    runtimeNs: timed.runtimeNs,
    timeBased: timed.timeBased,
    rampTimeNs: timed.rampTimeNs,
    cache: common.cache,
    direct: common.direct,
    shuffle: field(
      'shuffle',
      flag,
      true,
      'Visit the files in a new random order each pass instead of by name.',
      'norandommap',
    ),
    verify,
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
    rule(['nrfiles', 'filesizeBytes'], ({ nrfiles, filesizeBytes }, { dataset }) => {
      if (nrfiles === null && filesizeBytes === null) {
        return dataset ? null : { at: ['nrfiles'], message: 'and filesize are needed, as the workload has no dataset' };
      }
      if (filesizeBytes === null) return { at: ['nrfiles'], message: 'needs filesize beside it' };
      return nrfiles === null ? { at: ['filesizeBytes'], message: 'needs nrfiles beside it' } : null;
    }),
  ],
};
