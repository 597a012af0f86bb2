/** `feedrate run`: from the command line to the exit status. */
import type { Command } from 'commander';
import { EXIT } from '../../base/errors.js';
import type { ReadableRun } from '../../record/stored-run.js';
import { REPORT_FORMATS } from '../../report/render.js';
import type { HeadStart } from '../../run/head-start.js';
import type { RunListener } from '../../run/listener.js';
import type { PlanRequest, RunRequest } from '../../run/request.js';
import type { StopHandle } from '../../run/stop-handle.js';
import { parseRunOptions, type RawRunOptions, type RunOptions } from '../options/arguments.js';
import {
  addColdOptions,
  addFileOptions,
  addVariantOptions,
  argumentsOf,
  awsOption,
  ceilingsOption,
  dataOption,
  datasetOption,
  formatOption,
  labelOption,
  pageOption,
  progressOption,
  resultsOption,
  targetsOption,
} from '../options/common-options.js';
import { addWorkload, workloadOf } from '../options/job-options.js';
import { addOntapOptions, BESIDE_A_RUN_MS, ontapFrom, WHAT_ONTAP_IS_ASKED } from '../options/ontap-options.js';
import { addRankOptions, type RawRankOptions } from '../options/rank-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { tell } from '../output/print.js';
import { exitsOnSignal } from '../terminal/exits.js';
import { onSignal } from '../terminal/signals.js';

export const run: Subcommand = {
  name: 'run',
  description: 'run a workload and save the result',
  completes: 'workloads',
  configure(command, fields) {
    const targets =
      'directory or nfs://server/export, or name=directory; repeat to compare (default: a temporary directory)';
    addVariantOptions(command.addOption(targetsOption(targets)));
    command.addOption(dataOption());
    addFileOptions(command.addOption(datasetOption('read a dataset of prepare --dataset-id, proven unchanged')))
      .addOption(labelOption())
      .addOption(ceilingsOption())
      .addOption(resultsOption())
      .option('--dry-run', 'print arms, bytes to write and expected time; leave no files')
      .option('--print-workload', 'check the workload and print it as YAML; measure nothing')
      .addOption(formatOption(REPORT_FORMATS))
      .addOption(pageOption())
      .addOption(awsOption())
      .addOption(progressOption());
    addOntapOptions(addColdOptions(command), WHAT_ONTAP_IS_ASKED);
    addRankOptions(command, 'that of the results').option(
      '--start-at <time>',
      'start without meetings, at 12:30:00, 2026-12-01T12:30:00Z or @SECONDS',
    );
    addWorkload(command, fields).action(
      exitsOnSignal(async (workload: string | undefined, raw: RawRunOptions & RawRankOptions, command: Command) => {
        const { asRank } = await import('../terminal/rank-output.js');
        return asRank(raw, raw.output, async (ranks) => {
          const options = { ...parseRunOptions(raw), ranks, workload: () => workloadOf(workload, command) };
          const { status } = await runWorkload(options, argumentsOf(command));
          return status;
        });
      }),
    );
  },
  examples: `
Examples:
  feedrate run quick
  feedrate run random-read -t /mnt/train --dry-run
  feedrate run random-read -t a=/mnt/a -t b=/mnt/b -P bs=4k,1m --label volume=flexgroup
  feedrate run mine.yaml -t /mnt/train --set runtime=30s --format json > result.json
  feedrate run --rw randread --bs 4k,128k --iodepth 32 --size 1G --runtime 10s -t /mnt/train

Under mpirun, srun or a Kubernetes Job, the ranks measure together and give one
run: feedrate guide several-machines.

feedrate writes only to directories named .feedrate-… in the target. Write a
directory with = in its name as ./a=b. The first Ctrl-C ends the run and keeps
what was measured. A second Ctrl-C ends it at once.
`,
};

/** Of ranks that let rank 0 speak. */
const QUIET: RunListener = {};

/** Until a run's display is loaded. */
const PLAIN: RunListener = { note: tell };

/** The options of a run whose workload may still have to be read. */
export interface RunToStart extends Omit<RunOptions, 'workload'> {
  readonly workload: RunOptions['workload'] | (() => Promise<RunOptions['workload']>);
}

async function withWorkload(options: RunToStart): Promise<RunOptions> {
  const { workload } = options;
  return { ...options, workload: typeof workload === 'function' ? await workload() : workload };
}

/**
 * Runs a workload, prints its report, and returns the exit status and the run (null after a dry run). Each trial is saved
 * as soon as it ends. Throws `FeedrateError` for faults that the user can fix; nothing was written to the targets then.
 * @param held stops the run when the caller listens to signals. Default: signals stop it
 * @param volumes what is known of the targets' volumes. Default: AWS is asked
 */
export async function runWorkload(
  options: RunToStart,
  command: readonly string[],
  held?: StopHandle,
  volumes?: RunRequest['volumes'],
): Promise<{ readonly status: number; readonly run: ReadableRun | null }> {
  const rank = options.ranks?.group?.meetings.group.rank ?? 0;
  // Rank 0 says for all what would be done.
  if (rank > 0 && (options.printWorkload || options.dryRun)) return { status: EXIT.pass, run: null };
  if (options.printWorkload) return { status: await printChecked(await withWorkload(options)), run: null };
  if (options.dryRun) return { status: await dryRun(await withWorkload(options), held), run: null };
  const [{ touchableOf }, { HeadStart }, { StopHandle }] = await Promise.all([
    import('../../run/first-touch.js'),
    import('../../run/head-start.js'),
    import('../../run/stop-handle.js'),
  ]);
  const stop = held ?? new StopHandle();
  const release = held === undefined ? onSignal(() => stop.stop()) : () => {};
  let listener = rank === 0 ? PLAIN : QUIET;
  // Targets are touched and the measuring process loads its modules while this process loads nearly all of its own.
  const touched = touchableOf(options.targets, options.outputDirectory);
  const headStart = new HeadStart(touched, (text) => listener.note?.(text), stop);
  try {
    const complete = await withWorkload(options);
    const { terminalListener } = await import('../terminal/run-listener.js');
    if (rank === 0) listener = terminalListener(options.progress);
    return await measureAndReport(complete, { command, stop, listener, headStart, release, volumes });
  } finally {
    release();
    headStart.discard();
  }
}

interface Start {
  readonly command: readonly string[];
  readonly stop: StopHandle;
  readonly listener: RunListener;
  readonly headStart: HeadStart;
  /** Called when there is nothing left to stop: a signal then ends the process. */
  readonly release: () => void;
  readonly volumes: RunRequest['volumes'];
}

async function measureAndReport(
  options: RunOptions,
  { command, stop, listener, headStart, release, volumes }: Start,
): Promise<{ readonly status: number; readonly run: ReadableRun }> {
  const [{ conduct }, { requireOutputFiles }, { printRun, writeRunFiles }, thresholdModule, { tieringNotes }] =
    await Promise.all([
      import('../../run/conduct.js'),
      import('../options/output-files.js'),
      import('../terminal/run-report.js'),
      import('../../gate/thresholds.js'),
      import('../../store/tiering-notes.js'),
    ]);
  const { evaluateThresholds, exitStatusOf } = thresholdModule;
  const { files, page } = options;
  const ontap = await ontapFrom(options.ontap, BESIDE_A_RUN_MS);
  const request: RunRequest = {
    ...planRequestOf(options, stop),
    resultsDirectory: options.outputDirectory,
    labels: options.labels,
    command,
    dropCaches: options.dropCaches,
    ...(volumes && { volumes }),
    ceilingsFile: options.ceilings,
    aws: options.aws,
    ...(ontap === null ? {} : { ontap }),
  };
  // Not earlier: until the results directory has answered, a look at it might never return.
  const prepared = async () => {
    await requireOutputFiles(files);
    if (typeof page === 'string') (await import('../terminal/page-file.js')).requirePagePlace(page);
    for (const line of await tieringNotes(options.outputDirectory, Date.now())) listener.note?.(line);
  };
  const checked: RunListener = { ...listener, prepared };
  const { run, status } = await conduct(request, checked, headStart).finally(release);
  if ((options.ranks?.group?.meetings.group.rank ?? 0) > 0) return { status: EXIT.pass, run };
  await printRun(run, options.format);
  const filesStatus = await writeRunFiles(run, files);
  if (page !== null) (await import('../terminal/run-page-file.js')).writeRunPage(run, page);
  const thresholds = evaluateThresholds(run.run.plan.arms, run.trials);
  return { status: exitStatusOf({ status, trials: run.trials, thresholds }) || filesStatus, run };
}

async function printChecked(options: RunOptions): Promise<number> {
  const [{ parseWorkload }, { overrideText }, { printWorkload }] = await Promise.all([
    import('../../workload/parse.js'),
    import('../../workload/override-text.js'),
    import('../terminal/workload-print.js'),
  ]);
  const { workload, overrides } = options;
  const changes = overrides.map(overrideText);
  if ('choose' in workload) {
    printWorkload(await chosenSource(options), changes);
    return EXIT.pass;
  }
  parseWorkload(workload.source, workload.path, overrides, workload.options);
  printWorkload(workload.source, changes);
  return EXIT.pass;
}

/** Returns the workload that is chosen for the files that the targets have. */
async function chosenSource(options: RunOptions): Promise<string> {
  const [{ withPreparation }, { StopHandle }, { terminalListener }] = await Promise.all([
    import('../../run/preparation.js'),
    import('../../run/stop-handle.js'),
    import('../terminal/run-listener.js'),
  ]);
  const stop = new StopHandle();
  const release = onSignal(() => stop.stop());
  const request = planRequestOf(options, stop);
  const listener = terminalListener(options.progress);
  return withPreparation(request, listener, ({ workloadSource }) => workloadSource).finally(release);
}

async function dryRun(options: RunOptions, held?: StopHandle): Promise<number> {
  const [{ withPreparation }, { StopHandle }, { printDryRun }, { terminalListener }] = await Promise.all([
    import('../../run/preparation.js'),
    import('../../run/stop-handle.js'),
    import('../terminal/dry-run.js'),
    import('../terminal/run-listener.js'),
  ]);
  const stop = held ?? new StopHandle();
  const release = held === undefined ? onSignal(() => stop.stop()) : () => {};
  const listener = terminalListener(options.progress);
  await withPreparation(planRequestOf(options, stop), listener, (preparation) =>
    printDryRun(preparation, options.format, () => stop.isAsked),
  ).finally(release);
  return EXIT.pass;
}

function planRequestOf(options: RunOptions, stop: StopHandle): PlanRequest {
  const { workload, targets, overrides, seed, remount, datasetId, ranks } = options;
  const ofDataset = datasetId === null ? {} : { datasetId };
  return { workload, targets, overrides, seed, remount, stop, ...ofDataset, ...ranks };
}
