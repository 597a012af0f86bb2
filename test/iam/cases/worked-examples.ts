/** The examples that the IAM User Guide works through, in own words. */
import { ACCOUNT, type EvaluationCase, OTHER } from '../evaluation-case.js';

const CARLOS = `arn:aws:iam::${ACCOUNT}:user/carlos`;
const carlosMay = [
  { Effect: 'Allow', Action: ['s3:GetBucketLocation', 's3:ListAllMyBuckets'], Resource: 'arn:aws:s3:::*' },
  { Effect: 'Allow', Action: 's3:*', Resource: ['arn:aws:s3:::carlos/*', 'arn:aws:s3:::carlos'] },
  { Sid: 'NoLogs', Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::*log*' },
];

/** "Example identity-based and resource-based policy evaluation". */
const CARLOS_CASES: readonly EvaluationCase[] = [
  {
    name: 'Carlos: a bucket with log in its name',
    principal: CARLOS,
    action: 's3:PutObject',
    resource: 'arn:aws:s3:::carlos-logs/x',
    identity: [carlosMay],
    expect: 'denied',
    by: ['NoLogs'],
  },
  {
    name: 'Carlos: his own bucket',
    principal: CARLOS,
    action: 's3:PutObject',
    resource: 'arn:aws:s3:::carlos/x',
    identity: [carlosMay],
    expect: 'allowed',
  },
  {
    name: 'Carlos: the names of all buckets',
    principal: CARLOS,
    action: 's3:GetBucketLocation',
    resource: 'arn:aws:s3:::other',
    identity: [carlosMay],
    expect: 'allowed',
  },
  {
    name: 'Carlos: the bucket policy alone',
    principal: CARLOS,
    action: 's3:PutObject',
    resource: 'arn:aws:s3:::shared/x',
    resourcePolicy: [
      { Effect: 'Allow', Principal: { AWS: CARLOS }, Action: 's3:*', Resource: 'arn:aws:s3:::shared/*' },
    ],
    expect: 'allowed',
  },
];

/** "Example cross-account policy evaluation": users of one account and the bucket Production of another. */
const production = {
  Effect: 'Allow',
  Action: ['s3:GetObject', 's3:PutObject'],
  Resource: 'arn:aws:s3:::Production/*',
  Principal: { AWS: CARLOS },
};
const ACROSS = { context: { 'aws:ResourceAccount': OTHER }, principal: CARLOS, action: 's3:PutObject' } as const;
const CROSS_CASES: readonly EvaluationCase[] = [
  {
    name: 'Production: both accounts allow',
    ...ACROSS,
    resource: 'arn:aws:s3:::Production/a',
    identity: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::Production/*' }],
    resourcePolicy: [production],
    expect: 'allowed',
  },
  {
    name: 'Production: the user may only read',
    ...ACROSS,
    resource: 'arn:aws:s3:::Production/a',
    identity: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
    resourcePolicy: [production],
    expect: 'denied',
  },
  {
    name: 'Production: denied in a bucket with log in its name',
    ...ACROSS,
    resource: 'arn:aws:s3:::Production-logs/a',
    identity: [
      [
        { Effect: 'Allow', Action: 's3:*', Resource: '*' },
        { Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::*log*' },
      ],
    ],
    resourcePolicy: [{ ...production, Resource: '*' }],
    expect: 'denied',
  },
];

/** "Permissions boundaries": a boundary of s3, cloudwatch and ec2, and a policy for iam:CreateUser. */
const boundary = [{ Effect: 'Allow', Action: ['s3:*', 'cloudwatch:*', 'ec2:*'], Resource: '*' }];
const BOUNDARY_CASES: readonly EvaluationCase[] = [
  {
    name: 'Shirley: her policy is outside of the boundary',
    action: 'iam:CreateUser',
    resource: `arn:aws:iam::${ACCOUNT}:user/new`,
    identity: [{ Effect: 'Allow', Action: 'iam:CreateUser', Resource: '*' }],
    boundary: [boundary],
    expect: 'denied',
  },
  {
    name: 'Shirley: the boundary grants nothing',
    action: 's3:ListAllMyBuckets',
    resource: '*',
    identity: [{ Effect: 'Allow', Action: 'iam:CreateUser', Resource: '*' }],
    boundary: [boundary],
    expect: 'denied',
  },
];

/** "Condition operators" and "Multivalued context keys": attributes of a table. */
const attributes = (effect: string, operator: string) => ({
  Effect: effect,
  Action: 'dynamodb:GetItem',
  Resource: `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/Thread`,
  Condition: { [operator]: { 'dynamodb:Attributes': ['PostDateTime', 'Message', 'Tags'] } },
});
const table = (...values: string[]) =>
  ({
    action: 'dynamodb:GetItem',
    resource: `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/Thread`,
    context: { 'dynamodb:Attributes': values },
  }) as const;
const SET_CASES: readonly EvaluationCase[] = [
  {
    name: 'Thread: all attributes are allowed',
    ...table('PostDateTime', 'Tags'),
    identity: [attributes('Allow', 'ForAllValues:StringEquals')],
    expect: 'allowed',
  },
  {
    name: 'Thread: one attribute is not',
    ...table('PostDateTime', 'UserName'),
    identity: [attributes('Allow', 'ForAllValues:StringEquals')],
    expect: 'denied',
  },
  {
    name: 'Thread: one attribute is denied',
    ...table('PostDateTime', 'UserName'),
    identity: [[{ Effect: 'Allow', Action: '*', Resource: '*' }, attributes('Deny', 'ForAnyValue:StringEquals')]],
    expect: 'denied',
  },
  {
    name: 'Thread: no attribute is denied',
    ...table('UserName'),
    identity: [[{ Effect: 'Allow', Action: '*', Resource: '*' }, attributes('Deny', 'ForAnyValue:StringEquals')]],
    expect: 'allowed',
  },
];

/** "Policy variables and tags": a tag of the object must be that of the principal. */
const sameTeam = [
  { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::reports/*' },
  {
    Sid: 'Team',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::reports/*',
    Condition: { StringNotEquals: { 's3:ExistingObjectTag/Team': `\${aws:PrincipalTag/Team}` } },
  },
];
const report = { action: 's3:GetObject', resource: 'arn:aws:s3:::reports/x', resourcePolicy: [sameTeam] } as const;
const TAG_CASES: readonly EvaluationCase[] = [
  {
    name: 'Team: the same',
    ...report,
    context: { 's3:ExistingObjectTag/Team': 'red', 'aws:PrincipalTag/Team': 'red' },
    expect: 'allowed',
  },
  {
    name: 'Team: another',
    ...report,
    context: { 's3:ExistingObjectTag/Team': 'red', 'aws:PrincipalTag/Team': 'blue' },
    expect: 'denied',
    by: ['Team'],
  },
  {
    name: 'Team: the principal has none',
    ...report,
    context: { 's3:ExistingObjectTag/Team': 'red' },
    expect: 'denied',
    by: ['Team'],
  },
];

/** The policies of a region, of an address and of a home directory, as the guide shows them. */
const OTHER_CASES: readonly EvaluationCase[] = [
  {
    name: 'Regions: another one is denied',
    action: 'ec2:RunInstances',
    resource: `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/*`,
    identity: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    scp: [
      [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        {
          Effect: 'Deny',
          NotAction: ['iam:*', 'sts:*'],
          Resource: '*',
          Condition: { StringNotEquals: { 'aws:RequestedRegion': ['us-east-1'] } },
        },
      ],
    ],
    expect: 'denied',
  },
  {
    name: 'Regions: global services are spared',
    action: 'iam:GetUser',
    resource: `arn:aws:iam::${ACCOUNT}:user/ana`,
    context: { 'aws:RequestedRegion': 'us-west-2' },
    identity: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    scp: [
      [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        {
          Effect: 'Deny',
          NotAction: ['iam:*', 'sts:*'],
          Resource: '*',
          Condition: { StringNotEquals: { 'aws:RequestedRegion': ['us-east-1'] } },
        },
      ],
    ],
    expect: 'allowed',
  },
  {
    name: 'Address: a request from elsewhere',
    action: 's3:GetObject',
    context: { 'aws:SourceIp': '198.51.100.7' },
    identity: [
      [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { NotIpAddress: { 'aws:SourceIp': ['203.0.113.0/24'] }, Bool: { 'aws:ViaAWSService': 'false' } },
        },
      ],
    ],
    expect: 'denied',
  },
  {
    name: 'Address: a request by a service',
    action: 's3:GetObject',
    context: { 'aws:SourceIp': '198.51.100.7', 'aws:ViaAWSService': 'true' },
    identity: [
      [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { NotIpAddress: { 'aws:SourceIp': ['203.0.113.0/24'] }, Bool: { 'aws:ViaAWSService': 'false' } },
        },
      ],
    ],
    expect: 'allowed',
  },
  {
    name: 'MFA: required, and the key is missing',
    action: 'ec2:StopInstances',
    resource: `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-1`,
    identity: [
      [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        {
          Effect: 'Deny',
          Action: 'ec2:StopInstances',
          Resource: '*',
          Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
        },
      ],
    ],
    expect: 'denied',
  },
  {
    name: 'MFA: with Bool the missing key lets it pass',
    action: 'ec2:StopInstances',
    resource: `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-1`,
    identity: [
      [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        {
          Effect: 'Deny',
          Action: 'ec2:StopInstances',
          Resource: '*',
          Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } },
        },
      ],
    ],
    expect: 'allowed',
  },
  {
    name: 'TLS: a bucket that refuses plain requests',
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::b/x',
    context: { 'aws:SecureTransport': 'false' },
    identity: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    resourcePolicy: [
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
    expect: 'denied',
  },
  {
    name: 'Temporary credentials: none for a user',
    action: 'ec2:StartInstances',
    resource: `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-1`,
    identity: [
      { Effect: 'Allow', Action: 'ec2:*', Resource: '*', Condition: { Null: { 'aws:TokenIssueTime': 'true' } } },
    ],
    expect: 'allowed',
  },
];

export const WORKED_EXAMPLES: readonly EvaluationCase[] = [
  ...CARLOS_CASES,
  ...CROSS_CASES,
  ...BOUNDARY_CASES,
  ...SET_CASES,
  ...TAG_CASES,
  ...OTHER_CASES,
];
