/** Rules about the values of conditions: their type, and whether they can ever match. */

import type { OperatorFamily } from '../condition-operator.js';
import { formatRange, type IpRange, ipRange, isWithin, networkAddress } from '../ip-range.js';
import type { ConditionValue } from '../policy-document.js';
import { hasWildcard } from '../wildcards.js';
import type { LintedTest } from './linted-policy.js';
import { fault, type LintFault, type LintRule, type LintSeverity, quote, testRules } from './rule.js';

type EachValue = (value: ConditionValue, test: LintedTest) => readonly LintFault[];
type ValueRow = readonly [string, LintSeverity, string, (test: LintedTest) => readonly LintFault[]];

/** A row whose check sees each value of the operators of one family. A variable's value is not known. */
function forValues(
  family: OperatorFamily | readonly OperatorFamily[],
  code: string,
  severity: LintSeverity,
  summary: string,
  check: EachValue,
): ValueRow {
  return [
    code,
    severity,
    summary,
    (test) =>
      [family].flat().includes(test.operator.family)
        ? test.values.flatMap((value) => (value.text.includes('${') ? [] : check(value, test)))
        : [],
  ];
}

/** A date with or without a time. The time ends with an offset or Z, or is taken as UTC. */
const DATE = /^(\d{4})-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?)?$/;
const EPOCH = /^\d+(?:\.\d+)?$/;

/** Whether a date of the right form exists in the calendar. */
function existsInCalendar(text: string): boolean {
  const [year = 0, month = 0, day = 1, hour = 0, minute = 0, second = 0] = (DATE.exec(text) ?? [])
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days && hour <= 23 && minute <= 59 && second <= 60;
}

function doubtfulDate(value: ConditionValue, { name }: LintedTest): LintFault[] {
  const isEpoch = EPOCH.test(value.text) && !DATE.test(value.text);
  if (isEpoch && name === 'aws:epochtime') return [];
  if (!isEpoch && (!DATE.test(value.text) || existsInCalendar(value.text))) return [];
  const what = isEpoch ? 'seconds since 1970 may not mean the time that you expect' : 'this date does not exist';
  return [fault(value, `${quote(value.text)}: ${what}`, 'write YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ')];
}

const TYPE_RULES = testRules([
  forValues(
    ['boolean', 'presence'],
    'TYPE_MISMATCH_BOOLEAN',
    'warning',
    'The value of Bool or Null is neither true nor false.',
    (value, { operatorText }) =>
      /^(?:true|false)$/i.test(value.text)
        ? []
        : [
            fault(
              value,
              `${operatorText.text} takes true or false, found ${quote(value.text)}`,
              'write "true" or "false"',
            ),
          ],
  ),
  forValues(
    'numeric',
    'TYPE_MISMATCH_NUMBER',
    'warning',
    'The value of a numeric operator is not a number.',
    (value, test) =>
      /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value.text)
        ? []
        : [fault(value, `${test.operatorText.text} takes a number, found ${quote(value.text)}`, 'write a number')],
  ),
  forValues('date', 'TYPE_MISMATCH_DATE', 'warning', 'The value of a date operator is not a date.', (value, test) =>
    DATE.test(value.text) || EPOCH.test(value.text)
      ? []
      : [
          fault(
            value,
            `${test.operatorText.text} takes a date, found ${quote(value.text)}`,
            'write YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ',
          ),
        ],
  ),
  forValues('date', 'INVALID_DATE_VALUE', 'warning', 'A date does not exist, or is written as seconds.', doubtfulDate),
  forValues('binary', 'TYPE_MISMATCH_STRING', 'warning', 'The value of BinaryEquals is not Base64.', (value) =>
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value.text)
      ? []
      : [fault(value, `${quote(value.text)} is not Base64`, 'encode the value in Base64')],
  ),
  forValues(
    'ip',
    'TYPE_MISMATCH_IP_RANGE',
    'error',
    'The value of an IP operator is not an address or range.',
    (value) =>
      ipRange(value.text) !== null
        ? []
        : [
            fault(
              value,
              `${quote(value.text)} is not an IP address or range`,
              'write an address or a range, such as 203.0.113.0/24',
            ),
          ],
  ),
  forValues(
    'ip',
    'IMPROVE_IP_RANGE',
    'suggestion',
    'A range has bits after its prefix, which are ignored.',
    (value) => {
      const range = ipRange(value.text);
      if (range === null) return [];
      const network = networkAddress(range);
      if (network === range.address) return [];
      const written = formatRange(range, network);
      return [fault(value, `the bits after the prefix of ${quote(value.text)} are ignored`, `write ${quote(written)}`)];
    },
  ),
]);

/** Addresses that no caller on the internet has. Sources: RFC 1918, 3927, 4193, 4291, 6598, and loopback. */
const PRIVATE: readonly IpRange[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
].map((text) => ipRange(text) as IpRange);

function privateRule(isNegated: boolean, isAll: boolean): (test: LintedTest) => readonly LintFault[] {
  return (test) => {
    if (test.name !== 'aws:sourceip' || test.operator.family !== 'ip' || test.operator.isNegated !== isNegated)
      return [];
    const inner = test.values.filter(({ text }) => {
      const range = ipRange(text);
      return range !== null && PRIVATE.some((outer) => isWithin(range, outer));
    });
    if (inner.length === 0 || (inner.length === test.values.length) !== isAll) return [];
    const effect = isNegated ? 'always true' : 'never true';
    const message = isAll
      ? `aws:SourceIp is a public address, so this condition is ${effect}`
      : 'aws:SourceIp is a public address, so the private ranges among these have no effect';
    const fix = 'use public ranges, or test aws:VpcSourceIp together with aws:SourceVpc';
    return isAll ? [fault(test, message, fix)] : inner.map((value) => fault(value, message, fix));
  };
}

/** A row for a key whose values have one form, unless they are patterns. */
function formatRule(keys: RegExp, form: RegExp, what: string, fix: string): (test: LintedTest) => readonly LintFault[] {
  return ({ name, operator, values }) =>
    keys.test(name) && (operator.family === 'string' || operator.family === 'arn')
      ? values.flatMap((value) =>
          form.test(value.text) || hasWildcard(value.text) || value.text.includes('${')
            ? []
            : [fault(value, `${quote(value.text)} is not ${what}`, fix)],
        )
      : [];
}

const KMS_KEYS =
  /^(?:s3:x-amz-server-side-encryption-aws-kms-key-id|sagemaker:(?:output|volume)kmskey|ec2:kmskeyid|redshift:kmskeyid)$/;

const FORMAT_RULES = testRules([
  [
    'PRIVATE_IP_ADDRESS',
    'error',
    'aws:SourceIp is compared with private addresses only, so it never matches.',
    privateRule(false, true),
  ],
  [
    'PRIVATE_NOT_IP_ADDRESS',
    'error',
    'aws:SourceIp is excluded from private addresses only, so it always matches.',
    privateRule(true, true),
  ],
  [
    'PRIVATE_IP_ADDRESS_SUBSET',
    'suggestion',
    'Some of the addresses for aws:SourceIp are private.',
    privateRule(false, false),
  ],
  [
    'PRIVATE_NOT_IP_ADDRESS_SUBSET',
    'suggestion',
    'Some of the addresses that aws:SourceIp must not have are private.',
    privateRule(true, false),
  ],
  [
    'INVALID_VPC_FORMAT',
    'error',
    'The identifier of a VPC has another form.',
    formatRule(
      /^aws:(?:sourcevpc|ec2instancesourcevpc)$/,
      /^vpc-(?:\w{8}|\w{17})$/,
      'a VPC',
      'write vpc- and 8 or 17 characters',
    ),
  ],
  [
    'INVALID_VPCE_FORMAT',
    'error',
    'The identifier of a VPC endpoint has another form.',
    formatRule(/^aws:sourcevpce$/, /^vpce-(?:\w{8}|\w{17})$/, 'a VPC endpoint', 'write vpce- and 8 or 17 characters'),
  ],
  [
    'INVALID_KMS_KEY_VALUE',
    'error',
    'A condition on a KMS key has no ARN of a key.',
    formatRule(
      KMS_KEYS,
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/.+$/,
      'the ARN of a KMS key',
      'write arn:aws:kms:REGION:ACCOUNT:key/KEY-ID',
    ),
  ],
]);

const REDUNDANT_RULES = testRules([
  [
    'REDUNDANT_CONDITION_VALUE_NUM',
    'suggestion',
    'A numeric comparison has several values, of which one decides.',
    (test) => {
      const { operator, values, operatorText, key } = test;
      const [, direction] = /^Numeric(Less|Greater)Than/.exec(operator.name) ?? [];
      if (direction === undefined || values.length < 2) return [];
      const numbers = values.map(({ text }) => Number(text));
      if (numbers.some(Number.isNaN)) return [];
      const deciding = direction === 'Less' ? Math.max(...numbers) : Math.min(...numbers);
      return [
        fault(test, `${operatorText.text} of ${key.text} needs one value`, `keep ${quote(String(deciding))} only`),
      ];
    },
  ],
]);

export const VALUE_RULES: readonly LintRule[] = [...TYPE_RULES, ...FORMAT_RULES, ...REDUNDANT_RULES];
