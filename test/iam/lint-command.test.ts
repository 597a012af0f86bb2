/** `feedrate iam lint` as users and CI systems meet it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RULES } from '../../src/iam/lint/lint-rules.js';
import { JSON_SYNTAX_ERROR } from '../../src/iam/lint/structure-rules.js';
import { sarifLog } from '../../src/report/iam/sarif.js';
import { feedrate } from '../support/command-thread.js';
import { assertGolden } from '../support/golden.js';
import { repositoryRoot } from '../support/repository.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { fixture, lint, placed } from './linting.js';

const test = suite('iam/lint-command');

const GOOD =
  '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}';
const BAD = GOOD.replace('GetObject', 'ListBucket');

interface JsonReport {
  readonly findings: readonly { file: string; line: number; column: number; code: string }[];
}

test('the known mistakes of the seven policies are found, each at its place', () => {
  const { status, stdout, stderr } = feedrate(['iam', 'lint', 'seven.md'], join(repositoryRoot, 'test/fixtures/iam'));
  assert.is(stderr, '');
  assert.is(status, 1);
  assertGolden(stdout, 'iam', 'seven.txt');
});

test('the status is that of the gravest finding', () =>
  withTemporaryDirectory((directory) => {
    const write = (name: string, text: string | Uint8Array): string => {
      writeFileSync(join(directory, name), text);
      return name;
    };
    const run = (...args: readonly string[]) => feedrate(['iam', 'lint', ...args], directory);
    const good = write('good.json', GOOD);
    const bad = write('bad.json', BAD);
    const taste = write('taste.json', GOOD.replace('"s3:GetObject"', '["s3:Get*", "s3:GetObject"]'));
    assert.is(run(good).status, 0);
    assert.is(run(good).stdout, 'no findings in 1 policy\n');
    assert.is(run(taste).status, 0);
    assert.match(run(taste).stdout, /^taste\.json:1:\d+ suggestion REDUNDANT_ACTION: /);
    assert.is(run(good, bad).status, 1);
    const broken = write('broken.json', '{"Version": ');
    assert.is(run(bad, broken).status, 2);
    assert.match(run(bad, broken).stdout, /bad\.json:1:\d+ error BUCKET_ACTION_ON_OBJECT_ARN: .*\n/);
    assert.match(run(broken).stdout, 'broken.json:1:13 error JSON_SYNTAX_ERROR: expected a value, found the end');
    const missing = run('none.json', bad);
    assert.is(missing.status, 2);
    assert.match(missing.stderr, /^feedrate: cannot read none\.json: ENOENT/);
    assert.match(missing.stdout, 'bad.json');
    const folder = run('./');
    assert.is(folder.stderr, 'feedrate: cannot read ./: it is a directory; name the files in it, such as ./*.json\n');
    // "no findings" would look like a success.
    assert.equal([folder.status, folder.stdout], [2, '']);
    assert.equal(JSON.parse(run('./', '--format', 'json').stdout), { findings: [] });
    const binary = run(write('binary.json', Uint8Array.of(0x7b, 0xff, 0x7d)));
    assert.equal([binary.status, binary.stderr], [2, 'feedrate: binary.json: the file is not text in UTF-8\n']);
    const wide = run(write('wide.json', Buffer.from(`\ufeff${GOOD}`, 'utf16le')));
    assert.equal([wide.status, wide.stdout], [0, 'no findings in 1 policy\n']);
    const prose = run(write('README.md', '# Title\n\n```sh\nls\n```\n'));
    assert.equal(
      [prose.status, prose.stderr],
      [2, 'feedrate: README.md: no policy in this file; a policy has the key "Statement"\n'],
    );
  }));

test('--type and --service decide what a document is; JSON has the fields that scripts read', () =>
  withTemporaryDirectory((directory) => {
    writeFileSync(join(directory, 'p.json'), GOOD);
    const { status, stdout } = feedrate(
      ['iam', 'lint', '--type', 'resource', '--service', 'sqs', '--format', 'json', 'p.json'],
      directory,
    );
    assert.is(status, 1);
    const { findings } = JSON.parse(stdout) as JsonReport;
    assert.equal(
      findings.map(({ code }) => code),
      ['MISSING_PRINCIPAL', 'UNSUPPORTED_ACTION_IN_POLICY', 'UNSUPPORTED_RESOURCE_ARN_IN_POLICY'],
    );
    for (const finding of findings)
      assert.equal(Object.keys(finding), ['file', 'line', 'column', 'code', 'severity', 'message', 'fix']);
  }));

/** A policy with one fault, wrapped as the AWS CLI prints it. */
const wrappers: readonly (readonly [string, (policy: string) => string])[] = [
  ['iam get-policy-version', (policy) => `{\n "PolicyVersion": {\n  "Document": ${policy}\n }\n}`],
  ['s3api get-bucket-policy', (policy) => `{\n "Policy": ${JSON.stringify(policy)}\n}`],
  ['ecr get-repository-policy', (policy) => `{\n "policyText": ${JSON.stringify(policy.replaceAll(' ', '\n  '))}\n}`],
  ['the IAM API', (policy) => `{\n "PolicyDocument": ${JSON.stringify(encodeURIComponent(policy))}\n}`],
  ['a list', (policy) => `[\n${policy},\n${policy}]`],
  ['a list of names and strings', (policy) => `{"Policies": [{"Name": "a", "Content": ${JSON.stringify(policy)}}]}`],
];

for (const [name, wrap] of wrappers)
  test(`a policy within ${name} keeps its places`, () => {
    const text = wrap(BAD);
    const found = lint(text);
    assert.ok(found.length >= 1);
    for (const { line, column, code } of found) {
      assert.is(code, 'BUCKET_ACTION_ON_OBJECT_ARN');
      const rest = (text.split('\n')[line - 1] as string).slice(column - 1);
      assert.match(rest, /^(?:\\?"|%22)s3(?::|%3A)ListBucket/, rest);
    }
  });

test('the key of a trust policy says what it is', () => {
  const trust = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*"}]}';
  assert.equal(lint(`{"Role": {"AssumeRolePolicyDocument": ${trust}}}`).map(placed), ['MISSING_PRINCIPAL 1:79']);
});

test('fences of Markdown in lists and quotes are read, and others are left alone', () => {
  const fence = (open: string, text: string): string => `${open}\n${text}\n${open.replace(/json.*/, '')}\n`;
  const text = `# A\n${fence('```json', BAD)}\n- item\n  ${fence('~~~~json', BAD).trimEnd()}\n\n${fence('```yaml', BAD)}${fence('```json', '{"a": 1}')}`;
  assert.equal(lint(text, {}, 'a.md').map(placed), [
    'BUCKET_ACTION_ON_OBJECT_ARN 3:71',
    'BUCKET_ACTION_ON_OBJECT_ARN 8:71',
  ]);
  assert.equal(lint(`# A\n\`\`\`json\n{"Statement": [}\n\`\`\`\n`, {}, 'a.md').map(placed), ['JSON_SYNTAX_ERROR 3:16']);
});

test('SARIF has what code scanning needs', () => {
  const findings = lint(fixture('seven.md'), {}, './docs/my policies.md');
  const log = JSON.parse(JSON.stringify(sarifLog(findings, '1.2.3')));
  assert.is(log.version, '2.1.0');
  assert.is(log.runs.length, 1);
  const [{ tool, results, columnKind }] = log.runs;
  assert.is(columnKind, 'utf16CodeUnits');
  assert.is(results.length, findings.length);
  const codes = tool.driver.rules.map(({ id }: { id: string }) => id);
  assert.is(new Set(codes).size, codes.length);
  for (const [index, result] of results.entries()) {
    const { line, column, endLine, endColumn, code } = findings[index] as (typeof findings)[number];
    assert.is(result.ruleId, code);
    assert.is(codes[result.ruleIndex], code);
    assert.ok(['error', 'warning', 'note'].includes(result.level));
    assert.ok(result.message.text.length > 10);
    const { artifactLocation, region } = result.locations[0].physicalLocation;
    assert.is(artifactLocation.uri, 'docs/my%20policies.md');
    assert.equal(region, { startLine: line, startColumn: column, endLine, endColumn });
    assert.ok(endLine > line || endColumn > column);
    assert.match(result.partialFingerprints['feedrate/v1'], new RegExp(`^${code}: .`));
  }
});

test('SARIF has every property that code scanning requires', () => {
  // Source: docs.github.com, "SARIF support for code scanning", the properties marked as required.
  const log = JSON.parse(JSON.stringify(sarifLog(lint(BAD), '1.2.3')));
  assert.match(log.$schema, 'sarif-2.1.0.json');
  const [{ tool, results }] = log.runs;
  assert.is(tool.driver.name, 'feedrate');
  for (const rule of tool.driver.rules) {
    assert.type(rule.id, 'string');
    for (const part of ['shortDescription', 'fullDescription', 'help']) assert.ok(rule[part].text.length > 0);
    assert.ok(rule.shortDescription.text.length < 1024);
    assert.ok(rule.properties.tags.length <= 10);
  }
  const [{ message, locations, partialFingerprints }] = results;
  assert.type(message.text, 'string');
  assert.is(locations.length, 1);
  assert.type(partialFingerprints, 'object');
  const { artifactLocation, region } = locations[0].physicalLocation;
  assert.type(artifactLocation.uri, 'string');
  for (const edge of ['startLine', 'startColumn', 'endLine', 'endColumn']) assert.ok(region[edge] >= 1);
});

test('a place counts UTF-16 code units after a byte order mark, and lines of Windows', () => {
  const text = `\ufeff{\r\n\t"Version": "2012-10-17",\r\n\t"Statement": [{"Sid": "\u{1f600}", "Effect": "allow"}]\r\n}`;
  const places = lint(text).filter(({ code }) => code === 'UNSUPPORTED_SID' || code === 'INVALID_EFFECT');
  // The emoji is two code units.
  assert.equal(places.map(placed), ['UNSUPPORTED_SID 3:24', 'INVALID_EFFECT 3:40']);
});

test('the guide lists every code, and counts those of Access Analyzer', () => {
  const page = fixture('../../../workloads/guide/iam-lint.md');
  const rules = [JSON_SYNTAX_ERROR, ...RULES];
  const missing = rules.filter(({ code }) => !page.includes(`\`${code}\``)).map(({ code }) => code);
  assert.equal(missing, []);
  const analyzer = rules.filter((rule) => !('isOwn' in rule && rule.isOwn));
  const needing = analyzer.filter((rule) => 'needsData' in rule && rule.needsData);
  assert.match(page, `**${analyzer.length} codes of Access Analyzer**`);
  assert.match(page, `${needing.length} of them need`);
  assert.match(page, `**${rules.length - analyzer.length} codes of feedrate's own**`);
});

test.run();
