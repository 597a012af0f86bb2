/** `feedrate notebook`: mounts for SageMaker notebooks. */
import { commandGroup, type Subcommand } from '../options/subcommand.js';

const PARTS: readonly Subcommand[] = [];

export const notebook: Subcommand = commandGroup(
  {
    name: 'notebook',
    description: 'write scripts that mount a target when a SageMaker notebook starts',
    examples: '\nExample:\n  feedrate notebook --help\n',
  },
  PARTS,
);
