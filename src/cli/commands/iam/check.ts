import { EXIT, FeedrateError } from '../../../base/errors.js';
import type { Setting } from '../../../iam/evaluate/decide.js';
import type { ContextValues } from '../../../iam/evaluate/request-context.js';
import type { CloudPlace } from '../../../iam/features.js';
import type { AnswerRow } from '../../../report/iam/answers.js';
import { addPlaceOptions, type RawCloudPlace } from '../../options/cloud-place.js';
import { collect, formatOption } from '../../options/common-options.js';
import type { PolicyFileOptions } from '../../options/policy-files.js';
import type { Subcommand } from '../../options/subcommand.js';
import { print, tell } from '../../output/print.js';
import { exits } from '../../terminal/exits.js';
import { stdoutOptions } from '../../terminal/output.js';

interface CheckOptions extends RawCloudPlace, PolicyFileOptions {
  readonly principal?: string;
  readonly action?: readonly string[];
  readonly resource?: readonly string[];
  readonly context?: readonly string[];
  readonly absent?: readonly string[];
  readonly can?: readonly string[];
  readonly cautious?: boolean;
  readonly format: 'table' | 'json';
}

export const check: Subcommand = {
  name: 'check',
  description: 'evaluate policies: is an action allowed, and which statement decides?',
  configure(command) {
    command
      .option('--role <arn>', 'role whose session makes the request')
      .option('--principal <principal>', 'user, session, account, service (sagemaker.amazonaws.com) or anonymous')
      .option('--policy <file...>', 'identity policies of the principal, or none', collect)
      .option('--resource-policy <file...>', 'policy of the resource, or ARN=FILE, or none', collect)
      .option('--boundary <file>', 'permissions boundary, or none', collect)
      .option('--session-policy <file...>', 'session policies, or none', collect)
      .option('--scp <file...>', 'service control policies, one file for each level; FullAWSAccess; none', collect)
      .option('--rcp <file...>', 'resource control policies, or none', collect)
      .option('--action <action...>', 's3:GetObject; with wildcards: may it do all that match?', collect)
      .option('--resource <arn...>', 'resources (default: *); with wildcards: all that match', collect)
      .option('--context <key=value...>', 'condition keys of the request; repeat a key for more values', collect)
      .option('--absent <key...>', 'condition keys that the request does not have', collect)
      .option('--can <features>', 'ask for all that these features need: feedrate, describe, metrics, …', collect)
      .option('--cautious', 'answer unknown where something that was not given decides')
      .addOption(formatOption(['table', 'json']));
    addPlaceOptions(command).action(exits(answer));
  },
  examples: `
Examples:
  feedrate iam check --role arn:aws:iam::111122223333:role/Train --policy role.json --can feedrate
  feedrate iam check --principal arn:aws:iam::111122223333:user/ana --policy ana.json --action s3:GetObject --resource 'arn:aws:s3:::data/*'

Exit status: 0 allowed, 1 denied, 2 a policy or an option is wrong, 3 unknown.
With several questions: 1 if one is denied, otherwise 3 if one is unknown.
`,
};

const STATUS = { allowed: EXIT.pass, denied: EXIT.regression, unknown: EXIT.inconclusive } as const;

/**
 * Answers every question and prints the answers. Returns the status of the worst. Throws `FeedrateError('usage')` for wrong
 * options, and for policies that AWS would not accept.
 */
async function answer(options: CheckOptions): Promise<number> {
  const [{ decide }, { requesterOf }, { readPolicies }, { cloudPlaceOf }, report] = await Promise.all([
    import('../../../iam/evaluate/decide.js'),
    import('../../../iam/evaluate/requester.js'),
    import('../../options/policy-files.js'),
    import('../../options/cloud-place.js'),
    import('../../../report/iam/answers.js'),
  ]);
  const who = options.principal ?? options.role;
  if (who === undefined) throw new FeedrateError('usage', 'who makes the request? give --role or --principal');
  const requester = requesterOf(who, options.role);
  const context = contextOf(options.context ?? []);
  const setting: Setting = {
    requester,
    policiesFor: readPolicies(options),
    absent: options.absent ?? [],
    cautious: options.cautious === true,
  };
  const place = cloudPlaceOf(options, process.env);
  const account = place.account ?? requester.account;
  const asked = [
    ...(await featureRows(options, { ...place, account }, context, setting)),
    ...questionsOf(options, context).map((question) => ({ answer: decide(question, setting), grant: null })),
  ];
  if (asked.length === 0) throw new FeedrateError('usage', 'what is asked? give --action, or --can with features');
  print(options.format === 'json' ? report.answersJson(asked) : report.renderAnswers(asked, stdoutOptions()));
  return STATUS[report.worstDecision(asked)];
}

async function featureRows(
  { can = [] }: CheckOptions,
  place: CloudPlace,
  context: ContextValues,
  setting: Setting,
): Promise<AnswerRow[]> {
  if (can.length === 0) return [];
  const [{ decide }, { questionsFor }, { grantingStatement }, { chosenFeatures }] = await Promise.all([
    import('../../../iam/evaluate/decide.js'),
    import('../../../iam/generate/feature-questions.js'),
    import('../../../iam/generate/written-policies.js'),
    import('../../options/feature-list.js'),
  ]);
  const { features, leftOut } = chosenFeatures('--can', can, place);
  if (leftOut.length > 0) tell(`not asked: ${leftOut.join(', ')}`);
  return questionsFor(features, place, context).map(({ question, grant }) => ({
    answer: decide(question, setting),
    grant: grantingStatement(grant, setting.requester.arn),
  }));
}

/** Each action on each resource. */
function questionsOf({ action = [], resource = ['*'] }: CheckOptions, context: ContextValues) {
  const wrong = action.find((name) => !/^[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+$/.test(name));
  if (wrong !== undefined)
    throw new FeedrateError('usage', `--action ${wrong}: expected service:Action, such as s3:GetObject`);
  const noArn = resource.find((name) => name !== '*' && !/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/s.test(name));
  if (noArn !== undefined)
    throw new FeedrateError('usage', `--resource ${noArn}: expected an ARN, such as arn:aws:s3:::bucket/object, or *`);
  return action.flatMap((one) => resource.map((other) => ({ action: one, resource: other, context })));
}

function contextOf(pairs: readonly string[]): ContextValues {
  const values = new Map<string, string[]>();
  for (const pair of pairs) {
    const [, key, value] = /^([^=\s]+)=(.*)$/s.exec(pair) ?? [];
    if (key === undefined || value === undefined)
      throw new FeedrateError('usage', `--context ${pair}: expected KEY=VALUE, such as aws:SourceIp=203.0.113.7`);
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return values;
}
