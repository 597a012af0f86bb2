/** Rules between the fields of one job, which are checked for every combination of levels. */
import type { Dataset } from './values.js';

/** The properties of a job, or of any job in a union. */
export type PropertyOf<J> = J extends unknown ? Exclude<keyof J, 'kind'> & string : never;

export interface RuleContext {
  readonly dataset: Dataset | null;
  /** Returns whether the workload sets the property. */
  readonly given: (property: string) => boolean;
}

export interface Fault<P extends string = string> {
  /** The properties involved. The fault is reported at the first one that the workload sets. */
  readonly at: readonly [P, ...P[]];
  readonly message: string;
}

/** Reports values that are valid individually but not together. */
export interface Rule<P extends string = string> {
  readonly of: readonly P[];
  readonly check: (values: Readonly<Record<string, unknown>>, context: RuleContext) => Fault | null;
}

/** Reports a value of `property` that has no effect. It is a mistake, or makes equal arms if it is a factor. */
export interface Condition<P extends string = string> {
  readonly property: P;
  /** The property itself and those that its effect depends on. */
  readonly of: readonly P[];
  /** ` with rw: read, which …`, or null when the value has its effect. */
  readonly idle: (values: Readonly<Record<string, unknown>>) => string | null;
}

/** Creates typed rules and conditions for one type of job. */
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

/** Returns the rule maker of one type of job. `job.ts` passes a rule exactly the values that it names. */
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
