/** The result of one check of the doctor on one target. */

/** `note`: worth knowing, but not wrong. `unknown`: could not be checked. */
export type Severity = 'good' | 'note' | 'bad' | 'unknown';

export interface Finding {
  readonly check: string;
  readonly severity: Severity;
  /** What was found, for people. */
  readonly value: string;
  /** Why it matters; null if there is nothing to explain. */
  readonly reason: string | null;
  /** The command to type, or what to do; null if there is nothing to do. */
  readonly remedy: string | null;
}

export interface Diagnosis {
  readonly target: { readonly name: string; readonly path: string };
  readonly findings: readonly Finding[];
}
