/** Commands of the AWS CLI in the scripts of a document are checked beside its policies. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMAND_RULES } from '../../src/iam/lint/command-rules.js';
import { awsCommands, optionValue } from '../../src/iam/lint/shell-commands.js';
import { SourceText } from '../../src/iam/source-text.js';
import { fixture, lint, placed } from './linting.js';

const test = suite('iam/command-lint');

/** The commands of a guide that is often copied, written anew, with its mistakes. */
const GUIDE = `# Set up

\`\`\`bash
aws fsx create-storage-virtual-machine \\
  --file-system-id fs-0123456789abcdef0 --name svm1 --root-volume-security-style UNIX \\
  --active-directory-configuration SelfManagedActiveDirectoryConfiguration='{...}'
aws fsx create-volume --volume-type ONTAP --name training-data \\
  --ontap-configuration '{
    "SizeInMegabytes": 102400, "JunctionPath": "/a", "StorageVirtualMachineId": "svm-1"
  }'
aws fsx create-snapshot --volume-id fsvol-0123456789abcdef0 --name before
\`\`\`

\`\`\`console
$ aws --region us-east-1 s3 ls; JOB=$(aws sagemaker create-training-job --training-job-name t --input-data-config '[{"DataSource":
{"FileSystemDataSource": {"FileSystemType": "FSxOntap", "FileSystemId": "fs-1"}}}]')
\`\`\`
`;

const found = (text: string) => lint(text, {}, 'guide.md').map(placed);

test('every known mistake is found at its place', () => {
  assert.equal(found(GUIDE), [
    'MISSING_NETBIOS_NAME 6:36',
    'INVALID_VOLUME_NAME 7:50',
    'DEPRECATED_VOLUME_SIZE 8:25',
    'SNAPSHOT_COMMAND_FOR_OPENZFS 11:9',
    'INVALID_TRAINING_FILE_SYSTEM 15:115',
  ]);
});

test('after what is advised, nothing is found', () => {
  const mended = GUIDE.replace(/ \\\n {2}--active[^\n]*/, '')
    .replace('training-data', 'training_data')
    .replace('"SizeInMegabytes": 102400', '"SizeInBytes": 107374182400')
    .replace(
      'aws fsx create-snapshot --volume-id fsvol-0123456789abcdef0 --name before',
      'aws fsx create-backup --volume-id fsvol-1',
    )
    .replace('FSxOntap', 'FSxLustre');
  assert.equal(found(mended), []);
});

test('commands of OpenZFS, variables and blocks that are no scripts are left alone', () => {
  const block = (line: string, label = 'sh') => `# A\n\`\`\`${label}\n${line}\n\`\`\`\n`;
  for (const line of [
    'aws fsx create-snapshot --volume-id fsvol-1 --name a',
    'aws fsx create-volume --volume-type ONTAP --name "$NAME" --ontap-configuration "$SETTINGS"',
    'aws fsx create-volume --volume-type OPENZFS --name a-b',
    'aws sagemaker create-training-job --input-data-config file://input.json',
    'echo aws-fsx create-snapshot',
  ])
    assert.equal(found(block(line)), [], line);
  assert.equal(found(block('aws fsx create-volume --volume-type ONTAP --name a-b', 'text')), []);
});

test('words are split as the shell does', () => {
  const text = `aws fsx create-volume --name='a b'"c \\" d"e\\ f --tags "x y" \\\n --size 5 | cat`;
  const [command] = awsCommands({ source: new SourceText('a.sh', text), start: 0, end: text.length });
  assert.equal(
    [command?.service, command?.operation.text, command?.rest.map((word) => word.text)],
    ['fsx', 'create-volume', [`--name=a bc " de f`, '--tags', 'x y', '--size', '5']],
  );
  assert.is(command === undefined ? null : optionValue(command, '--name')?.text, `a bc " de f`);
  assert.is(command === undefined ? null : optionValue(command, '--none'), null);
});

test('the guide lists every code', () => {
  const page = fixture('../../../workloads/guide/iam-lint.md');
  for (const { code, severity, summary } of COMMAND_RULES)
    assert.ok(page.includes(`| \`${code}\` | ${severity} | ${summary} |`), code);
});

test.run();
