/** What a process of test files tells the runner: lines of JSON on a pipe of its own. */
import type { SkipKind } from '../support/skip.js';

/** File descriptor of that pipe in the process. */
export const REPORT_FD = 3;

/** Ends what a file has printed on stdout and on stderr, where another follows it in its process. */
export const END_OF_FILE = '\0end of file\0';

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
  /** A file is over. `cpuSeconds`: since the one before it, of its process and of those that it waited for. */
  | {
      readonly type: 'report';
      /** A test is still under way, so that the process ends without its other files. */
      readonly overran: boolean;
      readonly passed: number;
      readonly failed: number;
      readonly skips: readonly Skip[];
      readonly cpuSeconds: number;
    };
