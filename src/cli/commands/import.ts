/** `feedrate import`: workloads from the files of other programs. */
import { commandGroup, type Subcommand } from '../options/subcommand.js';
import { dlio } from './import/dlio.js';

const PARTS: readonly Subcommand[] = [dlio];

export const importing: Subcommand = commandGroup(
  {
    name: 'import',
    description: 'make a workload from a file of another program',
    examples: '\nExample:\n  feedrate import dlio unet3d_h100.yaml > unet3d.yaml\n',
  },
  PARTS,
);
