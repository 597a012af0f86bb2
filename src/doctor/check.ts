/** A check of the doctor: which facts it needs, and what it finds in them. */
import type { Finding, Severity } from '../record/finding.js';
import { type Needs, type StatedFact, type ValuesOf, valuesOf } from './facts.js';

/** What a check finds. Reason and remedy are left out, or null, where there is nothing to say or to do. */
export type Advice = readonly [severity: Severity, value: string, reason?: string | null, remedy?: string | null];

export interface Check {
  readonly name: string;
  /** `null`: the check does not apply to the target. */
  readonly examine: (facts: readonly StatedFact[]) => Advice | null;
}

/**
 * A row of a table of checks. `examine` is called with the values of the facts that are needed, and returns null where
 * the check does not apply. Where a fact is missing, the finding is `unknown`.
 */
export function check<N extends Needs>(name: string, needs: N, examine: (values: ValuesOf<N>) => Advice | null): Check {
  return {
    name,
    examine: (facts) => {
      const values = valuesOf(facts, needs);
      if (values === null) return null;
      return typeof values === 'string' ? ['unknown', values] : examine(values);
    },
  };
}

/** What the checks find in the facts, in the order of the checks. Checks that do not apply are left out. */
export function diagnose(facts: readonly StatedFact[], checks: readonly Check[]): Finding[] {
  return checks.flatMap(({ name, examine }): Finding[] => {
    const advice = examine(facts);
    if (advice === null) return [];
    const [severity, value, reason = null, remedy = null] = advice;
    return [{ check: name, severity, value, reason, remedy }];
  });
}
