import { type Command, Option } from 'commander';
import { REPORT_FORMATS } from '../../report/render.js';
import { parseRunOptions, type RawRunOptions } from '../options/arguments.js';
import {
  addColdOptions,
  addFileOptions,
  addVariantOptions,
  argumentsOf,
  awsOption,
  collect,
  formatOption,
  labelOption,
  pageOption,
  progressOption,
  resultsOption,
} from '../options/common-options.js';
import type { RawReadingOptions } from '../options/reading-input.js';
import type { Subcommand } from '../options/subcommand.js';
import { exitsOnSignal } from '../terminal/exits.js';
import { runWorkload } from './run.js';

type ReadOptions = RawRunOptions & RawReadingOptions;

export const read: Subcommand = {
  name: 'read',
  measuresAlone: true,
  description: 'read your own files, with jobs that suit them; changes nothing',
  configure(command) {
    command
      .argument('<path...>', 'directory, file or block device, or name=path; more than one to compare copies')
      .option('--include <pattern>', 'read only files that match, such as **/*.jpeg; repeat for more', collect)
      .option('--exclude <pattern>', 'leave out files and directories that match; repeat for more', collect)
      .option('--manifest <file>', 'read the files that this file lists, one path a line')
      .option('--follow', 'follow symbolic links')
      .option('--limit <number>', 'read at most so many files, chosen at random')
      .option('--runtime <time>', 'time to measure, for all trials together', '1m')
      .addOption(
        new Option('--cache <state>', 'cache state of every job (default: one that suits the data)').choices([
          'cold',
          'warm',
          'as-is',
        ]),
      );
    addFileOptions(addVariantOptions(command))
      .addOption(labelOption())
      .addOption(resultsOption())
      .option('--dry-run', 'print arms and expected time; measure nothing')
      .option('--print-workload', 'print the chosen workload as YAML; measure nothing')
      .addOption(formatOption(REPORT_FORMATS))
      .addOption(pageOption())
      .addOption(awsOption())
      .addOption(progressOption());
    addColdOptions(command).action(exitsOnSignal(readFiles));
  },
  examples: `
Examples:
  feedrate read /mnt/train/imagenet
  feedrate read /mnt/train/imagenet --include '**/*.jpeg' --runtime 5m
  feedrate read a=/mnt/a/imagenet b=/mnt/b/imagenet
  feedrate read /mnt/train/imagenet --print-workload > imagenet.yaml

Files are opened read-only. Nothing below the paths is created, changed or
removed. The run can be shown, compared and gated like any other.
`,
};

/** Chooses a workload from what the files are and runs it. Returns the exit status. Throws `FeedrateError` as `run` does. */
async function readFiles(paths: readonly string[], raw: ReadOptions, command: Command): Promise<number> {
  const { placesOf, readingOf } = await import('../options/reading-input.js');
  const options = parseRunOptions(raw);
  const places = await placesOf(paths);
  const workload = readingOf(places, raw);
  const { status } = await runWorkload({ ...options, targets: places.targets, workload }, argumentsOf(command));
  return status;
}
