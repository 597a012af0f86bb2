import type { Command } from 'commander';
import { EXIT } from '../../base/errors.js';
import { formatBytes, formatDurationNs } from '../../base/units.js';
import type { Preparation } from '../../run/preparation.js';
import type { StopHandle } from '../../run/stop-handle.js';
import type { askAboutVolumes, RecordedVolumes } from '../../run/volumes.js';
import type { LayoutTotals, layOutPlan } from '../../trial/prepared-layout.js';
import { type ProgressMode, parsePlanOptions, type RawPlanOptions } from '../options/arguments.js';
import {
  addVariantOptions,
  awsOption,
  datasetOption,
  progressOption,
  targetsOption,
} from '../options/common-options.js';
import { addWorkload, workloadOf } from '../options/job-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { printLines, tell } from '../output/print.js';
import { exitsOnSignal } from '../terminal/exits.js';
import type { Progress } from '../terminal/progress.js';
import { onSignal } from '../terminal/signals.js';

/** The options of `prepare` as commander returns them. */
interface PrepareOptions extends RawPlanOptions {
  readonly progress: ProgressMode;
  /** False with --no-aws. */
  readonly aws: boolean;
}

export const prepare: Subcommand = {
  name: 'prepare',
  measuresAlone: true,
  description: 'create the data files of a workload before a run',
  completes: 'workloads',
  configure(command, fields) {
    const targets = targetsOption('directory to prepare, or name=directory; repeat for more').makeOptionMandatory();
    const keep = 'keep the files for later days under this name, with checksums; verify them if it exists';
    addVariantOptions(command.addOption(targets).addOption(datasetOption(keep)).addOption(awsOption())).addOption(
      progressOption(),
    );
    addWorkload(command, fields).action(exitsOnSignal(prepareData));
  },
  examples:
    '\nExamples:\n  feedrate prepare random-read -t /mnt/train\n  feedrate prepare random-read -t /mnt/train --dataset-id november\n',
};

/**
 * Creates the data files of a workload and returns the exit status. Existing files are reused. Ctrl-C keeps the files that
 * are complete. Throws `FeedrateError` as `run` does.
 */
async function prepareData(word: string | undefined, options: PrepareOptions, command: Command): Promise<number> {
  const [{ withPreparation }, { StopHandle }, { createProgress }] = await Promise.all([
    import('../../run/preparation.js'),
    import('../../run/stop-handle.js'),
    import('../terminal/progress.js'),
  ]);
  const stop = new StopHandle();
  const { datasetId, ...planned } = parsePlanOptions(options);
  const ofDataset = datasetId === null ? {} : { datasetId };
  const request = { ...planned, ...ofDataset, workload: await workloadOf(word, command), measures: false, stop };
  const release = onSignal(() => stop.stop());
  return withPreparation(request, { note: tell }, async (preparation) => {
    const progress = createProgress(options.progress, process.stderr, process.env);
    for (const text of preparation.notes) progress.note(text);
    const startMs = performance.now();
    const volumes = datasetId === null || options.aws === false ? new Map() : await volumesOf(request.targets);
    const policyOf = (target: string) => volumes.get(target)?.volume?.volume.tieringPolicy ?? null;
    const totals = await layOutUntilStopped(preparation, progress, stop, policyOf);
    if (totals === null) return EXIT.interrupted;
    printLines([summaryOf(totals, (performance.now() - startMs) * 1e6)]);
    return EXIT.pass;
  }).finally(release);
}

/** Returns what AWS says of the targets' volumes: the policy at the time of writing is part of a dataset. */
async function volumesOf(targets: Parameters<typeof askAboutVolumes>[0]): Promise<RecordedVolumes> {
  const { askAboutVolumes } = await import('../../run/volumes.js');
  return askAboutVolumes(targets)();
}

/** Returns the bytes written and reused, or null when the user stopped it. */
async function layOutUntilStopped(
  { plan, dataset }: Preparation,
  progress: Progress,
  stop: StopHandle,
  policyOf: Parameters<typeof layOutPlan>[4],
): Promise<LayoutTotals | null> {
  const [{ LayoutStopped }, layout] = await Promise.all([
    import('../../trial/data-file.js'),
    import('../../trial/prepared-layout.js'),
  ]);
  try {
    const emit = progress.handle.bind(progress);
    return await layout.layOutPlan(plan, dataset, emit, () => stop.isAsked, policyOf);
  } catch (thrown) {
    if (thrown instanceof LayoutStopped) return null;
    throw thrown;
  } finally {
    progress.close();
  }
}

function summaryOf({ writtenBytes, reusedBytes }: LayoutTotals, elapsedNs: number): string {
  if (writtenBytes + reusedBytes === 0) return 'nothing to prepare: this workload reads no data files';
  const written = `${formatBytes(writtenBytes)} written in ${formatDurationNs(elapsedNs)}`;
  return `${written}, ${formatBytes(reusedBytes)} reused`;
}
