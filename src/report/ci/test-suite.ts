/** Outcomes as suites of test cases: what JUnit XML is made of. */

export interface TestCase {
  /** Unique in its suite: GitLab drops the second of two. */
  readonly name: string;
  /** Of the measuring, not of the judging. */
  readonly timeNs: number;
  /** Null: passed. */
  readonly fault: TestFault | null;
}

export interface TestFault {
  readonly kind: 'failure' | 'error' | 'skipped';
  /** A word: `regression`. */
  readonly type: string;
  /** One line. */
  readonly message: string;
}

export interface TestSuite {
  readonly name: string;
  readonly cases: readonly TestCase[];
}
