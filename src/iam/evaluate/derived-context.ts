/** The condition keys that follow from a request itself. */
import { arnFields } from '../arn-fields.js';
import type { ContextValues } from './request-context.js';
import type { Requester, RequesterKind } from './requester.js';

/** Source: IAM User Guide, "AWS global condition context keys", `aws:PrincipalType`. */
const PRINCIPAL_TYPES: Readonly<Partial<Record<RequesterKind, string>>> = {
  user: 'User',
  role: 'AssumedRole',
  'federated-user': 'FederatedUser',
  root: 'Account',
  anonymous: 'Anonymous',
};

/** The account and Region of a resource; null where its ARN has none. */
export interface ResourceOwner {
  readonly account: string | null;
  readonly region: string | null;
}

/** Returns what the ARN says. An S3 bucket has neither, and `*` is no ARN. */
export function ownerOf(resource: string): ResourceOwner {
  const { region = '', account = '' } = (resource.startsWith('arn:') ? arnFields(resource) : null) ?? {};
  return {
    account: /^\d{12}$/.test(account) ? account : null,
    region: /^[a-z]{2}[a-z-]*-\d+$/.test(region) ? region : null,
  };
}

/** Returns the keys that AWS would set for this request, besides what the user gives. */
export function derivedContext(
  { kind, name, arn, account }: Requester,
  service: string,
  region: string | null,
  resourceAccount: string | null,
): ContextValues {
  const keys: Record<string, string | null | undefined> = {
    'aws:PrincipalArn': arn,
    'aws:PrincipalAccount': account,
    'aws:PrincipalType': PRINCIPAL_TYPES[kind],
    'aws:username': kind === 'user' ? name.slice(name.lastIndexOf('/') + 1) : null,
    'aws:PrincipalIsAWSService': String(kind === 'service'),
    'aws:PrincipalServiceName': kind === 'service' ? name : null,
    'aws:ViaAWSService': account === null ? null : 'false',
    'aws:RequestedRegion': region,
    'aws:ResourceAccount': resourceAccount,
    's3:ResourceAccount': service === 's3' ? resourceAccount : null,
    'kms:CallerAccount': service === 'kms' ? account : null,
  };
  return new Map(Object.entries(keys).flatMap(([key, value]) => (value == null ? [] : [[key, [value]]])));
}
