/** Options of the commands that put runs beside each other. */
import { type Command, Option } from 'commander';
import { REPORT_FORMATS } from '../../report/render.js';
import { collect, formatOption, resultsOption } from './common-options.js';

/** What `compare` and `gate` share: the grid, the measures, and how sure to be. */
export function addComparisonOptions(command: Command, alpha: string): Command {
  return command
    .option('--rows <names>', 'attributes that tell rows apart: bs,iodepth (default: all that vary)')
    .option('--cols <names>', 'attributes whose values are the columns: run, target, bs, nconnect, a label …')
    .option('--base <value>', 'the column that others are compared with (default: the first)')
    .addOption(whereOption())
    .addOption(metricOption())
    .option('--alpha <part>', 'chance of any false alarm among all cells, above 0', alpha)
    .option('--min-effect <part>', 'the smallest difference that matters', '1%')
    .option('--ignore <names>', 'compare although these differ: kernel,mount-options; repeat for more', collect)
    .addOption(resultsOption())
    .addOption(formatOption(REPORT_FORMATS));
}

/** `--where`, repeated for more. */
export function whereOption(): Option {
  return new Option('--where <name=value>', 'only arms with this attribute; repeat for more').argParser(collect);
}

/** `--metric`, repeated for more. */
export function metricOption(): Option {
  const help = 'throughput, iops, p99(latency) …; repeat for more (default: throughput)';
  return new Option('-m, --metric <metric>', help).argParser(collect);
}
