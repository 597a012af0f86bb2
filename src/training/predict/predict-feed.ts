import type { CacheClaim } from '../../workload/workload.js';
import type { LoaderSettings } from '../loader-rule.js';
import { predictionDoubts } from './doubts.js';
import { FeedModel } from './feed-model.js';
import { findLimiter } from './limiter.js';
import { outsideMeasured } from './measured-range.js';
import type { FeedDemand, FeedPrediction, PredictedFeed, Refusal } from './prediction.js';
import { mostReaders, type Ramp } from './ramp.js';
import { recommendLoader } from './recommend.js';

/** Numbers of accelerators of a curve, about. */
const CURVE_POINTS = 12;

/** How the training is run, and what else is asked for. */
export interface FeedQuestion {
  readonly loader: LoaderSettings;
  readonly reader: string;
  readonly cache: CacheClaim;
  /** Steps of an epoch, for the reference's AU; null if not known. */
  readonly steps: number | null;
  readonly seed: number;
}

/** Whether an answer is a refusal. */
export function isRefusal(answer: object): answer is Refusal {
  return 'reason' in answer;
}

/**
 * Predicts what a measured mount feeds: how many accelerators, what limits them, and the loader that suffices. A refusal
 * if the ramp did not measure such a training. Throws FeedrateError `measurement` if the ramp cannot be used.
 */
export function predictFeed(ramp: Ramp, demand: FeedDemand, question: FeedQuestion): FeedPrediction | Refusal {
  const { loader, steps, seed } = question;
  const outside = outsideMeasured(ramp, demand, question);
  if (outside !== null) return outside;
  const model = new FeedModel(ramp, seed);
  const capacity = model.capacity(demand, loader);
  if (isRefusal(capacity)) return capacity;
  const most = Math.floor(mostReaders(ramp) / loader.workers);
  const whole = wholeAccelerators(
    model,
    demand,
    loader,
    Math.min(most, capacity.accelerators.estimate / demand.leastAu),
  );
  const au = curveNumbers(whole, most).flatMap((accelerators) => {
    const interval = accelerators === whole || accelerators === whole + 1;
    const predicted = model.predict(demand, accelerators, loader, { steps, interval });
    return isRefusal(predicted) ? [] : [predicted as PredictedFeed];
  });
  const limited = Math.min(most, whole + 1);
  return {
    demand,
    loader,
    client: ramp.client,
    accelerators: capacity.accelerators,
    isLowerBound: capacity.isLowerBound,
    whole,
    threshold: demand.leastAu,
    au,
    limiter: findLimiter(model, demand, limited, loader),
    recommended: recommendLoader(model, demand, Math.max(1, whole)),
    doubts: predictionDoubts(ramp, demand, steps, capacity.isLowerBound),
  };
}

/** Returns the most accelerators that reach the threshold, searched for from `start`. */
function wholeAccelerators(model: FeedModel, demand: FeedDemand, loader: LoaderSettings, start: number): number {
  const passes = (accelerators: number) => (model.au(demand, accelerators, loader) ?? 0) >= demand.leastAu;
  let whole = Math.floor(start);
  if (whole > 0 && !passes(whole)) {
    do whole--;
    while (whole > 0 && !passes(whole));
    return whole;
  }
  while (passes(whole + 1)) whole++;
  return whole;
}

/** Returns numbers from 1 to beyond twice `whole`, among them `whole` and the next, and no more than `most`. */
function curveNumbers(whole: number, most: number): number[] {
  const end = Math.min(most, 2 * whole + 2);
  const evenly = Array.from({ length: CURVE_POINTS }, (_, i) => Math.round(1 + ((end - 1) * i) / (CURVE_POINTS - 1)));
  const numbers = new Set([...evenly, whole, whole + 1].filter((number) => number >= 1 && number <= end));
  return [...numbers].sort((a, b) => a - b);
}
