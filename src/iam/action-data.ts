/**
 * What lint and evaluation need to know of the actions, resources and condition keys of AWS. The command line loads the
 * data; without it the rules that need it are off.
 */

export type ConditionKeyType = 'ARN' | 'Bool' | 'Date' | 'IPAddress' | 'Numeric' | 'String' | 'Binary';

export interface ActionFacts {
  /** With the service and in AWS's spelling: `s3:ListBucket`. */
  readonly name: string;
  readonly service: string;
  readonly accessLevel: string;
  /** The action takes no resource but `*`. */
  readonly isWildcardOnly: boolean;
  readonly resourceTypes: readonly ActionResource[];
  /** Keys that the action has whatever its resource, in AWS's spelling. */
  readonly conditionKeys: readonly string[];
}

export interface ActionResource {
  readonly name: string;
  readonly isRequired: boolean;
  readonly conditionKeys: readonly string[];
}

export interface ResourceTypeFacts {
  /** The name that `ActionResource.name` refers to. */
  readonly name: string;
  /** For example `arn:${Partition}:s3:::${BucketName}`. */
  readonly arn: string;
  readonly conditionKeys: readonly string[];
}

export interface ConditionKeyFacts {
  /** In AWS's spelling, with a variable if it has one: `aws:ResourceTag/${TagKey}`. */
  readonly name: string;
  readonly type: ConditionKeyType;
  readonly isMultiValued: boolean;
  /** Requests to every service may have it. */
  readonly isGlobal: boolean;
}

/** Names are compared without regard to case. */
export interface ActionData {
  /** For example `2026-09-26`. */
  readonly date: string;
  /** The prefixes of all services, such as `s3`, in order. */
  services(): readonly string[];
  /** The prefixes of the services that resource control policies govern. */
  servicesWithControlPolicies(): readonly string[];
  /** The actions of a service; none if there is no such service. */
  actionsOf(service: string): readonly ActionFacts[];
  action(name: string): ActionFacts | undefined;
  resourceTypesOf(service: string): readonly ResourceTypeFacts[];
  /** A key of a service or a global one: `s3:prefix`, `aws:PrincipalTag/team`. */
  conditionKey(name: string): ConditionKeyFacts | undefined;
  /** The names of the keys of a service, in AWS's spelling. */
  conditionKeysOf(service: string): readonly string[];
  /** The names of the keys that all services share. */
  globalConditionKeys(): readonly string[];
}
