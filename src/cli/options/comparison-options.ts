/** Options of the commands that compare runs. */
import { type Command, Option } from 'commander';
import { REPORT_FORMATS } from '../../report/render.js';
import { collect, formatOption, resultsOption } from './common-options.js';

/**
 * Adds the options that `compare` and `gate` share: grid, measures and statistics. `alarm` is what `--alpha` bounds.
 */
export function addComparisonOptions(command: Command, alpha: string, alarm: string): Command {
  return addGridOptions(command, alpha, alarm)
    .option('--detail', 'also plot the difference of each session')
    .addOption(resultsOption())
    .addOption(formatOption(REPORT_FORMATS));
}

/** Adds the options of every command that compares: what is compared, and how. */
export function addGridOptions(command: Command, alpha: string, alarm: string): Command {
  return command
    .option('--rows <names>', 'attributes that form the rows: bs,iodepth (default: all that vary)')
    .option('--cols <names>', 'attributes that form the columns: run, target, bs, nconnect, a label …')
    .option('--base <value>', 'column to compare the others with (default: the first)')
    .addOption(whereOption())
    .addOption(metricOption())
    .option('--alpha <part>', `probability of any ${alarm} among all cells, above 0`, alpha)
    .option('--min-effect <part>', 'smallest difference to report', '1%')
    .option('--ignore <names>', 'compare even if these differ: kernel,mount-options; repeat for more', collect);
}

/** Returns `--where`, which may be repeated. */
export function whereOption(): Option {
  return new Option('--where <name=value>', 'only arms with this attribute; repeat for more').argParser(collect);
}

/** Returns `--metric`, which may be repeated. */
export function metricOption(): Option {
  const help = 'metric to compare: throughput, iops, p99(latency) …; repeat for more (default: throughput)';
  return new Option('-m, --metric <metric>', help).argParser(collect);
}
