/**
 * feedrate as a library: everything except the command line. `conduct` measures a workload as `feedrate run` does. The
 * other functions read, compare and report stored runs.
 *
 * @example
 * import { conduct, readWorkload, summarize } from 'feedrate';
 *
 * const { run, status } = await conduct(
 *   {
 *     workload: readWorkload('workload.yaml'),
 *     targets: [{ name: 'train', path: '/mnt/train' }],
 *     resultsDirectory: 'results',
 *   },
 *   { note: (text) => console.error(text) },
 * );
 * console.log(`${run.id}: ${status}`);
 * for (const { arm, numbers } of summarize(run.run.plan.arms, run.trials)) {
 *   console.log(arm.id, numbers.throughput?.median);
 * }
 */
export { ERROR_CODES, type ErrorCode, EXIT, FeedrateError, type Issue, type SystemFault } from './base/errors.js';
export { LATENCY_KINDS, type LatencyKind, type LatencyKindRow, type OperationKind } from './base/latency-kinds.js';
export {
  type LatencyMetric,
  METRICS,
  type Metric,
  metricOf,
  type NumberKey,
  type NumberMetric,
  type Unit,
} from './base/metrics.js';
export { type Advice, type Check, check, diagnose } from './doctor/check.js';
export { CHECKS } from './doctor/checks.js';
export { Fact, type StatedFact } from './doctor/facts.js';
export { INODES, MEMORY, type MountProbe, NFS, PROBE, TARGET } from './doctor/host-facts.js';
export { VOLUME } from './doctor/volume-facts.js';
export {
  type ComparedCell,
  type Comparison,
  type ComparisonOptions,
  compare,
  type NamedRun,
} from './gate/comparison.js';
export {
  type Decision,
  type DoubtedCell,
  type GateOptions,
  type GateResult,
  gateOf,
  gateStatusOf,
} from './gate/decide.js';
export type { Doubt, Evidence } from './gate/doubt.js';
export { evaluateThresholds, exitStatusOf, type ThresholdResult } from './gate/thresholds.js';
export { type Judgement, type JudgementOptions, judge, type Verdict } from './gate/verdict.js';
export {
  createHistogram,
  type Histogram,
  maxNs,
  meanNs,
  merged,
  mergeInto,
  quantileNs,
  record,
  totalCount,
} from './histogram/histogram.js';
export { decodeHistogram, encodeHistogram, type SparseCounts } from './histogram/sparse-counts.js';
export { captureEnvironment } from './host/environment.js';
export { findOwnDirectories, type OwnDirectory } from './host/files/found-directories.js';
export { removeOwnDirectory } from './host/files/own-directory.js';
export { gatherFacts } from './host/gather-facts.js';
export { probeMount } from './host/mount-probe.js';
export { openTarget, statTarget } from './host/target.js';
export { filesOf } from './plan/arm-files.js';
export { type ExpectedTime, expectedTime } from './plan/expected-time.js';
export type { Arm, ArmFiles, DataFile, Extent, Factor, Plan, PlannedTrial, Target } from './plan/plan.js';
export { buildPlan } from './plan/schedule.js';
export { fits, type SpaceNeed, type SpaceVerdict, spaceNeeded } from './plan/space.js';
export { decodeRun, decodeTrial, encodeRun, encodeTrial } from './record/codec.js';
export type { Diagnosis, Finding, Severity } from './record/finding.js';
export { mergeRanks, mergeTrials, recordsOf } from './record/merge-ranks.js';
export type { NfsMount, NfsOptions, NfsService } from './record/nfs-mount.js';
export type { NfsBytes, NfsCalls, NfsConnections, NfsTraffic } from './record/nfs-traffic.js';
export { type Environment, RUN_VERSION, type RunRecord, type TargetEnvironment } from './record/run-record.js';
export type { ReadableRun, RunStatus, StoredRun } from './record/stored-run.js';
export { type RankPart, RECORD_VERSION, type TrialRecord } from './record/trial-record.js';
export {
  cpuNsPerOp,
  iops,
  type LatencySummary,
  latencyHistogram,
  mergedLatency,
  summarizeLatency,
  tailNs,
  throughputBytesPerSecond,
} from './record/trial-values.js';
export { WARNING_CODES, type Warning, type WarningCode } from './record/warning.js';
export { benchmarkJson } from './report/ci/benchmark-json.js';
export { bmfJson } from './report/ci/bmf.js';
export { comparisonSuites } from './report/ci/comparison-suites.js';
export { junitXml } from './report/ci/junit.js';
export { openMetricsText } from './report/ci/open-metrics.js';
export { measurementSuite, thresholdSuite } from './report/ci/run-suites.js';
export { stepSummary } from './report/ci/step-summary.js';
export type { TestSuite } from './report/ci/test-suite.js';
export {
  REPORT_FORMATS,
  type ReportFormat,
  type ReportOptions,
  renderComparison,
  renderRun,
} from './report/render.js';
export {
  type AdaptiveLimits,
  type AdaptiveListener,
  type Decided,
  measureUntilDecided,
} from './run/adaptive.js';
export { conduct } from './run/conduct.js';
export { extend } from './run/extend.js';
export { RARE_LOOKS, type RunEnd, type RunListener } from './run/listener.js';
export { withMadeMounts } from './run/made-mounts.js';
export { type Preparation, withPreparation } from './run/preparation.js';
export type { NamedPath, PlanRequest, RunRequest, WorkloadText } from './run/request.js';
export type { Conducted } from './run/sessions.js';
export { StopHandle } from './run/stop-handle.js';
export { readWorkload } from './run/workload-text.js';
export { reportHtml } from './serve/stored-page.js';
export { type EffectSample, pairedSample, unpairedSample } from './stats/effect.js';
export { type Measure, measureOf } from './stats/measure.js';
export { type Measurement, measurementsOf } from './stats/measurements.js';
export { type NfsSplit, type NfsUse, nfsUseOf } from './stats/nfs-use.js';
export { type Spread, spreadOf } from './stats/spread.js';
export { type ArmSummary, summarize } from './stats/summary.js';
export { listRuns, type RunListing, resolveRun } from './store/find-runs.js';
export { readRun } from './store/read-run.js';
export { createRun, openRun, type RunStore } from './store/run-store.js';
export type { SessionEvent } from './trial/events.js';
export { CLOSE_LOOKS, type Looks } from './trial/live.js';
export { type LayoutTotals, layOutPlan } from './trial/prepared-layout.js';
export { Session, type SessionOptions, type SessionSink } from './trial/session.js';
export { jsonSchema } from './workload/json-schema.js';
export { parseOverride } from './workload/override-text.js';
export type { Override } from './workload/overrides.js';
export { parseWorkload } from './workload/parse.js';
export { resolveJob } from './workload/resolve.js';
export type { Dataset, Job, JobDeclaration, Threshold, Trials, Workload } from './workload/workload.js';
