import type { WorkerReport } from '../engine/core/protocol.js';
import type { ReplayedCalls, ReplayRecord } from '../record/replay-record.js';
import { CallSums } from '../training/trace/call-sums.js';
import type { CallSum, TraceHead } from '../training/trace/trace-file.js';
import { recordedWithinNs } from '../training/trace/tracer-time.js';
import type { Job } from '../workload/workload.js';

/** Returns what a replay measured beside what its trace has; undefined for other jobs. */
export function assembleReplay(
  reports: readonly WorkerReport[],
  head: TraceHead | null,
  job: Job,
): ReplayRecord | undefined {
  const replays = reports.flatMap(({ replay }) => replay ?? []);
  if (head === null || replays.length === 0) return undefined;
  const sums = new CallSums();
  for (const { group, fileClass, bytes, ns, calls } of replays.flatMap((replay) => replay.sums))
    sums.add(group, fileClass, bytes, ns, calls);
  const total = (of: 'gapNs' | 'waitNs') => replays.reduce((sum, replay) => sum + replay[of], 0);
  return {
    recordedNs: head.timed ? head.recordedNs : null,
    recordedWithinNs: head.timed ? recordedWithinNs(head) : null,
    replayedNs: reports.reduce((most, { total: { atNs } }) => Math.max(most, atNs), 0),
    overheadNs: head.overheadNs,
    threads: replays.length,
    gapNs: Math.round(total('gapNs')),
    waitNs: Math.round(total('waitNs')),
    unreadMapBytes: 'touchMaps' in job && job.touchMaps ? 0 : head.mappedBytes,
    calls: besideEachOther(head.sums, sums.list()),
  };
}

function besideEachOther(recorded: readonly CallSum[], replayed: readonly CallSum[]): ReplayedCalls[] {
  const none = { calls: 0, bytes: 0, ns: 0 };
  const keyOf = ({ group, fileClass }: CallSum) => `${group} ${fileClass}`;
  const figures = (sum: CallSum | undefined) =>
    sum === undefined ? none : { calls: sum.calls, bytes: sum.bytes, ns: sum.ns };
  const before = new Map(recorded.map((sum) => [keyOf(sum), sum]));
  const after = new Map(replayed.map((sum) => [keyOf(sum), sum]));
  const keys = [...new Set([...after.keys(), ...before.keys()])];
  return keys.map((key) => {
    const { group, fileClass } = (after.get(key) ?? before.get(key)) as CallSum;
    return { group, fileClass, recorded: figures(before.get(key)), replayed: figures(after.get(key)) };
  });
}
