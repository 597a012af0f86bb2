import type { Backend } from './backend.js';
import { BlockingDrain } from './blocking-drain.js';
import type { Content } from './buffers.js';
import { CallDrain } from './call-drain.js';
import { type Drain, type DrainOptions, isPlain } from './drain.js';
import type { Meter } from './meter.js';
import { MmapBackend } from './mmap.js';
import { PsyncBackend } from './psync.js';
import { UringBackend } from './uring/backend.js';
import { QueueDrain } from './uring/queue-drain.js';

/** More operations of direct I/O in one call keep the device waiting for the first of them (measured at iodepth 32). */
const DIRECT_CALL_LIMIT = 4;
/** From this length on, filling the next buffer takes so long that the last one is better on its way. */
const LARGE_BYTES = 65_536;

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
  return new QueueDrain(backend, meter, content, options, {
    files: shape.files,
    // Copying from the page cache into a single large buffer was 14 % slower with the buffer registered.
    registerBuffers: shape.direct || iodepth > 1 || !large,
    callLimit: shape.direct ? Math.min(DIRECT_CALL_LIMIT, iodepth) : options.refill && large ? 1 : iodepth,
  });
}
