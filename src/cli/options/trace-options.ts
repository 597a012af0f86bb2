/** The options of commands that make a workload from a trace. */
import type { Command } from 'commander';
import { collect } from './common-options.js';

export interface TraceOptions {
  readonly output: string;
  readonly path?: readonly string[];
  readonly anonymise?: boolean;
}

export function addTraceOptions(command: Command): Command {
  return command
    .option('-o, --output <file>', 'workload to write; the trace is beside it as .trace.gz', 'replay.yaml')
    .option('--path <directory>', 'keep only calls on files below it; repeat for more', collect)
    .option('--anonymise', 'hash the names of files; keep their endings and sizes');
}
