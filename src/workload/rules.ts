/** What the fields of one job demand of each other, checked on every combination of levels that can occur. */
import type { Dataset } from './values.js';

/** The properties of a job; of a union of kinds, those of any of them. */
export type PropertyOf<J> = J extends unknown ? Exclude<keyof J, 'kind'> & string : never;

export interface RuleContext {
  readonly dataset: Dataset | null;
  /** Whether the workload gives a value, rather than the default. */
  readonly given: (property: string) => boolean;
}

export interface Fault<P extends string = string> {
  /** The properties to blame; the first that the workload gives has the place. */
  readonly at: readonly [P, ...P[]];
  readonly message: string;
}

/** Says when values that are right by themselves do not go together. */
export interface Rule<P extends string = string> {
  readonly of: readonly P[];
  readonly check: (values: Readonly<Record<string, unknown>>, context: RuleContext) => Fault | null;
}

/** Says when a value of `property` changes nothing: such a setting is a mistake, and as a factor makes equal arms. */
export interface Condition<P extends string = string> {
  readonly property: P;
  /** The property itself and those that its effect depends on. */
  readonly of: readonly P[];
  /** ` with rw: read, which …`, or null when the value has its effect. */
  readonly idle: (values: Readonly<Record<string, unknown>>) => string | null;
}

/** Rules and conditions on the properties of one type of job, which are typed in `check` and `idle`. */
export interface RuleMaker<J> {
  rule<const P extends PropertyOf<J> & keyof J>(
    of: readonly P[],
    check: (values: Pick<J, P>, context: RuleContext) => Fault<NoInfer<P>> | null,
  ): Rule<P>;
  condition<const P extends PropertyOf<J> & keyof J, const Q extends PropertyOf<J> & keyof J = never>(
    property: P,
    on: readonly Q[],
    idle: (values: Pick<J, P | Q>) => string | null,
  ): Condition<P | Q>;
}

/** For one type of job. The values that `job.ts` hands over are exactly those that a rule names. */
export function rulesFor<J>(): RuleMaker<J> {
  return {
    rule: (of, check) => ({ of, check: check as unknown as Rule['check'] }),
    condition: (property, on, idle) => ({
      property,
      of: [property, ...on],
      idle: idle as unknown as Condition['idle'],
    }),
  };
}
