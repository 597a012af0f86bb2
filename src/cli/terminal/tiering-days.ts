/** `feedrate fsx tiering --policies`: one volume, one policy after the other, over days. */

import { PATIENT } from '../../aws/retry.js';
import { EXIT, FeedrateError } from '../../base/errors.js';
import { openFsx } from '../../fsx/api.js';
import { readPrices } from '../../fsx/prices.js';
import { settingOf } from '../../fsx/tiering-differences.js';
import { planNotes, stepRows } from '../../fsx/tiering-plan.js';
import { parseTieringSettings } from '../../fsx/tiering-policy.js';
import type { TieringOutcome } from '../../fsx/tiering-steps.js';
import { volumeCalls } from '../../fsx/volume-calls.js';
import { dataFilesOf } from '../../plan/filesets.js';
import { poolPricesOf } from '../../record/pool-requests.js';
import {
  currentStep,
  type JournalWorkload,
  type TieringJournal,
  type TieringSetting,
} from '../../record/tiering-journal.js';
import { formatDays, formatSetting } from '../../record/tiering-words.js';
import { aligned, wrapped } from '../../report/table/columns.js';
import { conduct } from '../../run/conduct.js';
import { withPreparation } from '../../run/preparation.js';
import type { NamedPath, RunRequest } from '../../run/request.js';
import { StopHandle } from '../../run/stop-handle.js';
import {
  beginTiering,
  refuseOpenComparison,
  restoreTiering,
  resumeTiering,
  type TieringTools,
} from '../../run/tiered-volume.js';
import { resolveRun } from '../../store/find-runs.js';
import { readRun } from '../../store/read-run.js';
import { parseLabels, parseOverrides, parsePlanOptions } from '../options/arguments.js';
import { comparableRun } from '../options/comparison-input.js';
import { BESIDE_A_RUN_MS, ontapFrom } from '../options/ontap-options.js';
import type { TieringOptions } from '../options/tiering-options.js';
import { printLines, tell } from '../output/print.js';
import { type CountedTime, printRequests } from './counted-requests.js';
import { stdoutOptions } from './output.js';
import { askEach } from './questions.js';
import { terminalListener } from './run-listener.js';
import { printRun } from './run-report.js';
import { onSignal } from './signals.js';
import { printComparison, printResidencies, volumesOf, workloadOrDefault } from './tiering-volumes.js';
import { footprintReader } from './volume-footprint.js';

/** Prints the plan. With `--apply`, asks, begins the comparison and goes on until it waits or is done. */
export async function changeOne(
  targets: readonly NamedPath[],
  workloadPath: string | undefined,
  options: TieringOptions,
  command: readonly string[],
): Promise<number> {
  const steps = parseTieringSettings(options.policies ?? '');
  const [target, second] = targets;
  if (target === undefined || second !== undefined)
    throw new FeedrateError('usage', '--policies changes one volume; name exactly one target with -t');
  const { datasetId = null, apply } = options;
  if (apply === true && datasetId === null) {
    const remedy = 'prepare it with: feedrate prepare WORKLOAD -t TARGET --dataset-id NAME';
    throw new FeedrateError(
      'usage',
      `--apply needs --dataset-id, because every step must read the same data; ${remedy}`,
    );
  }
  const { source, path } = await workloadOrDefault(workloadPath);
  const { set = [], param = [], engine = null, label = [] } = options;
  parseLabels(label);
  const prices = readPrices(options.prices ?? null);
  const { seed } = parsePlanOptions(options);
  const workload: JournalWorkload = { source, path, set, param, engine, seed, datasetId, label };
  const volume = (await volumesOf(targets, options)).get(target.name);
  if (volume === undefined) throw new FeedrateError('cloud', `target ${target.name}: its volume is not known`);
  refuseOpenComparison(options.output, volume.volume.id);
  const original = settingOf(volume);
  if (original === null) throw new FeedrateError('cloud', `volume ${volume.volume.id}: AWS shows no tiering policy`);
  const stop = new StopHandle();
  const dataBytes = await plannedBytes(requestOf(target, workload, options, command, stop));
  const { id: volumeId } = volume.volume;
  const { deploymentType } = volume.fileSystem;
  const { region } = volume;
  const priced = `${deploymentType ?? 'an unknown deployment type'} in ${region}`;
  printPlan({ volumeId, original, steps, dataBytes, prices: poolPricesOf(prices, { region, deploymentType }), priced });
  if (apply !== true) {
    printLines(['Nothing was changed. Use --apply to begin.']);
    return EXIT.pass;
  }
  if (!(await isConfirmed(volumeId, steps, options))) return EXIT.interrupted;
  const facts = { volumeId, fileSystemId: volume.fileSystem.id, region, target, workload };
  return withTools(options, command, stop, async (tools) =>
    concluded(await beginTiering(facts, steps, tools), options),
  );
}

/** Goes on with the comparison that waits. */
export async function resume(options: TieringOptions, command: readonly string[]): Promise<number> {
  const stop = new StopHandle();
  return withTools(options, command, stop, async (tools) =>
    concluded(await resumeTiering(options.volume?.[0] ?? null, tools), options),
  );
}

/** `--restore`: gives volumes their original settings. */
export async function restoreVolumes(options: TieringOptions): Promise<number> {
  const restored = await restoreTiering('all', options.volume?.[0] ?? null, restoreTools(options));
  if (restored === 0) tell(`no comparison of tiering policies is open in ${options.output}`);
  return EXIT.pass;
}

/** Restores what killed processes left. */
export async function restoreInterrupted(options: TieringOptions): Promise<void> {
  await restoreTiering('interrupted', null, restoreTools(options));
}

function restoreTools({
  output,
}: Pick<TieringOptions, 'output'>): Omit<TieringTools, 'measure' | 'sleep' | 'footprint'> {
  return { resultsDirectory: output, openVolume, nowMs: Date.now, sleepOn, tell };
}

async function openVolume(region: string, volumeId: string): ReturnType<TieringTools['openVolume']> {
  return volumeCalls(await openFsx(region, PATIENT), volumeId);
}

function sleepOn(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Returns the size of the data files. Throws what keeps the workload from being measured, before anything is changed. */
function plannedBytes(request: RunRequest): Promise<number> {
  return withPreparation(request, { note: tell }, ({ plan, workload }) =>
    plan.targets.reduce((sum, target) => sum + dataFilesOf(plan, workload.dataset, target).count().bytes, 0),
  );
}

function printPlan(plan: Parameters<typeof stepRows>[0]): void {
  const { columns } = stdoutOptions();
  printLines([
    `volume ${plan.volumeId} has the tiering policy ${formatSetting(plan.original)}`,
    '',
    ...aligned(stepRows(plan)),
    '',
    ...planNotes(plan).flatMap((note) => wrapped(note, columns)),
  ]);
}

async function isConfirmed(
  volumeId: string,
  steps: readonly TieringSetting[],
  { yes }: TieringOptions,
): Promise<boolean> {
  if (yes === true) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    const reason = 'there is no terminal to ask for confirmation; use --yes';
    throw new FeedrateError('usage', `nothing was changed: ${reason}`);
  }
  const answers = await askEach([`change volume ${volumeId} to ${formatSetting(steps[0] as TieringSetting)} now?`]);
  if (answers?.[0] === true) return true;
  tell('nothing was changed');
  return false;
}

/** Passes on what the steps use. The first signal stops and restores; the second one ends the process. */
async function withTools(
  options: TieringOptions,
  command: readonly string[],
  stop: StopHandle,
  use: (tools: TieringTools) => Promise<number>,
): Promise<number> {
  const release = onSignal(() => {
    if (!stop.isAsked) tell('stopping; the original tiering policy will be restored, which takes some minutes');
    else if (!isMeasuring) {
      tell('not restored; restore it with: feedrate fsx tiering --restore');
      process.exit(EXIT.interrupted);
    }
    stop.stop();
  });
  let isMeasuring = false;
  const measure = async (journal: TieringJournal) => {
    isMeasuring = true;
    try {
      return await measureStep(journal, options, command, stop);
    } finally {
      isMeasuring = false;
    }
  };
  const sleep = (ms: number) => stop.unlessAsked(sleepOn(ms));
  try {
    return await use({ ...restoreTools(options), sleep, measure, footprint: footprintReader(options) });
  } finally {
    release();
  }
}

/** Measures the current step, prints its report and returns the name of the run. */
async function measureStep(
  journal: TieringJournal,
  options: TieringOptions,
  command: readonly string[],
  stop: StopHandle,
): Promise<string> {
  const { target, workload, volumeId, region } = journal;
  const volumes = await volumesOf([target], { volume: [`${target.name}=${volumeId}`], region });
  const tiering = formatSetting(currentStep(journal));
  const request = requestOf(target, workload, options, command, stop);
  const ontap = await ontapFrom(options, BESIDE_A_RUN_MS);
  const { run, status } = await conduct(
    {
      ...request,
      ...(ontap === null ? {} : { ontap }),
      labels: { ...request.labels, tiering },
      volumes: new Map([...volumes].map(([name, volume]) => [name, { volume }])),
    },
    terminalListener(options.progress),
  );
  if (stop.isAsked) throw new FeedrateError('interrupted', 'stopped');
  await printRun(run, 'table');
  if (status === 'complete' && run.trials.every((trial) => trial.status === 'ok')) return run.run.id;
  throw new FeedrateError('measurement', `the step ${tiering} was not measured completely (run ${run.run.id})`);
}

function requestOf(
  target: NamedPath,
  { source, path, set, param, engine, seed, datasetId, label = [] }: JournalWorkload,
  { label: more, output, resume }: TieringOptions,
  command: readonly string[],
  stop: StopHandle,
): RunRequest {
  return {
    workload: { source, path },
    targets: [target],
    overrides: parseOverrides({ set, param, ...(engine === null ? {} : { engine }) }),
    seed,
    resultsDirectory: output,
    // What is given again wins.
    labels: { ...parseLabels(label), ...parseLabels(resume === true ? (more ?? []) : []) },
    command,
    stop,
    ...(datasetId === null ? {} : { datasetId }),
  };
}

/** Says when to come back, or prints the comparison of all steps. */
async function concluded({ journal, readyMs }: TieringOutcome, options: TieringOptions): Promise<number> {
  const step = currentStep(journal);
  if (readyMs !== null) {
    const when = `${new Date(readyMs).toISOString().slice(0, 16).replace('T', ' ')} UTC (in ${formatDays(readyMs - Date.now())})`;
    printLines([
      `volume ${journal.volumeId} has the policy ${formatSetting(step)}; come back after ${when}:`,
      '  feedrate fsx tiering --resume',
    ]);
    return EXIT.pass;
  }
  const runs = journal.steps.flatMap(({ run }) => (run === null ? [] : [run]));
  const stored = runs.map((run) => comparableRun(readRun(resolveRun(options.output, run, tell))));
  if (stored.length > 1) await printComparison(stored, 'tiering', options);
  printResidencies(...stored);
  const times = journal.steps.flatMap(({ run, setAt, endedAt, ...setting }): CountedTime[] => {
    const volume = stored.find(({ id }) => id === run)?.run.environment.targets[0]?.volume;
    if (volume === undefined || run === null || setAt === null || endedAt === null) return [];
    return [{ name: formatSetting(setting), volume, startMs: Date.parse(setAt), endMs: Date.parse(endedAt), run }];
  });
  await printRequests(times, readPrices(options.prices ?? null));
  return EXIT.pass;
}
