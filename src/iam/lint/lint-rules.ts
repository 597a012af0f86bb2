/** Every rule, in the order in which findings at the same place are listed. */
import { ACTION_RULES } from './action-rules.js';
import { ARN_RULES } from './arn-rules.js';
import { CONDITION_KEY_RULES } from './condition-key-rules.js';
import { EMPTY_RULES } from './empty-rules.js';
import { KEY_DATA_RULES } from './key-data-rules.js';
import { OPERATOR_RULES } from './operator-rules.js';
import { ORGANIZATION_DATA_RULES, ORGANIZATION_RULES } from './organization-rules.js';
import { PASS_ROLE_RULES } from './pass-role-rules.js';
import { PRINCIPAL_RULES } from './principal-rules.js';
import { REDUNDANCY_RULES } from './redundancy-rules.js';
import { RESOURCE_RULES } from './resource-rules.js';
import type { LintRule } from './rule.js';
import { STRUCTURE_RULES } from './structure-rules.js';
import { TRAINING_RULES } from './training-rules.js';
import { TRUST_RULES } from './trust-rules.js';
import { VALUE_RULES } from './value-rules.js';
import { VARIABLE_RULES } from './variable-rules.js';

export const RULES: readonly LintRule[] = [
  STRUCTURE_RULES,
  PRINCIPAL_RULES,
  TRUST_RULES,
  ORGANIZATION_RULES,
  ORGANIZATION_DATA_RULES,
  ACTION_RULES,
  ARN_RULES,
  RESOURCE_RULES,
  OPERATOR_RULES,
  CONDITION_KEY_RULES,
  KEY_DATA_RULES,
  VALUE_RULES,
  VARIABLE_RULES,
  PASS_ROLE_RULES,
  TRAINING_RULES,
  REDUNDANCY_RULES,
  EMPTY_RULES,
].flat();
