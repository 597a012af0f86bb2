/** The pace of a job in the workload language: rates and pauses. */
import { field, type Rows } from '../row.js';
import { rulesFor } from '../rules.js';
import { choice, count, duration, flag, rate } from '../value-types.js';

/** The fields of jobs that limit their rate. */
export interface PacedJob {
  /** Per worker; null = unlimited. */
  readonly rateBytesPerSecond: number | null;
  readonly rateIops: number | null;
  readonly rateProcess: 'linear' | 'poisson';
  /** Whether a pause moves the schedule of the rate, instead of being caught up with. */
  readonly rateIgnoreThinktime: boolean;
  /** Pause after each `thinktimeBlocks` operations. */
  readonly thinktimeNs: number;
  readonly thinktimeBlocks: number;
}

export const paced: Rows<PacedJob> = {
  rateBytesPerSecond: field(
    'rate',
    rate(),
    { absent: 'unlimited' },
    'Bytes per second for each worker. Latency is then measured from the intended start of an operation, so that stalls are not hidden.',
  ),
  rateIops: field(
    'rate_iops',
    count(1, 1_000_000_000),
    { absent: 'unlimited' },
    'Operations per second for each worker, instead of `rate`.',
  ),
  rateProcess: field(
    'rate_process',
    choice(['linear', 'poisson']),
    'linear',
    'Even (`linear`) or random (`poisson`) spacing of operations that a rate limits.',
  ),
  rateIgnoreThinktime: field(
    'rate_ignore_thinktime',
    flag,
    false,
    'With `thinktime`, let each pause move the schedule of the rate. By default, operations that became due during a pause follow it at once, until the rate is kept again. Pauses are never part of a latency.',
  ),
  thinktimeNs: field(
    'thinktime',
    duration(0, 'us'),
    0,
    'Pause of each worker after `thinktime_blocks` operations. **A number without a unit is in µs**, as in fio.',
  ),
  thinktimeBlocks: field(
    'thinktime_blocks',
    count(1, Number.MAX_SAFE_INTEGER),
    1,
    'Number of operations between two pauses.',
  ),
};

const { rule, condition } = rulesFor<PacedJob>();

export const pacedConditions = [
  condition('rateProcess', ['rateBytesPerSecond', 'rateIops'], (values) =>
    values.rateProcess === 'poisson' && values.rateBytesPerSecond === null && values.rateIops === null
      ? 'without rate or rate_iops'
      : null,
  ),
  condition('rateIgnoreThinktime', ['rateBytesPerSecond', 'rateIops', 'thinktimeNs'], (values) => {
    const { rateIgnoreThinktime, rateBytesPerSecond, rateIops, thinktimeNs } = values;
    if (!rateIgnoreThinktime) return null;
    if (thinktimeNs === 0) return 'without thinktime';
    return rateBytesPerSecond === null && rateIops === null ? 'without rate or rate_iops' : null;
  }),
  condition('thinktimeBlocks', ['thinktimeNs'], ({ thinktimeNs }) => (thinktimeNs === 0 ? 'without thinktime' : null)),
];

export const pacedRule = rule(['rateBytesPerSecond', 'rateIops'], ({ rateBytesPerSecond, rateIops }) =>
  rateBytesPerSecond !== null && rateIops !== null
    ? { at: ['rateIops'], message: 'cannot be combined with rate; remove one of them' }
    : null,
);
