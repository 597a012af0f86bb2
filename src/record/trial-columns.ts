/**
 * The columns of `summary.csv`, `evidence.csv` and `timeseries.csv`. One observation per row, in base units, with the unit
 * in each name.
 */
import { LATENCY_KINDS, type LatencyKind } from '../base/latency-kinds.js';
import { NUMBER_METRICS } from '../base/metrics.js';
import type { Plan } from '../plan/plan.js';
import type { CellValue, Column } from './csv-table.js';
import { columnsOfFactor } from './factor-columns.js';
import { isServerUnknown } from './merge-caches.js';
import { recordsOf } from './merge-ranks.js';
import { sumOfCalls } from './nfs-traffic.js';
import type { RunRecord } from './run-record.js';
import type { SeriesPoint, TrialRecord } from './trial-record.js';
import { type LatencySummary, numberOf, summarizeLatencies, tailNs, windowNs } from './trial-values.js';
import { volumeAttributes } from './volume-attributes.js';

/** A row of `summary.csv`: what one machine measured in a trial. */
interface TrialRow {
  readonly trial: TrialRecord;
  readonly latencies: ReadonlyMap<LatencyKind, LatencySummary>;
}

/** A row of `timeseries.csv`. */
interface SecondRow {
  readonly trial: TrialRecord;
  readonly point: SeriesPoint;
}

/** The parts of a run that determine its columns. */
type RunIdentity = Pick<RunRecord, 'id' | 'labels' | 'plan' | 'environment'>;

/** Returns the rows of a trial in `summary.csv`, one per rank. */
export function trialRows(trial: TrialRecord): TrialRow[] {
  return recordsOf(trial).map((record) => ({ trial: record, latencies: summarizeLatencies([record]) }));
}

/** Returns the rows of a trial, one per second and rank. */
export function secondRows(trial: TrialRecord): SecondRow[] {
  return recordsOf(trial).flatMap((record) => record.series.map((point) => ({ trial: record, point })));
}

/** Returns the columns of `summary.csv`, which has one row per arm, session, round and rank. */
export function summaryColumns(run: RunIdentity): Column<TrialRow>[] {
  return [
    ...identityColumns(run).map(ofTrial),
    ...OUTCOME_COLUMNS.map(ofTrial),
    ...LATENCY_KINDS.flatMap(({ kind }) => latencyColumns<TrialRow>(kind)),
    ...SETTING_COLUMNS.map(ofTrial),
    ...volumeColumns(run).map(ofTrial),
  ];
}

/** Returns the columns of `evidence.csv`, which has a row for each of `summary.csv`: `recordsOf` a trial. */
export function evidenceColumns(run: RunIdentity): Column<TrialRecord>[] {
  return [...keyColumns(run), ...EVIDENCE_COLUMNS];
}

function ofTrial({ value, ...column }: Column<TrialRecord>): Column<TrialRow> {
  return { ...column, value: ({ trial }) => value(trial) };
}

/** Returns the columns of the volumes behind the targets: `fsx_tiering` … None if no target is on FSx for ONTAP. */
function volumeColumns({ environment }: RunIdentity): Column<TrialRecord>[] {
  const ofTargets = new Map(
    environment.targets.flatMap(({ name, volume }): [string, Map<string, string>][] =>
      volume === undefined ? [] : [[name, new Map(volumeAttributes(volume))]],
    ),
  );
  const names = new Set([...ofTargets.values()].flatMap((attributes) => [...attributes.keys()]));
  return [...names].map((name) => ({
    name: name.replaceAll(/[.-]/g, '_'),
    value: ({ target }) => ofTargets.get(target)?.get(name) ?? null,
  }));
}

/** Returns the columns of `timeseries.csv`, which has one row per trial, rank and second. */
export function timeseriesColumns(run: RunIdentity): Column<SecondRow>[] {
  const ofPoint = (name: string, value: (point: SeriesPoint) => CellValue): Column<SecondRow> => ({
    name,
    value: ({ point }) => value(point),
  });
  return [
    ...identityColumns(run).map(({ name, value }) => ({ name, value: (row: SecondRow) => value(row.trial) })),
    ofPoint('start_ns', (point) => point.startNs),
    ofPoint('duration_ns', (point) => point.durationNs),
    ofPoint('read_bytes', (point) => point.readBytes),
    ofPoint('write_bytes', (point) => point.writeBytes),
    ofPoint('ops', (point) => point.ops),
    ofPoint('throughput_bytes_per_s', (point) => rate(point.readBytes + point.writeBytes, point.durationNs)),
    ofPoint('iops', (point) => rate(point.ops, point.durationNs)),
    ofPoint('latency_p50_ns', (point) => point.p50Ns),
    ofPoint('latency_p99_ns', (point) => point.p99Ns),
  ];
}

function rate(amount: number, durationNs: number): number {
  return durationNs > 0 ? amount / (durationNs / 1e9) : Number.NaN;
}

/** Returns the names of all factors, in the order of the arms. */
export function factorNames(arms: Plan['arms'] | readonly Pick<TrialRecord, 'factors'>[]): string[] {
  return [...new Set(arms.flatMap((arm) => arm.factors.map((factor) => factor.name)))];
}

/** Returns the label of this factor, or null if the job does not have it. */
export function factorLabel(arm: Pick<TrialRecord, 'factors'>, name: string): string | null {
  return arm.factors.find((factor) => factor.name === name)?.label ?? null;
}

/** Returns the columns of all factors of these arms: `factor_bs_bytes`, `factor_iodepth`, `factor_target`. */
export function factorColumns<Row>(
  arms: readonly Pick<TrialRecord, 'factors'>[],
  armOf: (row: Row) => Pick<TrialRecord, 'factors'>,
): Column<Row>[] {
  return factorNames(arms).flatMap((name) => {
    const labels = new Set(arms.map((arm) => factorLabel(arm, name)).filter((label) => label !== null));
    return columnsOfFactor(name, labels).map(({ name: column, of }) => ({
      name: `factor_${column}`,
      value: (row: Row) => of(factorLabel(armOf(row), name)),
    }));
  });
}

/** The columns that find a row of one table in another. */
function keyColumns(run: RunIdentity): Column<TrialRecord>[] {
  return [
    { name: 'run', value: () => run.id },
    { name: 'trial', value: (trial) => trial.id },
    { name: 'rank', value: (trial) => trial.rank },
    { name: 'host', value: (trial) => trial.host ?? null },
    { name: 'arm', value: (trial) => trial.arm },
  ];
}

function identityColumns(run: RunIdentity): Column<TrialRecord>[] {
  return [
    { name: 'run', value: () => run.id },
    ...Object.entries(run.labels).map(([key, label]) => ({ name: `label_${key}`, value: () => label })),
    { name: 'trial', value: (trial) => trial.id },
    { name: 'arm', value: (trial) => trial.arm },
    { name: 'job', value: (trial) => trial.job },
    { name: 'target', value: (trial) => trial.target },
    ...factorColumns(run.plan.arms, (trial: TrialRecord) => trial),
    { name: 'session', value: (trial) => trial.session },
    { name: 'round', value: (trial) => trial.round },
    { name: 'place', value: (trial) => trial.place },
    { name: 'rank', value: (trial) => trial.rank },
    { name: 'host', value: (trial) => trial.host ?? null },
    { name: 'warmup', value: (trial) => trial.warmup },
  ];
}

const OUTCOME_COLUMNS: readonly Column<TrialRecord>[] = [
  { name: 'status', value: (trial) => trial.status },
  { name: 'fault_code', value: (trial) => trial.fault?.code ?? null, isKept: true },
  { name: 'started_at', value: (trial) => trial.startedAt },
  { name: 'wall_ns', value: (trial) => trial.wallNs },
  { name: 'window_ns', value: windowNs },
  ...NUMBER_METRICS.map(({ key, column }) => ({
    name: column,
    value: (trial: TrialRecord) => numberOf(key, trial),
  })),
  { name: 'read_bytes', value: (trial) => trial.window.readBytes },
  { name: 'write_bytes', value: (trial) => trial.window.writeBytes },
  { name: 'read_ops', value: (trial) => trial.window.readOps },
  { name: 'write_ops', value: (trial) => trial.window.writeOps },
  { name: 'tail_ns', value: tailNs },
  { name: 'barrier_skew_ns', value: (trial) => trial.window.barrierSkewNs },
];

/** Returns the columns of one latency distribution, for rows of trials and of arms. */
export function latencyColumns<Row extends { readonly latencies: ReadonlyMap<LatencyKind, LatencySummary> }>(
  kind: LatencyKind,
): Column<Row>[] {
  const column = (statistic: string, key: keyof LatencySummary): Column<Row> => ({
    name: `${kind}_${statistic}`,
    value: ({ latencies }) => latencies.get(kind)?.[key] ?? null,
  });
  return [
    column('count', 'count'),
    column('mean_ns', 'meanNs'),
    column('p50_ns', 'p50Ns'),
    column('p90_ns', 'p90Ns'),
    column('p99_ns', 'p99Ns'),
    column('p999_ns', 'p999Ns'),
    column('max_ns', 'maxNs'),
  ];
}

const MACHINE_COLUMNS: readonly Column<TrialRecord>[] = [
  { name: 'machine_span_ns', value: ({ machine }) => machine?.spanNs ?? null },
  { name: 'machine_cpus', value: ({ machine }) => machine?.cpus ?? null },
  { name: 'machine_others_cpu_ns', value: ({ machine }) => machine?.othersCpuNs ?? null },
  { name: 'machine_kernel_cpu_ns', value: ({ machine }) => machine?.kernelCpuNs ?? null },
  { name: 'machine_steal_ns', value: ({ machine }) => machine?.stealNs ?? null },
  { name: 'machine_load_average', value: ({ machine }) => machine?.loadAverage ?? null },
  ...(['cpu', 'io', 'memory'] as const).flatMap((resource): Column<TrialRecord>[] => [
    { name: `machine_${resource}_stalled_ns`, value: ({ machine }) => machine?.stalled[`${resource}Ns`] ?? null },
    { name: `group_${resource}_stalled_ns`, value: ({ machine }) => machine?.groupStalled[`${resource}Ns`] ?? null },
  ]),
  {
    name: 'involuntary_switches',
    value: ({ machine, client }) => (machine === undefined ? null : (client.involuntarySwitches ?? null)),
  },
  { name: 'own_clock_fastest_ns', value: ({ machine }) => machine?.clockFastestNs ?? null },
  { name: 'own_clock_typical_ns', value: ({ machine }) => machine?.clockTypicalNs ?? null },
];

/** How a trial ran, and whether its claims hold. */
const SETTING_COLUMNS: readonly Column<TrialRecord>[] = [
  { name: 'engine', value: (trial) => trial.engine.used },
  { name: 'numjobs', value: (trial) => trial.engine.numjobs },
  { name: 'iodepth', value: (trial) => trial.engine.iodepth },
  { name: 'direct', value: (trial) => trial.engine.direct },
  { name: 'fileset', value: (trial) => trial.fileset ?? null },
  { name: 'cache_claim', value: (trial) => trial.cache.claim },
  { name: 'cache_verdict', value: (trial) => trial.cache.verdict },
  { name: 'cache_observed', value: (trial) => trial.cache.observed ?? null },
  { name: 'cache_server', value: (trial) => (isServerUnknown(trial) ? 'unknown' : (trial.cache.serverCache ?? null)) },
  { name: 'warnings', value: (trial) => trial.warnings.map((warning) => warning.code).join(';'), isKept: true },
];

/** Where the bytes came from, and what the measurement itself cost. */
const EVIDENCE_COLUMNS: readonly Column<TrialRecord>[] = [
  { name: 'calls', value: (trial) => trial.engine.calls },
  { name: 'threads_per_job', value: (trial) => trial.engine.threadsPerJob },
  { name: 'resident_before_bytes', value: (trial) => trial.cache.residentBytesBefore },
  { name: 'file_bytes', value: (trial) => trial.cache.fileBytes },
  { name: 'process_device_read_bytes', value: (trial) => trial.cache.processDeviceReadBytes },
  { name: 'process_device_write_bytes', value: (trial) => trial.cache.processDeviceWriteBytes },
  { name: 'block_read_bytes', value: (trial) => trial.cache.blockReadBytes },
  { name: 'block_write_bytes', value: (trial) => trial.cache.blockWriteBytes },
  { name: 'nfs_server_read_bytes', value: ({ nfs }) => nfs?.bytes?.serverReadBytes ?? null },
  { name: 'nfs_server_write_bytes', value: ({ nfs }) => nfs?.bytes?.serverWriteBytes ?? null },
  ...(['READ', 'WRITE'] as const).flatMap((call): Column<TrialRecord>[] => {
    const name = (field: string) => `nfs_${call.toLowerCase()}_${field}`;
    const mean =
      (field: 'queueNs' | 'roundTripNs' | 'executeNs') =>
      ({ nfs }: TrialRecord) => {
        const calls = nfs?.calls[call];
        return calls === undefined ? null : calls[field] / calls.calls;
      };
    return [
      { name: name('calls'), value: ({ nfs }) => nfs?.calls[call]?.calls ?? null },
      { name: name('queue_mean_ns'), value: mean('queueNs') },
      { name: name('round_trip_mean_ns'), value: mean('roundTripNs') },
      { name: name('execute_mean_ns'), value: mean('executeNs') },
    ];
  }),
  { name: 'nfs_retransmissions', value: ({ nfs }) => (nfs === undefined ? null : sumOfCalls(nfs, 'retransmissions')) },
  { name: 'worker_cpu_ns', value: (trial) => trial.client.workerCpuNs },
  { name: 'minor_faults', value: (trial) => trial.client.minorFaults },
  { name: 'major_faults', value: (trial) => trial.client.majorFaults },
  { name: 'gc_ns', value: (trial) => trial.client.gcNs },
  { name: 'event_loop_delay_max_ns', value: (trial) => trial.client.eventLoopDelayMaxNs },
  { name: 'others_read_bytes', value: (trial) => trial.cache.othersReadBytes ?? null },
  ...MACHINE_COLUMNS,
];
