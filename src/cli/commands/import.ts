/** `feedrate import`: workloads and results from the files of other programs. */
import { commandGroup, type Subcommand } from '../options/subcommand.js';
import { dlio } from './import/dlio.js';
import { elbencho } from './import/elbencho.js';
import { file } from './import/file.js';
import { fio } from './import/fio.js';
import { results } from './import/results.js';
import { trace } from './import/trace.js';

const PARTS: readonly Subcommand[] = [file, fio, results, elbencho, dlio, trace];

export const importing: Subcommand = commandGroup(
  {
    name: 'import',
    description: 'make a workload or a run from a file of another program',
    examples: `
Examples:
  feedrate import job.fio -o job.yaml
  feedrate import fio-results.json
  feedrate import elbencho.csv
  feedrate import dlio unet3d_h100.yaml > unet3d.yaml

Without the name of a program, the content of the file decides.
`,
  },
  PARTS,
);
