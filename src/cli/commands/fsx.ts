/** `feedrate fsx`: the volume of Amazon FSx for NetApp ONTAP behind a target. */
import { commandGroup, type Subcommand } from '../options/subcommand.js';
import { fsxMetrics } from './fsx/fsx-metrics.js';

const PARTS: readonly Subcommand[] = [fsxMetrics];

export const fsx: Subcommand = commandGroup(
  {
    name: 'fsx',
    description: 'describe, measure and compare volumes of Amazon FSx for NetApp ONTAP',
    examples: '\nExample:\n  feedrate fsx metrics\n',
  },
  PARTS,
);
