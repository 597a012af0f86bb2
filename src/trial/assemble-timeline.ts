import type { WorkerReport } from '../engine/core/protocol.js';
import { type CheckpointTimeline, timelineOf } from '../record/checkpoint-timeline.js';

/** Returns when the workers did what for their checkpoints; undefined for jobs without checkpoints. */
export function assembleTimeline(reports: readonly WorkerReport[]): CheckpointTimeline | undefined {
  const logs = reports.flatMap(({ spans }) => spans ?? []);
  const dropped = logs.reduce((sum, log) => sum + log.dropped, 0);
  return timelineOf(
    logs.flatMap(({ kept }) => kept),
    dropped,
  );
}
