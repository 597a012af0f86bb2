/** `feedrate report`: one HTML file that shows a run, a comparison or a history. */
import type { Command } from 'commander';
import { EXIT, FeedrateError } from '../../base/errors.js';
import { DEFAULT_RESULTS } from '../../base/results-command.js';
import { argumentsOf, collect } from '../options/common-options.js';
import { addGridOptions } from '../options/comparison-options.js';
import type { RawReportOptions } from '../options/page-input.js';
import type { Subcommand } from '../options/subcommand.js';
import { printLines } from '../output/print.js';
import { exits } from '../terminal/exits.js';
import type { PicturePlaces } from '../terminal/picture-files.js';

interface PageOptions extends RawReportOptions, PicturePlaces {
  /** The file to write. */
  readonly output?: string;
}

export const report: Subcommand = {
  name: 'report',
  description: 'write a page that shows a run, a comparison or a history: one HTML file',
  completes: 'runs',
  configure(command) {
    command
      .argument(
        '[runs...]',
        'runs or baselines, also s3://BUCKET/PREFIX/RUN; several are compared (default: the latest run)',
      )
      .option('-o, --output <file>', 'file to write (default: report.html in the directory of the run)')
      .option('--svg <directory>', 'also write each chart as an SVG file, for Markdown and slides')
      .option('--png <directory>', 'also write each chart as a PNG file; needs the package @resvg/resvg-js')
      .option('--dark', 'with --svg and --png: for a dark background')
      .option('--force', 'replace the file even if it is no report of feedrate, and pictures of the same name')
      .option('--results <directory>', 'directory that runs are saved in', DEFAULT_RESULTS)
      .option('--compare', 'compare the targets or arms of one run');
    addGridOptions(command, '5%', 'false alarm, in either direction,')
      .option('--history', 'show the runs of a workload over time')
      .option('--workload <name>', 'with --history: name of the workload (default: the latest run’s)')
      .option('-t, --target <name>', 'with --history: only this target; repeat for more', collect)
      .option('--since <date>', 'with --history: only runs since this date (UTC)')
      .option('--limit <number>', 'with --history: only this many of the latest runs')
      .action(exits(writeReport));
  },
  examples: `
Examples:
  feedrate report                                  the latest run, in report.html in its directory
  feedrate report a1f3 -o quick.html
  feedrate report a1f3 7c20                        two runs, compared
  feedrate report --cols nconnect                  the arms of the latest run, compared
  feedrate report --history --workload quick
  feedrate report --svg charts                     the page, and its charts as files

The file needs nothing else: open it in a browser, attach it, or keep it. The
last line of the output is its path; those of pictures come before it.
`,
};

/**
 * Writes the page and prints its path. Throws `FeedrateError`: `usage` when another file would be replaced, `store` when
 * the file cannot be written, as `writePictures` does, and as `comparisonOf` and `askedHistory` do.
 */
async function writeReport(specs: readonly string[], options: PageOptions, command: Command): Promise<number> {
  const [{ askedPage }, { requirePagePlace, writePage }, { writePictures }] = await Promise.all([
    import('../options/page-input.js'),
    import('../terminal/page-file.js'),
    import('../terminal/picture-files.js'),
  ]);
  const { svg, png, dark } = options;
  if (dark && svg === undefined && png === undefined)
    throw new FeedrateError('usage', '--dark is for pictures: use it with --svg or --png');
  if (options.output !== undefined) requirePagePlace(options.output, options.force);
  const { page, file } = await askedPage(specs, options, argumentsOf(command));
  const path = options.output ?? file;
  requirePagePlace(path, options.force);
  const pictures = await writePictures(page, options);
  writePage(path, page);
  printLines([...pictures, path]);
  return EXIT.pass;
}
