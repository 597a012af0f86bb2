import { type Libc, libc } from '../../host/system/libc.js';
import { jobPlanOf } from '../../plan/jobs/registry.js';
import { LARGE_BYTES } from '../content/buffers.js';
import type { DrainOptions } from '../drains/drain.js';
import { uringRefusal } from '../uring/availability.js';
import { QueueDrain } from '../uring/queue-drain.js';
import { UringBackend } from '../uring/uring-backend.js';
import type { BackendFactory, QueueShape } from './backend-factory.js';

/** With more direct operations per call, the device waits for the first one (measured at iodepth 32). */
const DIRECT_CALL_LIMIT = 4;

/**
 * From this iodepth on, a full queue of direct I/O waits for as many completions as one call submits. Waking up for
 * each completion took a fifth more CPU and did 3 to 8 % fewer operations (measured at iodepth 32).
 */
const LONG_QUEUE = 32;

/** Returns the queue settings of a drain. */
function settingOf(iodepth: number, { refill, paced }: DrainOptions, { files, maxBlockBytes, direct }: QueueShape) {
  const large = maxBlockBytes >= LARGE_BYTES;
  const callLimit = direct ? Math.min(DIRECT_CALL_LIMIT, iodepth) : refill && large ? 1 : iodepth;
  return {
    files,
    // Copying from the page cache into a single large buffer was 14 % slower with the buffer registered.
    registerBuffers: direct || iodepth > 1 || !large,
    callLimit,
    waitFor: direct && iodepth >= LONG_QUEUE && !paced ? callLimit : 1,
  };
}

export const uringFactory: BackendFactory = {
  refusal: ({ numjobs, iodepth }) => uringRefusal(numjobs, iodepth),
  rehearsal: 'io_uring',
  create: (task, clock, content) => {
    const { depth } = jobPlanOf(task.job).queue;
    const backend = new UringBackend(libc() as Libc, content, clock, depth);
    return {
      backend,
      createDrain: (meter, drained, options, shape) =>
        new QueueDrain(backend, meter, drained, options, settingOf(depth, options, shape)),
      watch: () => () => ({ ring: backend.use, shortTransfers: backend.shortTransfers }),
    };
  },
};
