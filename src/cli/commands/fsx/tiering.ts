/** `feedrate fsx tiering`: compares tiering policies, of several volumes or of one volume over days. */
import type { Command } from 'commander';
import { FeedrateError } from '../../../base/errors.js';
import { parseTargets } from '../../options/arguments.js';
import {
  addVariantOptions,
  argumentsOf,
  collect,
  datasetOption,
  labelOption,
  progressOption,
  resultsOption,
  targetsOption,
} from '../../options/common-options.js';
import { addOntapOptions } from '../../options/ontap-options.js';
import type { Subcommand } from '../../options/subcommand.js';
import type { TieringOptions } from '../../options/tiering-options.js';
import { exitsOnSignal } from '../../terminal/exits.js';

export const tiering: Subcommand = {
  name: 'tiering',
  description: 'compare tiering policies: of several volumes at once, or of one volume over days',
  configure(command) {
    command
      .argument('[workload]', 'workload file (default: sequential and random reads included with feedrate)')
      .addOption(targetsOption('directory on a volume, or name=directory; repeat for each volume'))
      .option(
        '--volume <id>',
        'volume of a target that AWS cannot be asked about: name=fsvol-…; repeat for more',
        collect,
      )
      .option('--region <region>', 'region of --volume and of mounts by address or alias (default: as the AWS CLI)')
      .option('--policies <list>', 'policies to give to one volume, one after the other: NONE,AUTO:31,ALL')
      .option('--apply', 'with --policies: change the volume (default: print the plan)')
      .option('-y, --yes', 'do not ask for confirmation')
      .option('--resume', 'go on with a comparison whose waiting time is over')
      .option('--restore', 'give a volume its original policy and cooling period, and end its comparison');
    addOntapOptions(command, 'read how much is in each tier');
    addVariantOptions(command)
      .addOption(datasetOption('read a dataset of prepare --dataset-id; required with --policies --apply'))
      .option('--prices <file>', 'prices that replace those of feedrate (feedrate guide cost)')
      .addOption(labelOption())
      .addOption(resultsOption())
      .addOption(progressOption())
      .action(exitsOnSignal(compareTiering));
  },
  examples: `
Examples:
  feedrate fsx tiering -t none=/mnt/none -t all=/mnt/all
  feedrate fsx tiering -t data=/mnt/data --policies NONE,AUTO:31,ALL
  feedrate fsx tiering -t data=/mnt/data --policies NONE,ALL --dataset-id november --apply
  feedrate fsx tiering --resume
  feedrate fsx tiering --restore

One volume for each policy is the better way: nothing is changed, and all are
measured in the same hours. With --policies, feedrate changes one volume. It
prints the plan, and with --apply it asks before it changes anything. Before
each change it saves the original policy and cooling period, which it restores
at the end, after Ctrl-C, and when this command is next used after a crash.
`,
};

/** Runs what the options ask for, after it has restored what an interrupted comparison left. Returns the exit status. */
async function compareTiering(
  workload: string | undefined,
  options: TieringOptions,
  command: Command,
): Promise<number> {
  refuseOddOptions(options);
  const days = await import('../../terminal/tiering-days.js');
  if (options.restore === true) return days.restoreVolumes(options);
  await days.restoreInterrupted(options);
  if (options.resume === true) return days.resume(options, argumentsOf(command));
  const targets = parseTargets(options.target ?? []);
  if (options.policies !== undefined) return days.changeOne(targets, workload, options, argumentsOf(command));
  if (targets.length < 2)
    throw new FeedrateError(
      'usage',
      'name a target with -t for each volume, or one target with --policies NONE,AUTO:31,ALL',
    );
  const [{ compareVolumes }, { runWorkload }] = await Promise.all([
    import('../../terminal/tiering-volumes.js'),
    import('../run.js'),
  ]);
  return compareVolumes(targets, workload, options, (parsed, volumes) =>
    runWorkload(parsed, argumentsOf(command), undefined, volumes),
  );
}

/** Throws `FeedrateError('usage')` for options that have no effect together. */
function refuseOddOptions({ policies, apply, resume, restore, target, yes }: TieringOptions): void {
  if (resume === true && restore === true) throw new FeedrateError('usage', 'use either --resume or --restore');
  if ((resume === true || restore === true) && (policies !== undefined || target !== undefined))
    throw new FeedrateError(
      'usage',
      '--resume and --restore take the target and the policies from the comparison; name only --volume',
    );
  if (policies === undefined && apply === true)
    throw new FeedrateError('usage', '--apply needs --policies NONE,AUTO:31,ALL');
  if (yes === true && apply !== true) throw new FeedrateError('usage', '--yes needs --apply');
}
