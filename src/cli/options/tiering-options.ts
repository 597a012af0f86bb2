import type { RawRunOptions } from './arguments.js';

/** The options of `fsx tiering` as commander returns them. */
export interface TieringOptions extends Omit<RawRunOptions, 'format'> {
  readonly policies?: string;
  readonly volume?: readonly string[];
  readonly region?: string;
  readonly apply?: boolean;
  readonly yes?: boolean;
  readonly resume?: boolean;
  readonly restore?: boolean;
  /** A file of prices. */
  readonly prices?: string;
}
