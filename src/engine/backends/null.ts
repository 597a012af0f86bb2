import type { ReaderCalls } from '../../training/readers/reader-calls.js';
import type { Backend } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import { type BackendFactory, callDrain, NOTHING_WATCHED } from './backend-factory.js';
import { ModelledEntries } from './modelled-entries.js';
import { ModelledReading } from './modelled-reading.js';

/** Does nothing, so that a trial measures feedrate itself. */
export class NullBackend implements Backend {
  readonly clock: Clock;
  readonly entries = new ModelledEntries(() => {});

  constructor(clock: Clock) {
    this.clock = clock;
  }

  createReading(): ReaderCalls {
    return new ModelledReading(() => {});
  }

  transfer(): void {}
  open(): void {}
  adopt(): void {}
  close(): void {}
  sync(): void {}
  rename(): void {}
  makeDirectories(): void {}
  syncDirectory(): void {}
  remove(): void {}
  dispose(): void {}
}

export const nullFactory: BackendFactory = {
  refusal: () => null,
  rehearsal: 'null',
  create: (_, clock) => {
    const backend = new NullBackend(clock);
    return { backend, createDrain: callDrain(backend), watch: NOTHING_WATCHED };
  },
};
