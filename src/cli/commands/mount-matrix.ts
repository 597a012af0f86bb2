/** `feedrate mount-matrix`: mounts one export in several ways, measures them in one run and prints the best options. */
import type { Command } from 'commander';
import { EXIT, FeedrateError } from '../../base/errors.js';
import type { PlannedMount } from '../../plan/mount-plan.js';
import type { NamedPath, WorkloadText } from '../../run/request.js';
import type { StopHandle } from '../../run/stop-handle.js';
import { parseRunOptions, type RawRunOptions } from '../options/arguments.js';
import {
  addColdOptions,
  addVariantOptions,
  argumentsOf,
  awsOption,
  ceilingsOption,
  collect,
  formatOption,
  labelOption,
  progressOption,
  resultsOption,
} from '../options/common-options.js';
import { addWorkload, workloadOf } from '../options/job-options.js';
import { addOntapOptions, WHAT_ONTAP_IS_ASKED } from '../options/ontap-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { print, printLines, tell } from '../output/print.js';
import { exitsOnSignal } from '../terminal/exits.js';
import { stdoutOptions } from '../terminal/output.js';
import { onSignal } from '../terminal/signals.js';
import { runWorkload } from './run.js';

/** The options of `mount-matrix` as commander returns them. */
interface RawMountMatrixOptions extends Omit<RawRunOptions, 'target' | 'format'> {
  readonly export?: readonly string[];
  readonly mount?: readonly string[];
  readonly format: 'table' | 'md';
}

export const mountMatrix: Subcommand = {
  name: 'mount-matrix',
  measuresAlone: true,
  description: 'mount an NFS export with several option sets (as root), compare them, and print the best one',
  completes: 'workloads',
  configure(command, fields) {
    command
      .requiredOption(
        '--export <source>',
        'server:/path; repeat with other addresses of the server to compare nconnect values',
        collect,
      )
      .requiredOption('--mount <options>', 'mount options, such as vers=4.1,nconnect=16; repeat for each set', collect);
    addVariantOptions(command)
      .addOption(labelOption())
      .addOption(ceilingsOption())
      .addOption(resultsOption())
      .option('--dry-run', 'mount, print arms, bytes to write and expected time, unmount')
      .addOption(formatOption(['table', 'md']))
      .addOption(awsOption())
      .addOption(progressOption());
    addOntapOptions(addColdOptions(command), WHAT_ONTAP_IS_ASKED);
    addWorkload(command, fields).action(exitsOnSignal(measureMounts));
  },
  examples: `
Example:
  feedrate mount-matrix random-read --export svm-1:/train --export svm-1-b:/train \\
      --mount vers=3,nconnect=16 --mount vers=4.1 --mount vers=4.1,nconnect=16 --set trials.sessions=10

While feedrate measures, each mount uses a directory .feedrate-mount-… on the
export. Mounts of the same server address and NFS version share their
connections, so each further nconnect value needs another address of the server.
`,
};

/** Mounts, measures and always unmounts. Returns the status of the run. */
async function measureMounts(
  workload: string | undefined,
  raw: RawMountMatrixOptions,
  command: Command,
): Promise<number> {
  if (process.getuid?.() !== 0) {
    throw new FeedrateError(
      'usage',
      'mount-matrix requires root. Without root, mount by hand and use: feedrate run WORKLOAD -t a=/mnt/a -t b=/mnt/b',
    );
  }
  const [{ planMounts }, { withMadeMounts }, { StopHandle }] = await Promise.all([
    import('../../plan/mount-plan.js'),
    import('../../run/made-mounts.js'),
    import('../../run/stop-handle.js'),
  ]);
  const planned = planMounts(raw.export ?? [], raw.mount ?? []);
  const text = await workloadOf(workload, command);
  const stop = new StopHandle();
  // Without a listener, Ctrl-C would end this process before it unmounts.
  const release = onSignal(() => stop.stop());
  const warn = (problem: string) => tell(`feedrate: ${problem}`);
  try {
    return await withMadeMounts(planned, warn, (targets) =>
      measureOn(targets, planned, text, raw, argumentsOf(command), stop),
    );
  } catch (thrown) {
    // Ctrl-C goes to all processes of a terminal and also ends a mount(8) that waits for its server.
    await stop.listen();
    throw thrown;
  } finally {
    release();
  }
}

async function measureOn(
  targets: readonly NamedPath[],
  planned: readonly PlannedMount[],
  workload: WorkloadText,
  raw: RawMountMatrixOptions,
  command: readonly string[],
  stop: StopHandle,
): Promise<number> {
  if (stop.isAsked) return EXIT.interrupted;
  const target = targets.map(({ name, path }) => `${name}=${path}`);
  const { status, run } = await runWorkload({ ...parseRunOptions({ ...raw, target }), workload }, command, stop);
  if (run === null || stop.isAsked) return status;
  const [{ comparableRun, comparisonOf }, { mountAdvice }, { renderComparison }] = await Promise.all([
    import('../options/comparison-input.js'),
    import('../../report/comparison/mount-advice.js'),
    import('../../report/render.js'),
  ]);
  const compared = { output: raw.output, cols: 'target', alpha: '5%', minEffect: '1%' };
  const comparison = comparisonOf([comparableRun(run)], compared, 'load');
  print(`\n${await renderComparison(comparison, raw.format, stdoutOptions())}\n`);
  printLines(mountAdvice(comparison, planned));
  return status;
}
