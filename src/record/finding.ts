/** What the doctor says of one thing about a target. */

/** `note`: worth knowing, not wrong. `unknown`: it could not be looked at. */
export type Severity = 'good' | 'note' | 'bad' | 'unknown';

export interface Finding {
  readonly check: string;
  readonly severity: Severity;
  /** What was seen, for people. */
  readonly value: string;
  /** Why it matters; null where nothing is to be said. */
  readonly reason: string | null;
  /** The line to type, or what to do; null where nothing is to be done. */
  readonly remedy: string | null;
}

export interface Diagnosis {
  readonly target: { readonly name: string; readonly path: string };
  readonly findings: readonly Finding[];
}
