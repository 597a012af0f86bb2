/** Measures how many accelerators a target feeds: ramp, prediction, emulation. All in one run. */
import { FeedrateError } from '../base/errors.js';
import { formatDurationNs, formatWhole } from '../base/units.js';
import { feedRecordOf } from '../gate/feed-result.js';
import { type AuTrials, FeedSearch } from '../gate/feed-search.js';
import { wantedSteps } from '../plan/feed-data.js';
import { type EmulationJob, emulationJobName, rampJobName } from '../plan/feed-workload.js';
import type { FeedRecord } from '../record/feed-record.js';
import type { ReadableRun } from '../record/stored-run.js';
import type { TrialRecord } from '../record/trial-record.js';
import { clientCostOf } from '../stats/feed-client.js';
import { emulatedTrialsOf } from '../stats/feed-trials.js';
import { writeFeed } from '../store/feed-file.js';
import type { AcceleratorModel } from '../training/accelerator-model.js';
import type { LoaderSettings } from '../training/loader-rule.js';
import type { FeedPrediction } from '../training/predict/prediction.js';
import { byteRate, type RampPoint, sampleRate } from '../training/predict/ramp.js';
import { type FeedBase, type FeedPlan, stagedRequestOf } from './feed-plan.js';
import { type Predicted, predictFor, rampFrom } from './feed-prediction.js';
import { measureRamp, rampOf } from './feed-ramp.js';
import type { FeedRequest } from './feed-request.js';
import { FeedStages } from './feed-stages.js';
import type { RunListener } from './listener.js';

/** What came of it. */
export interface FeedOutcome {
  /** Null when it ended before anything could be predicted. */
  readonly record: FeedRecord | null;
  readonly run: ReadableRun | null;
  /** Why it ended early; null if it did not. */
  readonly problem: FeedrateError | null;
}

/** The part of the budget that the ramp may take, layout included, before it must end. */
const RAMP_PART = 0.6;
/** Rounds of the first emulation of a number of accelerators, and of further ones. */
const FIRST_ROUNDS = 3;
const MORE_ROUNDS = 2;
/** What a session takes besides its trials, and a trial besides its steps. */
const SESSION_NS = 0.8e9;
const TRIAL_NS = 0.3e9;

/**
 * Measures. What was measured until a stop or a failure is in the outcome. Throws FeedrateError when nothing was.
 * @param startMs when the user began to wait, by `performance.now()`
 */
export async function measureFeed(
  request: FeedRequest,
  plan: FeedPlan,
  base: FeedBase,
  listener: RunListener,
  startMs: number,
): Promise<FeedOutcome> {
  const feed = new Feed(request, plan, base, listener, startMs);
  let problem: FeedrateError | null = null;
  try {
    await feed.measure();
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError) || feed.run === null) throw thrown;
    problem = thrown;
  }
  await feed.close();
  if (feed.run === null) throw tooShort(request);
  return feed.outcome(problem);
}

class Feed {
  readonly #request: FeedRequest;
  readonly #plan: FeedPlan;
  readonly #stages: FeedStages;
  readonly #tell: (text: string) => void;
  readonly #startMs: number;
  readonly #stop: FeedBase['stop'];
  #predicted: Predicted | null = null;
  #search: FeedSearch | null = null;
  #undecided: string | null = null;

  constructor(request: FeedRequest, plan: FeedPlan, base: FeedBase, listener: RunListener, startMs: number) {
    const { model, reader, target, preprocessNs, handOverNs } = request;
    const { source, touches } = plan;
    const cache = touches ? 'cold' : 'as-is';
    this.#request = request;
    this.#plan = plan;
    const { client, ranks } = plan;
    this.#stages = new FeedStages(
      { model, reader, source, cache, preprocessNs, handOverNs, client, ranks },
      { ...stagedRequestOf(base, plan, target), stop: base.stop },
      listener,
    );
    this.#tell = (text) => listener.note?.(text);
    this.#startMs = startMs;
    this.#stop = base.stop;
  }

  get run(): ReadableRun | null {
    return this.#stages.run;
  }

  get #elapsedNs(): number {
    return (performance.now() - this.#startMs) * 1e6;
  }

  /** Lets the other ranks of a group end. */
  close(): Promise<void> {
    return this.#stages.close();
  }

  /** Measures until it is decided, or the time is up. */
  async measure(): Promise<void> {
    const { budgetNs } = this.#request;
    const isUp = await this.#stages.within(budgetNs - this.#elapsedNs, () => this.#measure());
    if (isUp) this.#undecided = `the time of ${formatDurationNs(budgetNs)} was up`;
  }

  async #measure(): Promise<void> {
    const { model, budgetNs, workers } = this.#request;
    const { mostReaders, rampTrialNs, ranks } = this.#plan;
    const leftNs = () => budgetNs * RAMP_PART - this.#elapsedNs;
    const limits = { model, samples: this.#samples, mostReaders, workers, trialNs: rampTrialNs, leftNs, ranks };
    await measureRamp(this.#stages, limits, this.#tell);
    const { prediction } = this.#predict();
    await this.#stop.listen();
    const whole = prediction.whole * ranks;
    const fed = whole === 1 ? '1 accelerator reaches' : `${formatWhole(whole)} accelerators reach`;
    this.#tell(`prediction: ${fed} an AU of ${formatPart(model.leastAu)}; emulating to check it`);
    await this.#emulate(prediction);
  }

  /** The samples of generated data that each rank has; null: the data is the user's. */
  get #samples(): number | null {
    const { source, ranks } = this.#plan;
    return source.kind === 'generated' ? Math.floor(source.data.samples / ranks) : null;
  }

  /** Predicts once, for each rank, from the ramp as it is. Throws FeedrateError `measurement` when the ramp does not suffice. */
  #predict(): Predicted {
    if (this.#predicted !== null) return this.#predicted;
    const { points } = rampOf(this.#stages);
    if (points.length === 0) throw tooShort(this.#request);
    const trials = this.run?.trials ?? [];
    const request = { ...this.#request, model: this.#model(points) };
    const { network, cores, ranks } = this.#plan;
    const client = clientCostOf(trials, points, request, cores);
    const claim = trials.find(({ job }) => job === rampJobName(1))?.cache.claim ?? 'cold';
    const ramp = rampFrom(points, request, { cache: claim, client, network, ranks });
    this.#predicted = predictFor(request, ramp, this.run?.run.plan.seed ?? 0);
    return this.#predicted;
  }

  /** Returns the model, with the samples' size as it was measured if they are the user's. */
  #model(points: readonly RampPoint[]): AcceleratorModel {
    const { model } = this.#request;
    const best = points.at(-1);
    if (this.#plan.source.kind === 'generated' || best === undefined) return model;
    const recordBytes = Math.max(1, Math.round(byteRate(best) / sampleRate(best)));
    return { ...model, recordBytes, readBytes: recordBytes, recordStdevBytes: 0 };
  }

  /** Emulates pairs of numbers of accelerators until it is decided, or the time is up. */
  async #emulate({ whole, loader }: FeedPrediction): Promise<void> {
    const { model, budgetNs } = this.#request;
    const search = new FeedSearch(model.leastAu, whole);
    this.#search = search;
    for (let move = search.begin(); move.kind === 'measure'; move = search.look(this.#auTrials())) {
      const jobs = move.accelerators.map((accelerators) => this.#job(accelerators, loader));
      const tooMany = jobs.find(({ accelerators, workers }) => accelerators * workers > 2 * this.#plan.mostReaders);
      if (tooMany !== undefined) {
        const { ranks } = this.#plan;
        const accelerators = tooMany.accelerators * ranks;
        const threads = `${formatWhole(accelerators * tooMany.workers)} loader workers`;
        const machines = ranks === 1 ? 'this machine' : 'the machines';
        this.#undecided = `${accelerators} accelerators need ${threads}, more than ${machines} can run`;
        return;
      }
      const known = this.#auTrials();
      const wanted = move.accelerators.some((accelerators) => !known.has(accelerators)) ? FIRST_ROUNDS : MORE_ROUNDS;
      const leftNs = budgetNs - this.#elapsedNs - SESSION_NS;
      const rounds = Math.min(wanted, Math.floor(leftNs / roundNs(jobs, this.#request, this.run?.trials ?? [])));
      if (rounds < 1) {
        this.#undecided = `the time of ${formatDurationNs(budgetNs)} was up`;
        return;
      }
      await this.#stages.emulate(jobs, rounds);
    }
  }

  #job(accelerators: number, { workers, prefetchFactor }: LoaderSettings): EmulationJob {
    const { model } = this.#request;
    const samples = this.#samples;
    const wanted = wantedSteps(model.computeNs, workers * prefetchFactor);
    const most = samples === null ? wanted : Math.floor(samples / accelerators / model.batchSize);
    return { accelerators, workers, prefetchFactor, steps: Math.max(2, Math.min(wanted, most)) };
  }

  #auTrials(): AuTrials {
    const trials = this.run?.trials ?? [];
    const numbers = this.#stages.emulations.map(({ accelerators }) => accelerators);
    const each = numbers.map((number) => [number, emulatedTrialsOf(trials, emulationJobName(number)).au] as const);
    return new Map(each.filter(([, au]) => au.length > 0));
  }

  /** Returns what came of it. A problem is thrown on when nothing can be predicted from what was measured. */
  outcome(problem: FeedrateError | null): FeedOutcome {
    const run = this.run as ReadableRun;
    if (problem?.code === 'interrupted') this.#undecided = 'it was stopped';
    else if (problem !== null) this.#undecided = problem.message;
    let predicted: Predicted;
    try {
      predicted = this.#predict();
    } catch (thrown) {
      if (!(thrown instanceof FeedrateError)) throw thrown;
      return { record: null, run, problem: problem ?? thrown };
    }
    const { jobs, points } = rampOf(this.#stages);
    const { target, source, ranks, hosts } = this.#plan;
    const record = feedRecordOf({
      run: run.run,
      trials: run.trials,
      target,
      model: this.#model(points),
      reader: this.#request.reader,
      source,
      ramp: jobs.map((job, at) => ({ job, point: points[at] as (typeof points)[number] })),
      emulations: this.#stages.emulations,
      search: this.#search,
      undecided: this.#undecided,
      predicted,
      ranks,
      hosts,
    });
    this.#keep(run.directory, record);
    return { record, run, problem };
  }

  /** The answer can be had without the file, so it does not fail for it. */
  #keep(directory: string, record: FeedRecord): void {
    try {
      writeFeed(directory, record);
    } catch (thrown) {
      if (!(thrown instanceof FeedrateError)) throw thrown;
      this.#tell(thrown.message);
    }
  }
}

/** The error of a measurement that ended before the first readers were measured. */
function tooShort({ budgetNs }: FeedRequest): FeedrateError {
  const time = `the time of ${formatDurationNs(budgetNs)} was up`;
  return new FeedrateError('measurement', `${time} before any reader was measured; raise --budget`);
}

function formatPart(part: number): string {
  return `${Number((part * 100).toPrecision(4))} %`;
}

/** Returns the expected time of one round of these emulations. */
function roundNs(jobs: readonly EmulationJob[], { model }: FeedRequest, trials: readonly TrialRecord[]): number {
  // Evicting files and starting threads.
  const aroundNs = Math.max(TRIAL_NS, ...trials.map(({ wallNs, window }) => wallNs - window.lastDoneNs));
  return jobs.reduce((sum, { accelerators, steps }) => {
    const job = emulationJobName(accelerators);
    const known = trials.findLast((trial) => trial.job === job)?.wallNs;
    return sum + (known ?? aroundNs + (steps * model.computeNs) / model.leastAu);
  }, 0);
}
