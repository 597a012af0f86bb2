/** The ranks of a group in `feedrate feed`: rank 0 decides what is measured, and the others measure it with it. */
import { FEED_WORKLOAD_PATH, type FeedBase, type FeedPlan, stagedRequestOf } from './feed-plan.js';
import type { RankMeetings } from './rank-meetings.js';
import type { NamedPath } from './request.js';
import { StagedRun } from './staged-run.js';
import { StopHandle } from './stop-handle.js';

/** What rank 0 has decided to measure next. */
export interface DecidedStage {
  /** The workload with the jobs of all stages so far, and the names of those that are measured now. */
  readonly source: string;
  readonly jobs: readonly string[];
  /** Time until the measurement has to end, ns. */
  readonly leftNs: number;
}

/**
 * Tells or hears what is measured next, at a meeting of all ranks before each stage. Null: nothing more is. A stop request is
 * told with the next stage; a second one leaves the group.
 * @param decided what this rank has decided; undefined: rank 0 decides
 * @param end stops what this rank measures
 * @throws FeedrateError as `RankMeetings.exchange` does
 */
export async function agreeOnStage(
  meetings: RankMeetings,
  end: StopHandle,
  decided?: DecidedStage | null,
): Promise<DecidedStage | null> {
  let isAsked = end.isAsked;
  const unheed = end.heedWith(() => {
    if (isAsked && !end.isPlanned) meetings.abandon('stopped while it waited for the other ranks');
    isAsked = true;
  });
  try {
    const [first = 'null'] = await meetings.exchange('stage', JSON.stringify(decided ?? null));
    return JSON.parse(first) as DecidedStage | null;
  } finally {
    unheed();
  }
}

/**
 * Measures the stages that rank 0 decides on, until there is none. Returns also when the time is up, or another rank has ended
 * the run during a stage.
 * @throws FeedrateError as `StagedRun.measure` does. Another rank's fault is a `PeerError`
 */
export async function followFeed(
  target: NamedPath,
  plan: FeedPlan,
  base: FeedBase,
  meetings: RankMeetings,
): Promise<void> {
  const end = new StopHandle();
  const staged = new StagedRun({ ...stagedRequestOf(base, plan, target), stop: end }, {});
  const unheed = base.stop.heedWith(() => end.stop());
  let timer: NodeJS.Timeout | undefined;
  try {
    while (meetings.over === null) {
      const stage = await agreeOnStage(meetings, end);
      if (stage === null) return;
      const { source, jobs, leftNs } = stage;
      clearTimeout(timer);
      timer = setTimeout(() => end.endAsPlanned(), Math.max(0, leftNs / 1e6));
      await staged.measure({ source, path: FEED_WORKLOAD_PATH }, ({ job }) => jobs.includes(job));
    }
  } catch (thrown) {
    if (meetings.over?.end !== 'time-up') throw thrown;
  } finally {
    clearTimeout(timer);
    unheed();
  }
}
