import type { Engine } from '../../workload/engines.js';
import type { BackendFactory } from './backend-factory.js';
import { uringFactory } from './io-uring.js';
import { mmapFactory } from './mmap.js';
import { nfsFactory } from './nfs.js';
import { nullFactory } from './null.js';
import { psyncFactory } from './psync.js';
import { simulatedFactory } from './simulated.js';

/** The factory of each engine. */
export const BACKENDS: Readonly<Record<Engine, BackendFactory>> = {
  psync: psyncFactory,
  io_uring: uringFactory,
  mmap: mmapFactory,
  null: nullFactory,
  simulated: simulatedFactory,
  nfs: nfsFactory,
};
