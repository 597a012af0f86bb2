import { EXIT, FeedrateError } from '../../base/errors.js';
import type { StoredRun } from '../../record/stored-run.js';
import { REPORT_FORMATS, type ReportFormat } from '../../report/render.js';
import { addFileOptions, ceilingsOption, formatOption, resultsOption } from '../options/common-options.js';
import { ceilingsFrom } from '../options/other-ceilings.js';
import type { OutputFiles } from '../options/output-files.js';
import type { Subcommand } from '../options/subcommand.js';
import { tell } from '../output/print.js';
import { exits } from '../terminal/exits.js';

interface ShowOptions extends OutputFiles {
  /** The results directory. */
  readonly output: string;
  readonly format: ReportFormat;
  /** Whether to print the workload instead of the report. */
  readonly workload?: boolean;
  /** Whether the report also has bars, percentiles and every ceiling. */
  readonly detail?: boolean;
  /** A file of ceilings. Default: those that the run recorded. */
  readonly ceilings?: string;
}

export const show: Subcommand = {
  name: 'show',
  description: 'print the report of a saved run',
  completes: 'runs',
  configure(command) {
    addFileOptions(command)
      .argument(
        '[run]',
        'directory or name of the run, the beginning or end of its name, or s3://BUCKET/PREFIX/RUN',
        'latest',
      )
      .addOption(resultsOption())
      .addOption(formatOption(REPORT_FORMATS))
      .option('--detail', 'also draw bars and percentiles of each arm, and list every limit of an FSx for ONTAP volume')
      .addOption(ceilingsOption())
      .option('--workload', 'print the workload of the run as YAML instead')
      .action(exits(showRun));
  },
  examples:
    '\nExamples:\n  feedrate show\n  feedrate show a1f3 --format md\n  feedrate show --detail\n  feedrate show --detail --ceilings ceilings.yaml\n  feedrate show --workload\n',
};

/**
 * Prints the report of a run from its directory. For a damaged run, it names the missing parts and prints the rest. Returns
 * `usage` when nothing could be read. Throws `FeedrateError('store')` when no run, or more than one, matches the name.
 */
async function showRun(spec: string, options: ShowOptions): Promise<number> {
  const [{ readNamedRun }, { printRun, writeRunFiles }] = await Promise.all([
    import('../../store/run-sources.js'),
    import('../terminal/run-report.js'),
  ]);
  const read = await readNamedRun(spec, { resultsDirectory: options.output, passedOver: tell });
  if (options.workload === true) return showWorkload(read);
  const stored = (await ceilingsFrom(options.ceilings))(read);
  const status = await printRun(stored, options.format, options.detail);
  return status || (await writeRunFiles(stored, options));
}

async function showWorkload({ run, directory }: StoredRun): Promise<number> {
  if (run === null)
    throw new FeedrateError('store', `${directory}: its run.json cannot be read, so its workload is unknown`);
  const { printWorkload } = await import('../terminal/workload-print.js');
  printWorkload(run.workloadSource, run.overrides);
  return EXIT.pass;
}
