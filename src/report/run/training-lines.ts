/** Training only: how the accelerators of each arm were fed, and what the numbers of the table mean. */
import { formatBytes, formatCount, formatDurationNs } from '../../base/units.js';
import type { ArmSummary } from '../../stats/summary.js';
import type { EpochUse, TrainingUse } from '../../stats/training-use.js';
import { AU_WINDOW, STEADY_STEPS } from '../../training/utilisation.js';
import { formatValue, plural } from '../table/format.js';
import { sparkline } from '../table/sparkline.js';
import type { Line } from './run-lines.js';

/** Bars of the queue. */
const QUEUE_WIDTH = 24;
/** Below this AU on an engine that reads nothing, the emulation itself takes too much of a step. */
const LEAST_NULL_AU = 0.95;

/** Returns the lines of each arm that trained, and what the AU of all of them is. */
export function trainingLines(summaries: readonly ArmSummary[]): Line[] {
  const trained = summaries.flatMap(({ arm, training }) => (training === null ? [] : [{ id: arm.id, training }]));
  if (trained.length === 0) return [];
  return [
    ...trained.flatMap(({ id, training }) => linesOf(id, training)),
    plain(`AU: as in DLIO and MLPerf Storage, computing time ÷ all time, of ${AU_WINDOW}; the mean of the epochs`),
  ];
}

function linesOf(id: string, training: TrainingUse): Line[] {
  const { format, reader, nullAu, epochs } = training;
  const client = nullAu === null ? '' : `; AU ${formatValue(nullAu, 'ratio')} without any reading (engine null)`;
  return [
    {
      text: `training ${id}: reader ${reader} on ${format} files${client}`,
      tone: nullAu !== null && nullAu < LEAST_NULL_AU ? 'bad' : 'plain',
    },
    ...epochs.map((epoch) => plain(`  ${epochName(epoch)}: ${epochWords(epoch)}`)),
    plain(`  ${bytesWords(training)}`),
    ...(training.commonBarrier === null ? [] : [plain(`  ${BARRIERS[training.commonBarrier]}`)]),
    ...queueLines(training),
  ];
}

/** How the machines of a group waited for one another. */
const BARRIERS = {
  computed: 'the barrier of all machines after each step is computed from their step times',
  none: 'machines did not wait for one another: not all step times are known, so AU and samples/s are means over machines',
} as const;

/** Returns the epochs in words: `epoch 1`, `later epochs (2–5)`. */
export function epochName({ from, to }: EpochUse): string {
  if (from === to) return `epoch ${from}`;
  return from === 1 ? `epochs 1–${to}` : `later epochs (${from}–${to})`;
}

function epochWords(epoch: EpochUse): string {
  const { au, steadyAu, samplesPerSecond, steps, durationNs, computeNs, waitNs, barrierNs } = epoch;
  const steady =
    steadyAu === null ? 'no steady part, because there are too few steps' : `steady ${formatValue(steadyAu, 'ratio')}`;
  const short = steps < STEADY_STEPS ? `; with fewer than ${STEADY_STEPS} steps, the AU is too high` : '';
  const time = (ns: number) => formatDurationNs(ns);
  return [
    `AU ${formatValue(au, 'ratio')} (${steady}${short})`,
    `${formatValue(samplesPerSecond, 'ops/s')} samples/s`,
    `${plural(steps, 'step')} in ${time(durationNs)}`,
    `a step ${time(computeNs)} computing + ${time(waitNs)} waiting for data + ${time(barrierNs)} at the barrier`,
    stallWords(epoch),
  ].join(', ');
}

function stallWords({ stalls, ofSteps, longestStallNs, longestStallStep }: EpochUse): string {
  if (stalls === 0) return 'no stalls';
  const longest = `the longest ${formatDurationNs(longestStallNs)} in step ${longestStallStep}`;
  return `${formatCount(stalls)} of ${formatCount(ofSteps)} steps stalled, ${longest}`;
}

function bytesWords({ sampleBytes, readBytes, fetchedBytes }: TrainingUse): string {
  const times = sampleBytes === 0 ? '' : ` (${(readBytes / sampleBytes).toFixed(2)} × the samples)`;
  const fetched = fetchedBytes === null ? '' : `, ${formatBytes(fetchedBytes)} of it from the storage`;
  return `${formatBytes(sampleBytes)} of samples, ${formatBytes(readBytes)} read${times}${fetched}`;
}

function queueLines({ ready }: TrainingUse): Line[] {
  const counts = ready.map(({ batches }) => batches);
  if (counts.length < 2) return [];
  const most = counts.reduce((a, b) => Math.max(a, b));
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const range = `0 to ${formatCount(most)}, ${mean.toFixed(1)} on average`;
  return [plain(`  batches ready when steps began: ${sparkline(counts, QUEUE_WIDTH)} (${range})`)];
}

function plain(text: string): Line {
  return { text, tone: 'plain' };
}
