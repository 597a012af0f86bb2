/** `feedrate iam`: the policies that feedrate, notebooks and training jobs need. */
import { commandGroup, type Subcommand } from '../options/subcommand.js';
import { check } from './iam/iam-check.js';
import { iamLint } from './iam/lint.js';
import { policy } from './iam/policy.js';

const PARTS: readonly Subcommand[] = [policy, iamLint, check];

export const iam: Subcommand = commandGroup(
  {
    name: 'iam',
    description: 'write, check and evaluate IAM policies',
    examples: '\nExample:\n  feedrate iam lint role.json\n',
  },
  PARTS,
);
