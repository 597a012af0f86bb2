/** A run that is measured in stages, each a session: what a stage measures depends on the ones before. */
import { FeedrateError } from '../base/errors.js';
import type { Arm, Plan } from '../plan/plan.js';
import { withStage } from '../plan/stages.js';
import type { GroupRecord } from '../record/group-record.js';
import type { ReadableRun } from '../record/stored-run.js';
import { reopenRun } from '../store/run-store.js';
import { overrideText } from '../workload/override-text.js';
import { conduct } from './conduct.js';
import type { RunEnd, RunListener } from './listener.js';
import { withPreparation } from './preparation.js';
import type { RunRequest, WorkloadText } from './request.js';
import { measureSessions } from './sessions.js';

/** The run so far, as it is stored, and how its last stage ended. */
export interface Staged {
  readonly run: ReadableRun;
  readonly status: RunEnd;
}

/** One run directory for all stages. Between two stages, the run is complete: a crash loses none of them. */
export class StagedRun {
  readonly #request: Omit<RunRequest, 'workload'>;
  readonly #listener: RunListener;
  #run: ReadableRun | null = null;

  constructor(request: Omit<RunRequest, 'workload'>, listener: RunListener) {
    // The stages read the same files.
    this.#request = { ...request, scans: new Map() };
    this.#listener = listener;
  }

  /** The run; null before its first stage. */
  get run(): ReadableRun | null {
    return this.#run;
  }

  /**
   * Measures a session of a workload of one session, which has the jobs of earlier stages too: it is kept as the workload
   * of the run.
   * @param isMeasured which of its arms this stage measures. The first stage measures all
   * @throws FeedrateError as `conduct` does
   */
  async measure(workload: WorkloadText, isMeasured: (arm: Arm) => boolean): Promise<Staged> {
    const before = this.#run;
    const request = { ...this.#request, workload };
    const meetings = request.group?.meetings;
    try {
      const staged =
        before === null ? await conduct(request, this.#listener) : await this.#add(before, request, isMeasured);
      this.#run = staged.run;
      return staged;
    } catch (thrown) {
      await meetings?.refuse(thrown, request.stop?.isPlanned);
      throw thrown;
    } finally {
      meetings?.nextStage();
    }
  }

  #add(before: ReadableRun, request: RunRequest, isMeasured: (arm: Arm) => boolean): Promise<Staged> {
    const { directory, run } = before;
    return withPreparation(request, this.#listener, async (prepared) => {
      refuseOtherArms(run.plan, prepared.plan);
      const plan = withStage(run.plan, prepared.plan, isMeasured);
      const overrides = (request.overrides ?? []).map(overrideText);
      const { source } = request.workload as WorkloadText;
      const changes = { plan, overrides, pid: process.pid, workloadSource: source };
      const { stop, group } = request;
      const firstSession = run.plan.sessions + 1;
      // The first stage gave the notes.
      const preparation = { ...prepared, plan, notes: [] };
      if (group === undefined) {
        const store = reopenRun(directory, changes);
        return measureSessions({ preparation, store, firstSession, stop }, this.#listener);
      }
      const { measureAsRank, reopenRuns } = await import('./conduct-rank.js');
      const open = async (record: GroupRecord) => reopenRuns(directory, record, changes, group.meetings);
      const known = before.trials;
      return measureAsRank({ preparation, request, firstSession, known, open }, group, this.#listener);
    });
  }
}

/** Throws `FeedrateError('measurement')` when an arm is another one than it was: its trials would be mixed up. */
function refuseOtherArms(before: Plan, after: Plan): void {
  const known = new Map(before.arms.map((arm) => [arm.id, JSON.stringify(arm.spec)]));
  const changed = after.arms.find(({ id, spec }) => known.has(id) && known.get(id) !== JSON.stringify(spec));
  if (changed !== undefined)
    throw new FeedrateError('measurement', `${changed.id} is no longer what was measured; start again`);
}
