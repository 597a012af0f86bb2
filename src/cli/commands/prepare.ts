import type { Command } from 'commander';
import { EXIT } from '../../base/errors.js';
import { formatBytes, formatDurationNs } from '../../base/units.js';
import type { askAboutVolumes, RecordedVolumes } from '../../run/volumes.js';
import type { LayoutTotals } from '../../trial/prepared-layout.js';
import { type ProgressMode, parsePlanOptions, type RawPlanOptions } from '../options/arguments.js';
import {
  addVariantOptions,
  awsOption,
  datasetOption,
  progressOption,
  targetsOption,
} from '../options/common-options.js';
import { addWorkload, workloadOf } from '../options/job-options.js';
import { addRankOptions, type RawRankOptions, type RequestedRanks } from '../options/rank-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { printLines, tell } from '../output/print.js';
import { exitsOnSignal } from '../terminal/exits.js';
import { onSignal } from '../terminal/signals.js';

/** The options of `prepare` as commander returns them. */
interface PrepareOptions extends RawPlanOptions, RawRankOptions {
  readonly progress: ProgressMode;
  /** False with --no-aws. */
  readonly aws: boolean;
}

export const prepare: Subcommand = {
  name: 'prepare',
  description: 'create the data files of a workload before a run',
  completes: 'workloads',
  configure(command, fields) {
    const targets = targetsOption('directory to prepare, or name=directory; repeat for more').makeOptionMandatory();
    const keep = 'keep the files for later days under this name, with checksums; verify them if it exists';
    addVariantOptions(command.addOption(targets).addOption(datasetOption(keep)).addOption(awsOption())).addOption(
      progressOption(),
    );
    addRankOptions(command, 'the first target');
    addWorkload(command, fields).action(
      exitsOnSignal(async (word: string | undefined, options: PrepareOptions, command: Command) => {
        const { asRank } = await import('../terminal/rank-output.js');
        const [first] = parsePlanOptions(options).targets;
        return asRank(options, first?.path ?? '.', (ranks) => prepareData(word, options, command, ranks));
      }),
    );
  },
  examples:
    '\nExamples:\n  feedrate prepare random-read -t /mnt/train\n  feedrate prepare random-read -t /mnt/train --dataset-id november\n',
};

/**
 * Creates the data files of a workload and returns the exit status. Existing files are reused. Ctrl-C keeps the files that
 * are complete. Throws `FeedrateError` as `run` does.
 */
async function prepareData(
  word: string | undefined,
  options: PrepareOptions,
  command: Command,
  ranks: RequestedRanks,
): Promise<number> {
  const [{ withPreparation }, { layOutTogether }, { StopHandle }, { createProgress }] = await Promise.all([
    import('../../run/preparation.js'),
    import('../../run/prepare-ranks.js'),
    import('../../run/stop-handle.js'),
    import('../terminal/progress.js'),
  ]);
  const stop = new StopHandle();
  const { datasetId, ...planned } = parsePlanOptions(options);
  const ofDataset = datasetId === null ? {} : { datasetId };
  const workload = await workloadOf(word, command);
  const request = { ...planned, ...ofDataset, ...ranks, workload, measures: false, stop };
  const release = onSignal(() => stop.stop());
  // Rank 0 speaks for all.
  const isQuiet = (ranks.group?.meetings.group.rank ?? 0) > 0;
  return withPreparation(request, isQuiet ? {} : { note: tell }, async (preparation) => {
    const progress = createProgress(isQuiet ? 'none' : options.progress, process.stderr, process.env);
    if (!isQuiet) for (const text of preparation.notes) progress.note(text);
    const startMs = performance.now();
    const volumes = datasetId === null || options.aws === false ? new Map() : await volumesOf(request.targets);
    const policyOf = (target: string) => volumes.get(target)?.volume?.volume.tieringPolicy ?? null;
    const emit = progress.handle.bind(progress);
    const totals = await layOutTogether(preparation, request, emit, policyOf).finally(() => progress.close());
    const size = ranks.group?.meetings.group.size ?? 1;
    if (!isQuiet) printLines([summaryOf(totals, (performance.now() - startMs) * 1e6, size)]);
    return EXIT.pass;
  }).finally(release);
}

/** Returns what AWS says of the targets' volumes: the policy at the time of writing is part of a dataset. */
async function volumesOf(targets: Parameters<typeof askAboutVolumes>[0]): Promise<RecordedVolumes> {
  const { askAboutVolumes } = await import('../../run/volumes.js');
  return askAboutVolumes(targets)();
}

function summaryOf({ writtenBytes, reusedBytes }: LayoutTotals, elapsedNs: number, ranks: number): string {
  if (writtenBytes + reusedBytes === 0) return 'nothing to prepare: this workload reads no data files';
  const by = ranks === 1 ? '' : ` by ${ranks} ranks`;
  const written = `${formatBytes(writtenBytes)} written in ${formatDurationNs(elapsedNs)}${by}`;
  return `${written}, ${formatBytes(reusedBytes)} reused`;
}
