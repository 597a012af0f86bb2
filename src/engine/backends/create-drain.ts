import { type Content, LARGE_BYTES } from '../content/buffers.js';
import type { Backend } from '../core/backend.js';
import type { Meter } from '../core/meter.js';
import { BlockingDrain } from '../drains/blocking-drain.js';
import { CallDrain } from '../drains/call-drain.js';
import { type Drain, type DrainOptions, isPlain } from '../drains/drain.js';
import { QueueDrain } from '../uring/queue-drain.js';
import { UringBackend } from '../uring/uring-backend.js';
import { MmapBackend } from './mmap.js';
import { PsyncBackend } from './psync.js';

/** More operations of direct I/O in one call keep the device waiting for the first of them (measured at iodepth 32). */
const DIRECT_CALL_LIMIT = 4;

/**
 * With so many operations of direct I/O in flight a full queue waits for a whole call's worth of completions: woken for
 * each, it took a fifth more CPU and did 3 to 8 % fewer operations (measured at iodepth 32).
 */
const LONG_QUEUE = 32;

/** What a queue is set up for. */
export interface QueueShape {
  /** Slots in use; the files of all of them are open. */
  readonly files: number;
  readonly maxBlockBytes: number;
  readonly direct: boolean;
}

/** The loop that suits the backend. */
export function createDrain(
  backend: Backend,
  meter: Meter,
  content: Content,
  options: DrainOptions,
  shape: QueueShape,
): Drain {
  const blocks = backend instanceof PsyncBackend || backend instanceof MmapBackend;
  if (blocks && isPlain(options)) return new BlockingDrain(backend, meter, content);
  if (!(backend instanceof UringBackend)) return new CallDrain(backend, meter, content, options);
  const { iodepth } = backend;
  const large = shape.maxBlockBytes >= LARGE_BYTES;
  const callLimit = shape.direct ? Math.min(DIRECT_CALL_LIMIT, iodepth) : options.refill && large ? 1 : iodepth;
  return new QueueDrain(backend, meter, content, options, {
    files: shape.files,
    // Copying from the page cache into a single large buffer was 14 % slower with the buffer registered.
    registerBuffers: shape.direct || iodepth > 1 || !large,
    callLimit,
    waitFor: shape.direct && iodepth >= LONG_QUEUE && !options.paced ? callLimit : 1,
  });
}
