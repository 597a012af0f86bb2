/** Suites of test cases, from which JUnit XML is made. */

export interface TestCase {
  /** Unique in its suite: GitLab drops duplicates. */
  readonly name: string;
  /** Time spent measuring. */
  readonly timeNs: number;
  /** Null: passed. */
  readonly fault: TestFault | null;
  /** The numbers of the case, whether it passed or not. One line each. */
  readonly output: readonly string[];
}

export interface TestFault {
  readonly kind: 'failure' | 'error' | 'skipped';
  /** One word: `regression`. */
  readonly type: string;
  /** One line. */
  readonly message: string;
}

export interface TestSuite {
  readonly name: string;
  readonly cases: readonly TestCase[];
}
