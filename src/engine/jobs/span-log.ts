import type { OperationKind } from '../../base/latency-kinds.js';
import type { CheckpointPhase, CheckpointSpan } from '../../record/checkpoint-timeline.js';
import type { Clock } from '../core/clock.js';
import type { ProgramContext } from './job-program.js';

/** A record has a few hundred spans. Remembering all of millions would cost the memory that is measured with. */
const MOST_KEPT = 8192;

/** Remembers when a thread did what for which checkpoint. Called for each file, not for each operation. */
export class SpanLog {
  readonly kept: CheckpointSpan[] = [];
  /** How many more spans there were. */
  dropped = 0;
  readonly #worker: number | null;
  #isInside = false;

  /** @param worker the rank that saves or loads; null: the training */
  constructor(worker: number | null) {
    this.#worker = worker;
  }

  add(checkpoint: number, phase: CheckpointPhase, startNs: number, endNs: number): void {
    if (this.#isInside) return;
    if (this.kept.length < MOST_KEPT) this.kept.push({ checkpoint, worker: this.#worker, phase, startNs, endNs });
    else this.dropped++;
  }

  /** Takes a step, and adds it as one span, without the spans inside it. */
  during<T>(checkpoint: number, phase: CheckpointPhase, clock: Clock, step: () => T): T {
    const wasInside = this.#isInside;
    const startNs = clock.now();
    this.#isInside = true;
    const result = step();
    this.#isInside = wasInside;
    this.add(checkpoint, phase, startNs, clock.now());
    return result;
  }

  /** Takes a step, records its duration as a latency of its kind, and adds it as a span. */
  timed(context: ProgramContext, checkpoint: number, kind: OperationKind & CheckpointPhase, step: () => void): void {
    const { clock } = context.backend;
    const startNs = clock.now();
    step();
    const endNs = clock.now();
    context.meter.record(kind, endNs - startNs);
    this.add(checkpoint, kind, startNs, endNs);
  }
}
