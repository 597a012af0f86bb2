/** Runs one trial, from its files to its record. */
import { systemFaultOf } from '../base/errors.js';
import { workersOf } from '../engine/choose.js';
import { Counters } from '../engine/core/counters.js';
import { explained } from '../host/system/exhaustion.js';
import type { PlannedTrial } from '../plan/plan.js';
import { skippedEnds } from '../plan/skipped-ends.js';
import { RECORD_VERSION, type TrialRecord } from '../record/trial-record.js';
import {
  assembleClient,
  assembleLatency,
  assemblePhases,
  assembleRing,
  assembleSeries,
  assembleWindow,
  assembleWire,
} from './assemble.js';
import { assembleReplay } from './assemble-replay.js';
import { assembleTimeline } from './assemble-timeline.js';
import { BesideJob } from './beside-job.js';
import { type CachePreparation, countedFromNow, movedSince } from './cache.js';
import { exchanged, type Moved } from './cache-origin.js';
import { CommonStart } from './common-start.js';
import { judgeTrial } from './judge-trial.js';
import { type MeasuredTrial, measureTrial, type TrialSettings } from './measure-trial.js';
import { missedIn } from './missed-in-trial.js';
import { nullAuOf } from './null-au.js';
import { prepareTrial, removeScratch } from './prepare-trial.js';
import { readersOfSame } from './shared-files.js';
import { type Stage, stageBeside, stageOf } from './stage.js';
import { identityOf } from './trial-identity.js';
import { silent, warningsOf } from './warnings.js';

function faultOfWorkers({ outcomes }: MeasuredTrial): TrialRecord['fault'] {
  const failed = outcomes.find(({ fault }) => fault !== null);
  return failed?.fault ? { ...explained(failed.fault), worker: failed.worker } : null;
}

/** The outcome of a trial, whether it completed or failed. */
interface Execution {
  readonly preparation: CachePreparation | null;
  readonly moved: Moved | null;
  readonly measured: MeasuredTrial;
  readonly fault: TrialRecord['fault'];
}

async function execute(
  trial: PlannedTrial,
  stage: Stage,
  counters: Counters,
  beside: BesideJob | null,
  settings: TrialSettings,
): Promise<Execution> {
  const start = settings.meet === null ? null : new CommonStart(settings.meet, trial.id);
  let preparation: CachePreparation | null = null;
  let moved: Moved | null = null;
  let fault: TrialRecord['fault'] = null;
  let measured: MeasuredTrial = {
    outcomes: [],
    longestQuietNs: 0,
    abandoned: false,
    eventLoopDelay: { maxNs: 0, p99Ns: 0 },
  };
  try {
    settings.requireUnchanged(stage.target);
    preparation = await prepareJobs(trial, stage, beside, settings);
    beside?.begin(() => counters.requestStop());
    measured = await measureTrial(trial, stage, counters, { before: preparation.nfs, beside, start }, settings);
    if (!measured.abandoned) moved = movedSince(preparation, assembleWire(measured.outcomes));
    fault = faultOfWorkers(measured) ?? start?.fault ?? null;
  } catch (thrown) {
    // The first failure explains more than a counter that could not be read afterwards.
    fault = faultOfWorkers(measured) ?? { ...explained(systemFaultOf(thrown)), worker: -1 };
    await start?.refuse(fault.message);
  }
  await beside?.end();
  fault ??= beside?.fault ?? null;
  if (measured.abandoned || beside?.abandoned) settings.onAbandoned(stage.target.name);
  else {
    fault = changeOf(stage, settings) ?? fault;
    removeScratch(stage);
    beside?.removeScratch();
  }
  return { preparation, moved, measured, fault };
}

/** Returns the fault of a target that changed during the trial. It explains all others, and counts without them. */
function changeOf({ target }: Stage, settings: TrialSettings): TrialRecord['fault'] {
  try {
    settings.requireUnchanged(target);
    return null;
  } catch (thrown) {
    return { ...explained(systemFaultOf(thrown)), worker: -1 };
  }
}

/** Prepares the trial's job and the one beside it. What one does to the page cache must not undo what the other needs. */
async function prepareJobs(
  trial: PlannedTrial,
  stage: Stage,
  beside: BesideJob | null,
  settings: TrialSettings,
): Promise<CachePreparation> {
  if (beside === null) return prepareTrial(trial, stage, settings);
  // Files that were read must not be dropped with the others' pages.
  if (!beside.needsWarmFiles) await beside.prepare();
  const preparation = await prepareTrial(trial, stage, settings);
  if (!beside.needsWarmFiles) return preparation;
  await beside.prepare();
  return countedFromNow(preparation);
}

/** Returns what a training job measured, with its AU on an engine that reads nothing. */
async function trainingOf(
  stage: Stage,
  { outcomes, abandoned }: MeasuredTrial,
  fault: TrialRecord['fault'],
  settings: TrialSettings,
): Promise<TrialRecord['training']> {
  const training = outcomes.find(({ report }) => report?.training !== undefined)?.report?.training;
  if (training === undefined || abandoned || fault !== null || settings.stopped()) return training;
  const nullAu = await nullAuOf(stage, settings.pool, settings.onCounters);
  return nullAu === undefined ? training : { ...training, nullAu };
}

/**
 * Runs a trial and returns its record. Never throws for a failure within the trial: the record has it. The trial's
 * scratch files are removed afterwards.
 */
export async function runTrial(trial: PlannedTrial, settings: TrialSettings): Promise<TrialRecord> {
  const startedAt = new Date().toISOString();
  const startMs = performance.now();
  const stage = stageOf(trial, settings);
  const { arm } = stage;
  const counters = Counters.allocate(workersOf(arm.spec, stage.engine));
  const besideStage = stageBeside(trial, settings);
  const beside = besideStage === null ? null : new BesideJob(trial, besideStage, counters.workers, settings);
  const { preparation, moved, measured, fault } = await execute(trial, stage, counters, beside, settings);
  const reports = measured.outcomes.map(({ report }) => report).filter((report) => report !== null);
  const engine = { ...stage.engine, ring: assembleRing(reports) };
  const window = assembleWindow(reports);
  const training = await trainingOf(stage, measured, fault, settings);
  const cache = judgeTrial(arm.spec.cache, preparation, window, moved, training, beside?.readBytes ?? 0);
  const nfs = moved === null ? null : exchanged(moved);
  const client = assembleClient(reports, measured.eventLoopDelay);
  const series = assembleSeries(reports, window.lastDoneNs);
  const phases = assemblePhases(reports);
  const replay = assembleReplay(reports, stage.trace?.trace.head ?? null, arm.spec);
  const timeline = assembleTimeline(reports);
  const checkpoints = reports.find((report) => report.checkpoints !== undefined)?.checkpoints;
  const besideRecord = beside?.record() ?? null;
  const { longestQuietNs, machine, beganNs } = measured;
  const missedFiles = measured.abandoned ? null : missedIn(stage, reports);
  const status = settings.stopped() ? 'aborted' : fault === null ? 'ok' : 'failed';
  return {
    recordVersion: RECORD_VERSION,
    ...identityOf(trial, arm, settings.place),
    status,
    fault: status === 'failed' ? fault : null,
    startedAt,
    ...(beganNs !== undefined && { beganNs }),
    wallNs: Math.round((performance.now() - startMs) * 1e6),
    engine,
    window,
    latency: assembleLatency(counters),
    ...(phases !== undefined && { phases }),
    ...(training !== undefined && { training }),
    ...(replay !== undefined && { replay }),
    ...(timeline !== undefined && { timeline }),
    ...(checkpoints !== undefined && { checkpoints }),
    ...(besideRecord !== null && { beside: besideRecord }),
    series,
    cache,
    ...(nfs === null ? {} : { nfs }),
    client,
    ...(machine !== undefined && { machine }),
    ...(missedFiles !== null && { missedFiles }),
    warnings:
      reports.length === 0
        ? [silent({ engine, longestQuietNs })].filter((found) => found !== null)
        : warningsOf({
            job: arm.spec,
            filePlace: stage.files.place,
            engine,
            window,
            ...skippedEnds(arm.spec, stage.files.extents),
            cache,
            nfs,
            client,
            machine,
            longestQuietNs,
            readers: readersOfSame(arm, settings.place),
            shortTransfers: reports.reduce((sum, report) => sum + report.shortTransfers, 0),
            missedFiles,
            status,
            series,
            phases,
            training,
            replay,
          }),
  };
}
