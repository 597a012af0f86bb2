/** What `bench:dataloader` measured of its settings, as a table, and whether it is near enough to PyTorch. */
import { median } from 'simple-statistics';
import type { Setting } from './dataloader-settings.js';

/** Of the emulation, and of the prediction. */
const MOST_ERROR = 0.05;
const MOST_PREDICTION_ERROR = 0.1;

/** What one side measured of an epoch, without its first step. */
export interface Epoch {
  readonly samplesPerSecond: number;
  /** Mean wait for a batch, s, first step included. */
  readonly waitSeconds: number;
}

/** What Python costs beyond what reading costs feedrate: a worker for a sample, and the training process for a batch, s. */
export interface PythonCost {
  readonly sampleSeconds: number;
  readonly batchSeconds: number;
}

export interface Row {
  readonly setting: Setting;
  readonly cost: PythonCost;
  readonly torch: readonly Epoch[];
  readonly feedrate: readonly Epoch[];
  /** Samples per second; null: not predicted. Empty: nobody asked. */
  readonly predicted: readonly (number | null)[];
}

const ratioOf = ({ torch, feedrate }: Row, key: keyof Epoch): number =>
  median(feedrate.map((epoch, round) => epoch[key] / (torch[round] as Epoch)[key]));
const middle = (epochs: readonly Epoch[], key: keyof Epoch): number => median(epochs.map((epoch) => epoch[key]));

/** What was predicted, relative to what PyTorch reached; null where nothing was predicted. */
function predictedRatio({ torch, predicted }: Row): number | null {
  const ratios = predicted.flatMap((rate, round) =>
    rate === null ? [] : [rate / (torch[round] as Epoch).samplesPerSecond],
  );
  return ratios.length === 0 ? null : median(ratios);
}

/** Whether both the emulation and the prediction are near enough. */
export function isNear(row: Row): boolean {
  const prediction = predictedRatio(row);
  const isPredicted =
    row.predicted.length === 0 || (prediction !== null && Math.abs(prediction - 1) <= MOST_PREDICTION_ERROR);
  return isPredicted && Math.abs(ratioOf(row, 'samplesPerSecond') - 1) <= MOST_ERROR;
}

export function tableOf(rows: readonly Row[]): string {
  const head = [
    '| setting | Python’s cost per sample | per batch | samples/s, torch | emulated | predicted by feed | wait per step, torch | emulated |',
    '|---|---|---|---|---|---|---|---|',
  ];
  const cells = rows.map((row) => {
    const ms = (seconds: number): string => `${(seconds * 1000).toFixed(2)} ms`;
    const prediction = predictedRatio(row);
    return [
      row.setting.name,
      ms(row.cost.sampleSeconds),
      ms(row.cost.batchSeconds),
      middle(row.torch, 'samplesPerSecond').toFixed(1),
      `${ratioOf(row, 'samplesPerSecond').toFixed(3)} ×`,
      prediction === null ? '–' : `${prediction.toFixed(3)} ×`,
      ms(middle(row.torch, 'waitSeconds')),
      `${ms(middle(row.feedrate, 'waitSeconds'))}, ${ratioOf(row, 'waitSeconds').toFixed(3)} ×`,
    ];
  });
  return `${[...head, ...cells.map((texts) => `| ${texts.join(' | ')} |`)].join('\n')}\n`;
}
