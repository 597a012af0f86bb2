/** `feedrate feed`: how many accelerators a target can feed, and what limits it. */
import { type Command, Option } from 'commander';
import { EXIT } from '../../base/errors.js';
import { parseLabels, parseOverrides, parseSeed, type RawRunOptions } from '../options/arguments.js';
import {
  addColdOptions,
  argumentsOf,
  awsOption,
  collect,
  formatOption,
  labelOption,
  progressOption,
  resultsOption,
} from '../options/common-options.js';
import type { RawFeedOptions } from '../options/feed-input.js';
import { addGroupOptions, type RawGroupOptions } from '../options/group-options.js';
import type { OutputFiles } from '../options/output-files.js';
import type { RequestedRanks } from '../options/rank-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { exitsOnSignal } from '../terminal/exits.js';
import { onSignal } from '../terminal/signals.js';

/** The options as commander returns them. */
interface RawOptions
  extends RawFeedOptions,
    RawGroupOptions,
    Omit<RawRunOptions, 'target' | 'format' | 'data' | keyof OutputFiles> {
  readonly format: 'table' | 'json';
}

export const feed: Subcommand = {
  name: 'feed',
  description: 'find how many accelerators a target can feed, and what limits it',
  configure(command) {
    command
      .option('-t, --target <path>', 'directory to measure')
      .option('-m, --model <name>', 'model on an accelerator, such as retinanet-b200')
      .option('--record <size>', 'bytes of a sample, for a model of your own')
      .option('--batch <number>', 'samples per batch')
      .option('--compute <time>', 'time in which an accelerator computes a step')
      .option('--au <part>', 'least utilisation that passes (default: that of the model, else 90%)')
      .option('--data-format <format>', 'format of the data (default: that of the model, else npz)')
      .option('--samples-per-file <number>', 'samples in a file, for formats that have many')
      .option('--data <path>', 'read your own files there instead of generated ones')
      .addOption(
        new Option('--reader <reader>', 'read as loaders of the format do, or as MLPerf Storage 3.0 does')
          .choices(['format', 'mlperf-3.0'])
          .default('format'),
      )
      .option('--workers <number>', 'num_workers of each loader (default: the fewest that suffice)')
      .option('--prefetch <number>', 'prefetch_factor of each loader (default: the least that suffices)')
      .option('--preprocess <time>', 'time that a worker needs for a sample after reading it, such as decoding')
      .option('--hand-over <time>', 'time that a training process needs to take over a batch from a worker')
      .option('--what-if <model>', 'predict another model from the same measurement; repeat for more', collect)
      .option('--need <number>', 'exit with status 1 if fewer accelerators are fed, and 3 if it is not decided')
      .option('--budget <time>', 'longest time to measure', '3m')
      .option('--set <key=value>', 'replace a field of the workload; repeat for more', collect)
      .option('--engine <name>', 'engine for every job, the same as --set ioengine=NAME')
      .option('--seed <number>', 'seed for order and content')
      .addOption(labelOption())
      .addOption(resultsOption())
      .option('--dry-run', 'print what would be measured and how long it takes; leave no files')
      .addOption(formatOption(['table', 'json']))
      .addOption(awsOption())
      .addOption(progressOption());
    addGroupOptions(addColdOptions(command), 'that of the results').action(
      exitsOnSignal(async (raw: RawOptions, command: Command) => {
        const { asRank } = await import('../terminal/rank-output.js');
        return asRank(raw, raw.output, (ranks) => feedAccelerators(raw, argumentsOf(command), ranks));
      }),
    );
  },
  examples: `
Examples:
  feedrate feed -t /mnt/train --model retinanet-b200
  feedrate feed -t /mnt/train --record 150KiB --batch 256 --compute 90ms
  feedrate feed -t /mnt/train --model unet3d-h100 --what-if unet3d-a100 --what-if unet3d-b200
  feedrate feed --data /mnt/train/imagenet --data-format jpeg --batch 256 --compute 90ms
  feedrate feed -t /mnt/train --model retinanet-b200 --need 8 --format json

feedrate measures more and more readers, predicts the AU of any number of
accelerators, and then emulates the largest number that passes and the next
one. It generates data in the target, as far as the free space and the time
permit. The data stays for the next time. Remove it with:
  feedrate clean -t /mnt/train

Under mpirun, srun or a Kubernetes Job, the ranks measure together, each with
as many accelerators: feedrate guide several-machines.

The numbers of models are those of MLPerf Storage. The result is not one.
`,
};

/**
 * Measures, and prints the answer. Returns `pass`; with `--need`, `regression` if fewer are fed and `inconclusive` if it is
 * not decided; `interrupted` after a signal, and `measurementFailed` after a failure: what was measured is printed before.
 * In a group, rank 0 decides what is measured and prints for all.
 */
async function feedAccelerators(
  raw: RawOptions,
  command: readonly string[],
  { group }: RequestedRanks,
): Promise<number> {
  const startMs = performance.now();
  const [{ feedRequestOf, refuseOwnFields }, { planFeed }, { measureFeed }, { StopHandle }, { terminalListener }] =
    await Promise.all([
      import('../options/feed-input.js'),
      import('../../run/feed-plan.js'),
      import('../../run/feed-run.js'),
      import('../../run/stop-handle.js'),
      import('../terminal/run-listener.js'),
    ]);
  const request = feedRequestOf(raw);
  const overrides = parseOverrides({ ...(raw.set && { set: raw.set }), ...(raw.engine && { engine: raw.engine }) });
  refuseOwnFields(overrides);
  const stop = new StopHandle();
  const base = {
    overrides,
    labels: parseLabels(raw.label ?? []),
    seed: raw.seed === undefined ? null : parseSeed(raw.seed),
    resultsDirectory: raw.output,
    command,
    dropCaches: raw.dropCaches ?? false,
    remount: raw.remount ?? false,
    aws: raw.aws ?? true,
    stop,
    ...(group && { group }),
  };
  const release = onSignal(() => stop.stop());
  const isFirst = (group?.meetings.group.rank ?? 0) === 0;
  const listener = isFirst ? terminalListener(raw.progress) : {};
  try {
    const plan = await planFeed(request, base, (text) => listener.note?.(text));
    const { printFeedPlan, printFeed } = await import('../terminal/feed-print.js');
    if (raw.dryRun) {
      if (isFirst) printFeedPlan(request, plan, raw.format);
      return EXIT.pass;
    }
    if (group !== undefined && !isFirst) {
      const { followFeed } = await import('../../run/feed-ranks.js');
      await followFeed(request.target, plan, base, group.meetings);
      return EXIT.pass;
    }
    const outcome = await measureFeed(request, plan, base, listener, startMs);
    if (outcome.problem !== null) group?.meetings.reports(outcome.problem);
    return printFeed(outcome, request, raw.format, command);
  } finally {
    release();
  }
}
