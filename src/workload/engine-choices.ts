import type { EngineChoice } from './workload.js';

/** What `ioengine` and `--engine` take. A file of its own, so that the command line can offer them without loading zod. */
export const ENGINE_CHOICES = [
  'auto',
  'psync',
  'io_uring',
  'mmap',
  'null',
  'simulated',
] as const satisfies readonly EngineChoice[];
