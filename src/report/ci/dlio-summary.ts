/** A `summary.json` as DLIO writes it, for programs that read those of MLPerf Storage. */
import { FeedrateError } from '../../base/errors.js';
import type { Arm } from '../../plan/plan.js';
import type { EpochRecord, TrainingRecord } from '../../record/training-record.js';
import type { TrialRecord } from '../../record/trial-record.js';
import { isCounted } from '../../stats/summary.js';
import { AU_WINDOW, samplesPerSecond, utilisation } from '../../training/utilisation.js';
import type { ExportFile, ExportSource } from './export-file.js';

const GIB = 1024 ** 3;
/** DLIO's `MB`. */
const MIB = 1024 ** 2;

export function exportFiles(path: string): ExportFile[] {
  return [{ path, text: dlioSummary }];
}

/** A counted trial of a training job. */
interface TrainingTrial extends TrialRecord {
  readonly training: TrainingRecord;
}

/**
 * Returns the summary of a run with one training load, in the reference's names and units (`utils/statscounter.py`:
 * percentages, samples a second, and MB of 1024² bytes). It has the epochs of all counted trials, one after the other. What
 * feedrate does not know (`host_cpuinfo`, `host_meminfo`) is left out. Throws `FeedrateError('usage')` for a run with
 * several training loads, or with none.
 */
export function dlioSummary({ stored: { run, trials } }: Pick<ExportSource, 'stored'>): string {
  const counted = trials.filter((trial): trial is TrainingTrial => isCounted(trial) && trial.training !== undefined);
  const ids = run.plan.arms.map(({ id }) => id).filter((id) => counted.some(({ arm }) => arm === id));
  const [first] = counted;
  const arm = run.plan.arms.find(({ id }) => id === first?.arm);
  if (first === undefined || arm === undefined)
    throw new FeedrateError('usage', '--dlio-summary: the run has no training job that was measured');
  if (ids.length > 1) {
    const loads = ids.length > 3 ? `${ids.slice(0, 3).join(', ')} …` : ids.join(', ');
    throw new FeedrateError(
      'usage',
      `--dlio-summary: the run has ${ids.length} training loads (${loads}), and a summary is about one; measure one apart`,
    );
  }
  const epochs = counted.flatMap(({ training }) => training.epochs);
  const hosts = new Set(counted.flatMap(({ ranks }) => ranks?.map(({ rank }) => rank) ?? [0])).size;
  const { memoryBytes, cpuCount } = run.environment;
  const files = wholeNumber(arm, 'num_files_train');
  const recordBytes = sum(epochs, 'sampleBytes') / sum(epochs, 'samples');
  const samplesPerFile = wholeNumber(arm, 'num_samples_per_file');
  const hostBytes = ((files ?? 0) * (samplesPerFile ?? 1) * recordBytes) / hosts;
  const each = <T>(value: T): T[] => Array.from({ length: hosts }, () => value);
  const summary = {
    feedrate: {
      note: 'MLPerf-Storage-shaped, not an MLPerf result',
      run: run.id,
      arm: arm.id,
      trials: counted.length,
      window: `AU and samples per second of ${AU_WINDOW}`,
    },
    start: first.startedAt,
    num_accelerators: first.training.accelerators,
    num_hosts: hosts,
    hostname: run.hostname,
    metric: metricsOf(arm, epochs, recordBytes),
    num_files_train: files,
    num_files_eval: 0,
    num_samples_per_file: samplesPerFile,
    host_cpu_count: each(cpuCount),
    host_memory_GB: each(memoryBytes / GIB),
    data_size_per_host_GB: hostBytes / GIB,
    potential_caching: each(hostBytes <= memoryBytes ? 1 : 0),
    epochs: epochs.length,
    end: run.endedAt,
  };
  return `${JSON.stringify(summary, null, 4)}\n`;
}

function metricsOf(arm: Arm, epochs: readonly EpochRecord[], recordBytes: number): Readonly<Record<string, unknown>> {
  const au = epochs.map((epoch) => known(utilisation(epoch) * 100));
  const rates = epochs.map((epoch) => known(samplesPerSecond([epoch])));
  const least = arm.thresholds.find(({ metric, comparison }) => metric === 'au' && comparison.startsWith('>'))?.bound;
  return {
    train_au_percentage: au,
    train_au_mean_percentage: mean(au),
    ...(least === undefined ? {} : { train_au_meet_expectation: mean(au) >= least * 100 ? 'success' : 'fail' }),
    train_au_stdev_percentage: deviation(au),
    train_throughput_samples_per_second: rates,
    train_throughput_mean_samples_per_second: mean(rates),
    train_throughput_stdev_samples_per_second: deviation(rates),
    train_io_mean_MB_per_second: (mean(rates) * recordBytes) / MIB,
    train_io_stdev_MB_per_second: (deviation(rates) * recordBytes) / MIB,
  };
}

/** DLIO writes 0 for epochs of a single step, which have no utilisation. JSON has no NaN. */
function known(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** The standard deviation of the values themselves (`numpy.std`), not an estimate for others. */
function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

function sum(epochs: readonly EpochRecord[], property: 'samples' | 'sampleBytes'): number {
  return epochs.reduce((total, epoch) => total + epoch[property], 0);
}

/** Returns a field of the job; null if it has none, as jobs on files that exist. */
function wholeNumber({ words }: Arm, word: string): number | null {
  const value = words[word] ?? '';
  return /^\d+$/.test(value) ? Number(value) : null;
}
