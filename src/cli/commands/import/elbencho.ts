/** `feedrate import elbencho`: makes a run from results of elbencho. */
import type { Subcommand } from '../../options/subcommand.js';
import { resultsCommand } from './results.js';

export const elbencho: Subcommand = resultsCommand({
  name: 'elbencho',
  description: 'save results of elbencho (CSV) as a run',
  files: 'files of --csvfile: each row that reads or writes is a trial',
  program: 'elbencho',
  examples: `
Examples:
  feedrate import elbencho results.csv
  feedrate import elbencho results.csv -t new=/mnt/new --label volume=new

Rows with the same settings are trials of one job. elbencho’s CSV has no
histograms of latencies: its own figures are notes of the run.
`,
});
