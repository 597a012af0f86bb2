import { EXIT, FeedrateError, systemFaultOf } from '../../../base/errors.js';
import type { WrittenPolicy } from '../../../iam/generate/written-policies.js';
import { addPlaceOptions, type RawCloudPlace } from '../../options/cloud-place.js';
import { collect, formatOption } from '../../options/common-options.js';
import type { Subcommand } from '../../options/subcommand.js';
import { print, tell } from '../../output/print.js';
import { exits } from '../../terminal/exits.js';
import { stdoutOptions } from '../../terminal/output.js';

interface PolicyOptions extends RawCloudPlace {
  readonly for: readonly string[];
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly format: 'table' | 'json';
}

export const policy: Subcommand = {
  name: 'policy',
  description: 'write least-privilege policies for what feedrate does',
  configure(command) {
    command
      .requiredOption('--for <features>', 'describe,metrics,tiering,results,ontap,notebook, or feedrate', collect)
      .option('--role <arn>', 'role that feedrate runs as; needed for the policies of resources');
    addPlaceOptions(command)
      .option('--out <directory>', 'also write each policy to a file, such as role-policy.json')
      .option('--overwrite', 'replace files that are there')
      .addOption(formatOption(['table', 'json']))
      .action(exits(write));
  },
  examples: `
Examples:
  feedrate iam policy --for describe,metrics --region ap-northeast-1
  feedrate iam policy --for results --bucket s3://runs/feedrate --role arn:aws:iam::111122223333:role/Train --out policies
`,
};

/** Prints the policies and writes their files. Throws `FeedrateError` for missing options and for files that are there. */
async function write(options: PolicyOptions): Promise<number> {
  const [{ writePolicies }, { cloudPlaceOf }, { chosenFeatures }, { policiesJson, renderPolicies }] = await Promise.all(
    [
      import('../../../iam/generate/written-policies.js'),
      import('../../options/cloud-place.js'),
      import('../../options/feature-list.js'),
      import('../../../report/iam/policy-text.js'),
    ],
  );
  const place = cloudPlaceOf(options, process.env);
  const { features, leftOut } = chosenFeatures('--for', options.for, place);
  const policies = writePolicies(features, place);
  if (leftOut.length > 0) tell(`left out: ${leftOut.join(', ')}`);
  if (place.region === null) tell('not limited to a Region: add --region');
  if (place.role === null && (place.bucket !== null || place.accessPoint !== null || place.key !== null))
    tell('no policies for bucket, access point and key: add --role, which they name');
  if (options.out !== undefined) await writeFiles(policies, options.out, options.overwrite === true);
  print(options.format === 'json' ? policiesJson(policies) : renderPolicies(policies, stdoutOptions()));
  return EXIT.pass;
}

async function writeFiles(policies: readonly WrittenPolicy[], directory: string, overwrite: boolean): Promise<void> {
  const [{ readFileSync }, { join }, { writeOutputFile }, { policyFileText }] = await Promise.all([
    import('node:fs'),
    import('node:path'),
    import('../../../store/output-file.js'),
    import('../../../report/iam/policy-text.js'),
  ]);
  const textIn = (path: string): string | null => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw new FeedrateError('usage', `cannot write ${path}: ${systemFaultOf(error).message}`, { cause: error });
    }
  };
  const files = policies.map((written) => {
    const path = join(directory, `${written.name}-policy.json`);
    return { path, text: policyFileText(written), before: textIn(path) };
  });
  const changed = files.filter(({ text, before }) => before !== null && before !== text);
  if (changed.length > 0 && !overwrite)
    throw new FeedrateError(
      'usage',
      `${changed.map(({ path }) => path).join(', ')}: already there and different; add --overwrite to replace`,
    );
  for (const { path, text, before } of files) {
    if (before !== text) writeOutputFile(path, text);
    tell(`${before === null ? 'wrote' : before === text ? 'unchanged' : 'replaced'} ${path}`);
  }
}
