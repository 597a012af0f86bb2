/** Defines a check of the doctor: the facts that it needs, and its advice. */
import type { Finding, Severity } from '../record/finding.js';
import { type Needs, type StatedFact, type ValuesOf, valuesOf } from './facts.js';

/** The result of a check. Reason and remedy are omitted or null if there is nothing to explain or to fix. */
export type Advice = readonly [severity: Severity, value: string, reason?: string | null, remedy?: string | null];

export interface Check {
  readonly name: string;
  /** `null`: the check does not apply to the target. */
  readonly examine: (facts: readonly StatedFact[]) => Advice | null;
}

/**
 * Creates a row of a table of checks. `examine` receives the values of the needed facts, and returns null if the check
 * does not apply. If a fact is missing, the finding is `unknown`.
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

/** Returns the findings in the order of the checks. Checks that do not apply are left out. */
export function diagnose(facts: readonly StatedFact[], checks: readonly Check[]): Finding[] {
  return checks.flatMap(({ name, examine }): Finding[] => {
    const advice = examine(facts);
    if (advice === null) return [];
    const [severity, value, reason = null, remedy = null] = advice;
    return [{ check: name, severity, value, reason, remedy }];
  });
}
