/** Predicts from a ramp, with the loader that the user chose or the least that suffices. */
import { FeedrateError } from '../base/errors.js';
import type { FeedWhatIf } from '../record/feed-record.js';
import type { AcceleratorModel } from '../training/accelerator-model.js';
import type { LoaderSettings } from '../training/loader-rule.js';
import { isRefusal, predictFeed } from '../training/predict/predict-feed.js';
import type { FeedPrediction, Refusal } from '../training/predict/prediction.js';
import { mostReaders, type Ramp, type RampPoint, sampleRate } from '../training/predict/ramp.js';
import type { FeedRequest } from './feed-request.js';

/** The prediction of the model that was asked for, and of others. */
export interface Predicted {
  readonly prediction: FeedPrediction;
  readonly whatIf: readonly FeedWhatIf[];
}

/** PyTorch's default. */
const PREFETCH_FACTOR = 2;
/** The load that a prediction looks at, relative to what the target serves. */
const BEYOND = 1.25;

/** Returns what was measured, as the prediction takes it. */
export function rampFrom(
  points: readonly RampPoint[],
  { model, reader }: FeedRequest,
  around: Pick<Ramp, 'cache' | 'client' | 'network' | 'ranks'>,
): Ramp {
  return {
    format: model.format,
    reader,
    recordBytes: model.recordBytes,
    recordStdevBytes: model.recordStdevBytes,
    points,
    ...around,
  };
}

/** Predicts. Throws FeedrateError `measurement` when the ramp says nothing about the model. */
export function predictFor(request: FeedRequest, ramp: Ramp, seed: number): Predicted {
  const { model, whatIf } = request;
  const prediction = predictWithLoader(ramp, model, request, seed);
  if (isRefusal(prediction)) throw new FeedrateError('measurement', `nothing can be predicted: ${prediction.message}`);
  return { prediction, whatIf: whatIf.map((other) => whatIfOf(ramp, other, request, seed)) };
}

function whatIfOf(ramp: Ramp, model: AcceleratorModel, request: FeedRequest, seed: number): FeedWhatIf {
  const found = predictWithLoader(ramp, model, request, seed);
  const asked = { model: model.name, threshold: model.leastAu };
  if (isRefusal(found)) return { ...asked, accelerators: null, whole: null, recommended: null, refusal: found.message };
  const { accelerators, whole, recommended, isLowerBound } = found;
  return {
    ...asked,
    accelerators: isLowerBound ? { ...accelerators, high: null } : accelerators,
    whole,
    recommended,
    refusal: null,
  };
}

/** Predicts with the loader that was asked for, or with the least that feeds as many accelerators as any. */
function predictWithLoader(
  ramp: Ramp,
  model: AcceleratorModel,
  { workers, prefetchFactor, reader }: FeedRequest,
  seed: number,
): FeedPrediction | Refusal {
  const predict = (loader: LoaderSettings) =>
    predictFeed(ramp, model, { loader, reader, cache: ramp.cache, steps: null, seed });
  const first = predict({
    workers: workers ?? firstWorkers(ramp, model),
    prefetchFactor: prefetchFactor ?? PREFETCH_FACTOR,
    inOrder: true,
  });
  if (isRefusal(first) || workers !== null || first.recommended === null) return first;
  const { whole, recommended, loader } = first;
  const room = Math.floor(mostReaders(ramp) / (whole + 1));
  const least: LoaderSettings = {
    workers: Math.max(1, Math.min(recommended.numWorkers, room)),
    prefetchFactor: prefetchFactor ?? recommended.prefetchFactor,
    inOrder: true,
  };
  if (least.workers === loader.workers && least.prefetchFactor === loader.prefetchFactor) return first;
  const second = predict(least);
  return isRefusal(second) || second.whole < whole ? first : second;
}

/** As many workers as the model has, or as were measured for the accelerators that the target can keep busy. */
function firstWorkers(ramp: Ramp, { computeNs, batchSize, readThreads }: AcceleratorModel): number {
  const best = Math.max(...ramp.points.map(sampleRate));
  const busy = Math.ceil(((best * computeNs) / 1e9 / batchSize) * BEYOND);
  return Math.max(1, Math.min(readThreads, Math.floor(mostReaders(ramp) / Math.max(1, busy))));
}
