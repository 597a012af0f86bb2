/** `feedrate record`: runs a program and makes a workload that replays its calls. */
import { FeedrateError } from '../../base/errors.js';
import type { Subcommand } from '../options/subcommand.js';
import { addTraceOptions, type TraceOptions } from '../options/trace-options.js';
import { tell } from '../output/print.js';
import { exitsOnSignal } from '../terminal/exits.js';
import { onSignal } from '../terminal/signals.js';

export const record: Subcommand = {
  name: 'record',
  description: 'run your training once, and make a workload that replays its file accesses',
  configure(command) {
    addTraceOptions(command.argument('<command...>', 'program and its arguments, after --')).action(
      exitsOnSignal(recordCommand),
    );
  },
  examples: `
Examples:
  feedrate record -o epoch.yaml -- python train.py --epochs 1
  feedrate record --path /mnt/train -- python train.py
  feedrate run epoch.yaml -t a=/mnt/a -t b=/mnt/b       the same accesses on two mounts

Needs strace and no privileges. The program keeps its terminal, its output and its
exit status. Ctrl-C ends the program; what it did until then is kept. Without
--path, files of the system and of Python itself are left out.
`,
};

/** Runs the program and returns its exit status, or that of a recording that cannot be used. */
async function recordCommand(
  command: readonly string[],
  { output, path = [], anonymise = false }: TraceOptions,
): Promise<number> {
  const [{ recordProgram }, { replayPaths, writeReplay }, { requireWritable }, { resolve }, { formatBytes }] =
    await Promise.all([
      import('../../run/record-program.js'),
      import('../terminal/replay-files.js'),
      import('../../store/output-file.js'),
      import('node:path'),
      import('../../base/units.js'),
    ]);
  const { workload, trace } = replayPaths(output);
  for (const file of [workload, trace]) requireWritable(file);
  // The terminal sends Ctrl-C to the program, too. It decides whether to end.
  const release = onSignal(() => {});
  try {
    const recording = await recordProgram(command);
    const { log, logBytes, status, probe } = recording;
    try {
      const wanted = path.map((each) => resolve(each));
      tell(`recorded ${formatBytes(logBytes)} of strace's output; making the trace`);
      await writeReplay([log], output, { wanted, anonymise, probe }, 'feedrate record');
    } catch (thrown) {
      if (status === 0 || !(thrown instanceof FeedrateError)) throw thrown;
      tell(`feedrate: ${thrown.message}`);
    } finally {
      recording.discard();
    }
    return status;
  } finally {
    release();
  }
}
