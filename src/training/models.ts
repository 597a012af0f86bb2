/**
 * Models on accelerators as MLPerf Storage describes them. The numbers are those of its files
 * `configs/dlio/workload/MODEL_ACCELERATOR.yaml` (github.com/mlcommons/storage).
 */
import { FeedrateError } from '../base/errors.js';
import { didYouMean } from '../workload/suggest.js';
import type { AcceleratorModel } from './accelerator-model.js';

/** What does not depend on the accelerator. */
type ModelShape = Omit<
  AcceleratorModel,
  'name' | 'accelerator' | 'round' | 'source' | 'batchSize' | 'computeNs' | 'readBytes'
>;

/** DLIO's default (`prefetch_size` in `dlio_benchmark/utils/config.py`). */
const PREFETCH_SIZE = 2;

const UNET3D: ModelShape = {
  model: 'unet3d',
  format: 'npz',
  files: 168,
  samplesPerFile: 1,
  recordBytes: 146_600_628,
  recordStdevBytes: 68_341_808,
  readThreads: 4,
  prefetchSize: PREFETCH_SIZE,
  leastAu: 0.9,
  epochs: 5,
};
const UNET3D_3_0: ModelShape = { ...UNET3D, files: 7200 };

const RETINANET: ModelShape = {
  model: 'retinanet',
  format: 'jpeg',
  files: 1_170_301,
  samplesPerFile: 1,
  recordBytes: 322_957,
  recordStdevBytes: 0,
  readThreads: 8,
  prefetchSize: PREFETCH_SIZE,
  leastAu: 0.85,
  epochs: 8,
};
const RETINANET_EARLY: ModelShape = {
  ...RETINANET,
  files: 1_743_042,
  recordBytes: 153_600,
  recordStdevBytes: 51_200,
  epochs: 5,
};

const RESNET50: ModelShape = {
  model: 'resnet50',
  format: 'tfrecord',
  files: 1024,
  samplesPerFile: 1251,
  recordBytes: 114_660,
  recordStdevBytes: 0,
  readThreads: 8,
  prefetchSize: PREFETCH_SIZE,
  leastAu: 0.9,
  epochs: 5,
};

const COSMOFLOW: ModelShape = {
  model: 'cosmoflow',
  format: 'tfrecord',
  files: 524_288,
  samplesPerFile: 1,
  recordBytes: 2_828_486,
  recordStdevBytes: 71_311,
  readThreads: 4,
  prefetchSize: PREFETCH_SIZE,
  leastAu: 0.7,
  epochs: 5,
};

const FLUX: ModelShape = {
  model: 'flux',
  format: 'parquet',
  files: 4296,
  samplesPerFile: 288,
  recordBytes: 2_164_832,
  recordStdevBytes: 0,
  readThreads: 8,
  prefetchSize: PREFETCH_SIZE,
  leastAu: 0.9,
  epochs: 1,
};
const FLUX_EARLY: ModelShape = {
  ...FLUX,
  format: 'jpeg',
  files: 1_099_776,
  samplesPerFile: 1,
  recordBytes: 307_200,
  recordStdevBytes: 102_400,
  leastAu: 0.8,
  epochs: 5,
};

const DLRM: ModelShape = {
  model: 'dlrm',
  format: 'parquet',
  files: 1024,
  samplesPerFile: 4_718_592,
  recordBytes: 761,
  recordStdevBytes: 0,
  readThreads: 4,
  prefetchSize: 2,
  leastAu: 0.7,
  epochs: 1,
};
const DLRM_EARLY: ModelShape = {
  ...DLRM,
  format: 'npz',
  files: 65_536,
  samplesPerFile: 1,
  recordBytes: 512,
  readThreads: 8,
};

/** An edition, and the commit of mlcommons/storage that its numbers were read from. */
interface Edition {
  readonly round: string;
  readonly commit: string;
}

const CLOSED_3_0 = 'MLPerf Storage 3.0';
const CLOSED_2_0 = 'MLPerf Storage 2.0';
/** Its tool runs these models too, but no results of them are published. */
const TEMPLATE_3_0 = 'MLPerf Storage 3.0, template without results';
/** Templates that later ones replaced. */
const EARLY = 'MLPerf Storage 3.0, early template';

/** The columns of Criteo-like data that DLRM's loader reads: 40 of 200, 160 of 761 bytes. */
const DLRM_READ_BYTES = 160;

export const ACCELERATOR_MODELS: readonly AcceleratorModel[] = [
  row(UNET3D_3_0, 'b200', { round: CLOSED_3_0, commit: '0d75b41' }, 7, 0.162),
  row(UNET3D, 'h100', { round: CLOSED_2_0, commit: '7e73663' }, 7, 0.323),
  row(UNET3D, 'a100', { round: CLOSED_2_0, commit: 'be18c3e' }, 7, 0.636),
  row(RETINANET, 'b200', { round: CLOSED_3_0, commit: '11460d0' }, 24, 0.04755),
  row(RETINANET, 'mi355', { round: CLOSED_3_0, commit: '76f4545' }, 32, 0.0634),
  row(RETINANET_EARLY, 'h100', { round: EARLY, commit: 'fa24012' }, 16, 0.18),
  row(RETINANET_EARLY, 'a100', { round: EARLY, commit: 'c8d70b6' }, 16, 0.21),
  row(RESNET50, 'h100', { round: CLOSED_2_0, commit: 'ac0424f' }, 400, 0.224),
  row(RESNET50, 'a100', { round: CLOSED_2_0, commit: 'be18c3e' }, 400, 0.435),
  row(COSMOFLOW, 'h100', { round: CLOSED_2_0, commit: 'c25079c' }, 1, 0.0035),
  row(COSMOFLOW, 'a100', { round: CLOSED_2_0, commit: 'e3ffed0' }, 1, 0.00551),
  row(FLUX, 'b200', { round: TEMPLATE_3_0, commit: 'c25079c' }, 48, 1.35),
  row(FLUX, 'mi355', { round: TEMPLATE_3_0, commit: '0b42eb5' }, 72, 2.025),
  row(FLUX_EARLY, 'h100', { round: EARLY, commit: '7e73663' }, 8, 0.85),
  row(FLUX_EARLY, 'a100', { round: EARLY, commit: 'bdc5462' }, 8, 1.1),
  row(DLRM, 'b200', { round: TEMPLATE_3_0, commit: '0b42eb5' }, 16_384, 0.000375, DLRM_READ_BYTES),
  row(DLRM, 'mi355', { round: TEMPLATE_3_0, commit: '11460d0' }, 16_384, 0.0005625, DLRM_READ_BYTES),
  row(DLRM_EARLY, 'h100', { round: EARLY, commit: 'a65ba8c' }, 8192, 0.005),
  row(DLRM_EARLY, 'a100', { round: EARLY, commit: 'a65ba8c' }, 8192, 0.007),
];

function row(
  shape: ModelShape,
  accelerator: string,
  edition: Edition,
  batchSize: number,
  computeSeconds: number,
  readBytes = shape.recordBytes,
): AcceleratorModel {
  const name = `${shape.model}-${accelerator}`;
  return {
    ...shape,
    name,
    accelerator,
    round: edition.round,
    source: `mlcommons/storage@${edition.commit}, configs/dlio/workload/${shape.model}_${accelerator}.yaml`,
    readBytes,
    batchSize,
    computeNs: Math.round(computeSeconds * 1e9),
  };
}

/** Returns the bytes that one accelerator reads in a second while it never waits (AU 100 %). */
export function demandBytesPerSecond({ readBytes, batchSize, computeNs }: AcceleratorModel): number {
  return (readBytes * batchSize * 1e9) / computeNs;
}

/**
 * Returns the model of a name such as `retinanet-b200`. Case, and `_` for `-`, do not count. Throws
 * `FeedrateError('usage')`, with the nearest names, when there is none.
 */
export function acceleratorModel(name: string): AcceleratorModel {
  const typed = name.toLowerCase().replaceAll('_', '-');
  const found = ACCELERATOR_MODELS.find((model) => model.name === typed);
  if (found !== undefined) return found;
  throw new FeedrateError('usage', `unknown model ${JSON.stringify(name)}${nearestModels(typed)}`);
}

/** Returns which names the user may have meant: those of the same model, else of the same accelerator, else a similar one. */
function nearestModels(typed: string): string {
  const words = typed.split('-');
  const shared = ACCELERATOR_MODELS.filter(({ model }) => words.includes(model));
  if (shared.length === 0) shared.push(...ACCELERATOR_MODELS.filter(({ accelerator }) => words.includes(accelerator)));
  if (shared.length > 0) return `; expected one of ${shared.map(({ name }) => name).join(', ')}`;
  const names = ACCELERATOR_MODELS.map(({ name }) => name);
  return `${didYouMean(typed, names)}; list them with: feedrate workloads --models`;
}
