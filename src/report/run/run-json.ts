import type { CellValue } from '../../record/csv-table.js';
import { armColumns } from '../../stats/arm-columns.js';
import { trialsOfArm } from '../../stats/arm-trials.js';
import { checkpointFigures } from '../../stats/checkpoint-figures.js';
import { replayOf } from '../../stats/replay-times.js';
import type { ArmSummary } from '../../stats/summary.js';
import { trainingCheckpoints } from '../../stats/training-checkpoints.js';
import type { Answered } from '../table/answer-lines.js';
import { besideJson } from './beside-lines.js';
import type { RunView } from './run-view.js';

const REPORT_VERSION = 1;

/** Returns the report as one JSON object, with what it has besides at its end. `arms` has the columns of the CSV report. Missing values are null. */
export function runJson(view: RunView, { answer, next }: Answered, besides: object = {}): string {
  const { run, status, directory, problems, summaries, thresholds, ceilings } = view;
  const columns = armColumns(view);
  const pairs = besideJson(view);
  const report = {
    reportVersion: REPORT_VERSION,
    answer,
    next,
    id: run?.id ?? null,
    status,
    startedAt: run?.startedAt ?? null,
    endedAt: run?.endedAt ?? null,
    directory,
    workload: run?.plan.workload ?? null,
    seed: run?.plan.seed ?? null,
    labels: run?.labels ?? {},
    environment: run?.environment ?? null,
    ...(run?.calibration && { calibration: true }),
    ...(run?.group && { group: run.group }),
    ...(run?.injected && { injected: run.injected }),
    trialsPlanned: run?.plan.trials.length ?? null,
    trialsRecorded: view.trials.length,
    arms: summaries.map((summary) => ({
      ...Object.fromEntries(columns.map(({ name, value }): [string, CellValue] => [name, value(summary)])),
      ...armDetails(summary),
      ...checkpointPart(view, summary),
      ...replayDetails(view, summary),
      ...(ceilings.has(summary.arm.id) && { ceilings: ceilings.get(summary.arm.id) }),
    })),
    ...(pairs.length > 0 && { beside: pairs }),
    thresholds: thresholds.map(({ threshold, ...result }) => ({ threshold: threshold.text, ...result })),
    problems,
    ...besides,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function checkpointPart({ run, trials }: RunView, summary: ArmSummary): object {
  const arm = run?.plan.arms.find(({ id }) => id === summary.arm.id);
  const checkpoint = arm === undefined ? null : checkpointFigures(arm, summary);
  if (checkpoint !== null) return { checkpoint };
  const training = trainingCheckpoints(trialsOfArm(trials, summary.arm.id));
  return training === null ? {} : { checkpoint: training };
}

/** The replay with the median duration. */
function replayDetails({ trials }: RunView, { arm }: ArmSummary): object {
  const replay = replayOf(trials, arm.id);
  return replay === null ? {} : { replay };
}

function armDetails({ fault, cache, nfs, training, group, warnings }: ArmSummary): object {
  return {
    fault,
    cache_detail: cache?.detail ?? null,
    ...(nfs === null ? {} : { nfs }),
    ...(training === null ? {} : { training }),
    ...(group === null ? {} : { group }),
    warnings,
  };
}
