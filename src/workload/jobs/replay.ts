/** The job kind `replay` in the workload language: its fields and rules. */
import { blocks } from '../composite-types.js';
import { capabilitiesOf } from '../engines.js';
import { field } from '../row.js';
import { rulesFor } from '../rules.js';
import { count, flag } from '../value-types.js';
import type { CommonJob, JobKind } from './job-kind.js';
import { common } from './shared-fields.js';
import { commonConditions } from './shared-rules.js';

/** Makes the calls of a recorded program again: the trace of the workload's dataset. */
export interface ReplayJob extends CommonJob {
  readonly kind: 'replay';
  /** Whether the gaps between calls are left out, so that only calls and the order between threads take time. */
  readonly noStall: boolean;
  /** Gaps in percent of what was recorded. */
  readonly timeScale: number;
  /** Whether mapped files are read, of which the trace has only the map. */
  readonly touchMaps: boolean;
}

const { rule, condition } = rulesFor<ReplayJob>();

export const replayKind: JobKind<ReplayJob> = {
  meaning: 'makes the calls of a recorded program again, thread by thread',
  rows: {
    bs: field('bs', blocks, '1MiB', 'Longest write. A longer one of the trace becomes several calls.'),
    numjobs: field(
      'numjobs',
      count(1, 1024),
      'required',
      'Threads of the trace, one worker for each. The commands `record` and `import trace` write the right number.',
    ),
    noStall: field(
      'replay_no_stall',
      flag,
      false,
      'Leave out the compute time between calls. Threads still wait for each other where they did in the recording.',
    ),
    timeScale: field(
      'replay_time_scale',
      count(1, 10_000),
      100,
      'Percentage of the recorded compute time. `50` stands for an accelerator that is twice as fast.',
    ),
    touchMaps: field(
      'touch_maps',
      flag,
      false,
      'Read all of each mapped range, because a trace does not show which of its pages were used. By default, a map is made and not read.',
    ),
    cache: common.cache,
    direct: common.direct,
    beside: common.beside,
    randseed: common.randseed,
    ioengine: common.ioengine,
    simulatedLatencyNs: common.simulatedLatencyNs,
    simulatedBytesPerSecond: common.simulatedBytesPerSecond,
  },
  conditions: [
    condition('direct', [], ({ direct }) =>
      direct ? 'with kind: replay, which opens each file as it was opened in the recording' : null,
    ),
    condition('timeScale', ['noStall'], ({ noStall, timeScale }) =>
      noStall && timeScale !== 100 ? 'with replay_no_stall: true' : null,
    ),
    ...commonConditions,
  ],
  rules: [
    rule(['numjobs'], (_, { dataset }) =>
      dataset?.kind === 'traced'
        ? null
        : { at: ['numjobs'], message: 'kind: replay requires dataset.trace, the file of a trace' },
    ),
    rule(['cache'], ({ cache }) =>
      cache === 'direct'
        ? { at: ['cache'], message: 'direct is not possible in a replay, which opens each file as in the recording' }
        : null,
    ),
    rule(['ioengine'], ({ ioengine }) =>
      capabilitiesOf(ioengine).worksOnEntries
        ? null
        : { at: ['ioengine'], message: `${ioengine} cannot make the calls of a replay; leave ioengine out` },
    ),
  ],
};
