/** `feedrate fsx`: the volume of Amazon FSx for NetApp ONTAP behind a target. */

import { commandGroup, type Subcommand } from '../options/subcommand.js';
import { cost } from './fsx/cost.js';
import { describe } from './fsx/describe.js';
import { fsxMetrics } from './fsx/fsx-metrics.js';
import { fsxOntap } from './fsx/ontap.js';
import { tiering } from './fsx/tiering.js';

const PARTS: readonly Subcommand[] = [describe, fsxMetrics, fsxOntap, tiering, cost];

export const fsx: Subcommand = commandGroup(
  {
    name: 'fsx',
    description: 'describe, measure and compare volumes of Amazon FSx for NetApp ONTAP',
    examples:
      '\nExamples:\n  feedrate fsx describe -t /mnt/train\n  feedrate fsx metrics\n  feedrate fsx cost latest --epochs 20\n',
  },
  PARTS,
);
