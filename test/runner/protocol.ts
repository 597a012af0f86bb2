/** What the process of a test file tells the runner: lines of JSON on a pipe of its own. */
import type { SkipKind } from '../support/skip.js';

/** File descriptor of that pipe in the test file's process. */
export const REPORT_FD = 3;

/** A test that could not run on this machine. */
export interface Skip {
  /** Suite and test. */
  readonly test: string;
  readonly reason: string;
  readonly kind: SkipKind;
}

export type Message =
  /** A test or a hook begins. What a process says last before it hangs is what hangs. */
  | { readonly type: 'start'; readonly test: string }
  /** The file is over. `cpuSeconds`: of its process and of those that it waited for. */
  | {
      readonly type: 'report';
      readonly passed: number;
      readonly failed: number;
      readonly skips: readonly Skip[];
      readonly cpuSeconds: number;
    };
