/**
 * The policies that AWS itself maintains, as moto ships them: more than a thousand documents that AWS accepts, and that
 * nobody here wrote. `npm run test:managed-policies`
 */
import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LintFinding } from '../../src/iam/lint/rule.js';
import { skipTest } from '../support/skip.js';
import { lint } from './linting.js';

const test = suite('iam/managed-policies');

/** One line per policy: its name and its document. */
const PROGRAM = `
import json
from moto.iam.aws_managed_policies import aws_managed_policies_data
for name, policy in json.loads(aws_managed_policies_data).items():
    print(json.dumps([name, policy["Document"]]))
`;

/**
 * Findings that are right: AWS gives some of its policies actions on buckets together with objects alone. Rules that
 * need data about actions are left out, because these data are of another day than the policies.
 */
const MISTAKES_OF_AWS = ['BUCKET_ACTION_ON_OBJECT_ARN'];
const LEAST_POLICIES = 1000;

test('no policy of AWS has an error', () => {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', PROGRAM], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) skipTest(`python3 has no policies of moto: ${stderr.trim().split('\n').at(-1)}`, 'tool');
  const lines = stdout.trim().split('\n');
  assert.ok(lines.length >= LEAST_POLICIES, `${lines.length} policies`);
  const wrong = lines.flatMap((line) => {
    const [name, document] = JSON.parse(line) as [string, object];
    const findings = lint(JSON.stringify(document, null, 2), { kind: 'identity', data: null }, name);
    return findings.filter(isWrong).map(({ file, line: at, code, message }) => `${file}:${at} ${code} ${message}`);
  });
  assert.equal(wrong, []);
});

function isWrong({ severity, code }: LintFinding): boolean {
  return severity === 'error' && !MISTAKES_OF_AWS.includes(code);
}

test.run();
