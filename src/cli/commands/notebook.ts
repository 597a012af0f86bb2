/** `feedrate notebook`: mounts for SageMaker notebooks. */
import { commandGroup, type Subcommand } from '../options/subcommand.js';
import { script } from './notebook/script.js';

const PARTS: readonly Subcommand[] = [script];

export const notebook: Subcommand = commandGroup(
  {
    name: 'notebook',
    description: 'write scripts that mount a target when a SageMaker notebook starts',
    examples: '\nExample:\n  feedrate notebook script -t svm-1.fs-1.fsx.us-east-1.amazonaws.com:/train\n',
  },
  PARTS,
);
