/** `feedrate fsx`: the volume of Amazon FSx for NetApp ONTAP behind a target. */

import { commandGroup, type Subcommand } from '../options/subcommand.js';
import { describe } from './fsx/describe.js';

const PARTS: readonly Subcommand[] = [describe];

export const fsx: Subcommand = commandGroup(
  {
    name: 'fsx',
    description: 'describe, measure and compare volumes of Amazon FSx for NetApp ONTAP',
    examples: '\nExample:\n  feedrate fsx describe -t /mnt/train\n',
  },
  PARTS,
);
