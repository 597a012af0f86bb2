/** `feedrate import trace`: makes a workload that replays a recorded program. */
import { EXIT } from '../../../base/errors.js';
import type { Subcommand } from '../../options/subcommand.js';
import { addTraceOptions, type TraceOptions } from '../../options/trace-options.js';
import { exits } from '../../terminal/exits.js';

export const trace: Subcommand = {
  name: 'trace',
  description: 'make a workload that replays a trace of strace, Darshan DXT or DFTracer',
  configure(command) {
    addTraceOptions(
      command.argument('<files...>', 'output of strace, darshan-dxt-parser or DFTracer; several of strace -ff'),
    ).action(
      exits(async (files: readonly string[], { output, path = [], anonymise = false }: TraceOptions) => {
        const { writeReplay } = await import('../../terminal/replay-files.js');
        await writeReplay(files, output, { wanted: path, anonymise, probe: null }, 'feedrate import trace …');
        return EXIT.pass;
      }),
    );
  },
  examples: `
Examples:
  feedrate import trace strace.txt -o epoch.yaml
  feedrate import trace strace.out.* --path /mnt/train     the files of strace -ff
  feedrate import trace run.pfw.gz --anonymise -o shared.yaml

Record with strace -f -ttt -T -y. Without -T, times are unknown and the replay has
no gaps. No file of the trace is opened.
`,
};
