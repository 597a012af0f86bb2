/** The data that every report of a run is made from. */
import { evaluateThresholds, type ThresholdResult } from '../../gate/thresholds.js';
import type { FeedRecord } from '../../record/feed-record.js';
import type { OntapSample } from '../../record/ontap-record.js';
import type { RunRecord } from '../../record/run-record.js';
import type { RunStatus } from '../../record/stored-run.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { type CeilingUse, ceilingUses } from '../../stats/ceiling-use.js';
import { type ServerLatencies, serverLatencies } from '../../stats/ontap-latency.js';
import { type ArmSummary, summarize } from '../../stats/summary.js';

export interface RunView {
  readonly run: RunRecord | null;
  readonly status: RunStatus;
  /** As the user would name it; null if the report does not show it. */
  readonly directory: string | null;
  readonly trials: readonly TrialRecord[];
  readonly problems: readonly string[];
  readonly summaries: readonly ArmSummary[];
  readonly thresholds: readonly ThresholdResult[];
  /** The server's part in the latencies. Empty without samples of ONTAP. */
  readonly serverLatencies: ServerLatencies;
  /** By the arm's id. Only arms whose target has ceilings. */
  readonly ceilings: ReadonlyMap<string, CeilingUse>;
  /** The answer of `feedrate feed`; null for other runs. */
  readonly feed: FeedRecord | null;
}

interface ViewOptions {
  readonly status?: RunStatus | undefined;
  readonly directory?: string | undefined;
  readonly ontapSamples?: readonly OntapSample[] | undefined;
  readonly feed?: FeedRecord | undefined;
}

export function viewRun(
  run: RunRecord | null,
  trials: readonly TrialRecord[],
  problems: readonly string[],
  { status, directory, ontapSamples = [], feed }: ViewOptions = {},
): RunView {
  return {
    run,
    status: status ?? run?.status ?? 'unknown',
    directory: directory ?? null,
    trials,
    problems,
    summaries: summarize(run?.plan.arms ?? [], trials),
    thresholds: evaluateThresholds(run?.plan.arms ?? [], trials),
    serverLatencies: serverLatencies(ontapSamples, trials),
    ceilings: run === null ? new Map() : ceilingUses(run, trials),
    feed: feed ?? null,
  };
}
