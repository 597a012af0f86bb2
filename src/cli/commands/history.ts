import { EXIT } from '../../base/errors.js';
import { REPORT_FORMATS, type ReportFormat } from '../../report/render.js';
import { collect, formatOption, listedOption } from '../options/common-options.js';
import { metricOption, whereOption } from '../options/comparison-options.js';
import type { HistoryOptions } from '../options/history-input.js';
import type { Subcommand } from '../options/subcommand.js';
import { printReport } from '../output/print.js';
import { exits } from '../terminal/exits.js';
import { stdoutOptions } from '../terminal/output.js';

export const history: Subcommand = {
  name: 'history',
  description: 'show the runs of a workload over time and when the result changed',
  configure(command) {
    command
      .option('--workload <name>', 'name of the workload (default: the latest run’s)')
      .option('-t, --target <name>', 'only this target, by name or path; repeat for more', collect)
      .addOption(whereOption())
      .addOption(metricOption())
      .option('--since <date>', 'only runs since this date (UTC): 2026-11-01')
      .option('--limit <number>', 'only this many of the latest runs')
      .addOption(listedOption())
      .addOption(formatOption(REPORT_FORMATS))
      .action(exits(showHistory));
  },
  examples: `
Examples:
  feedrate history                                 same workload and targets as the latest run
  feedrate history --workload quick -t /mnt/train -m 'p99(latency)' --since 2026-11-01
  feedrate history --where bs=1MiB --limit 50 --format csv > history.csv
  feedrate history -o s3://bucket/runs             runs that were exported
`,
};

async function showHistory(options: HistoryOptions & { readonly format: ReportFormat }): Promise<number> {
  const [{ askedHistory }, { renderHistory }] = await Promise.all([
    import('../options/history-input.js'),
    import('../../report/render.js'),
  ]);
  printReport(await renderHistory(await askedHistory(options), options.format, stdoutOptions()), options.format);
  return EXIT.pass;
}
