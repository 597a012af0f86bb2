/** `feedrate iam`: the policies that feedrate, notebooks and training jobs need. */
import { commandGroup, type Subcommand } from '../options/subcommand.js';

const PARTS: readonly Subcommand[] = [];

export const iam: Subcommand = commandGroup(
  {
    name: 'iam',
    description: 'write, check and evaluate IAM policies',
    examples: '\nExample:\n  feedrate iam --help\n',
  },
  PARTS,
);
