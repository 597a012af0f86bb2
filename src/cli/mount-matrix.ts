/** `feedrate mount-matrix`: mounts one export in several ways, measures them in one run, says which is best, unmounts. */
import { EXIT, FeedrateError } from '../base/errors.js';
import { planMounts } from '../plan/mount-plan.js';
import { mountAdvice } from '../report/comparison/mount-advice.js';
import { renderComparison } from '../report/render.js';
import { parseRunOptions, type RawRunOptions } from './arguments.js';
import { comparisonOf, namedRun, unreadParts } from './comparison-input.js';
import { MadeMounts } from './made-mounts.js';
import { stdoutOptions } from './output.js';
import { run } from './run.js';
import { INTERRUPTIONS } from './session-runner.js';

/** The options of `mount-matrix` as commander hands them over. */
export interface RawMountMatrixOptions extends Omit<RawRunOptions, 'target' | 'format'> {
  readonly export?: readonly string[];
  readonly mount?: readonly string[];
  readonly format: 'table' | 'md';
}

/**
 * Runs a workload on each of the mounts, compares them, and prints the lines of the best. The mounts are gone afterwards,
 * whatever happens. Returns the status of the run. Throws `FeedrateError` for what the user can mend.
 */
export async function mountMatrix(
  workload: string,
  raw: RawMountMatrixOptions,
  command: readonly string[],
): Promise<number> {
  if (process.getuid?.() !== 0) {
    throw new FeedrateError(
      'usage',
      'mount-matrix takes root; or mount by hand and name each: run -t a=/mnt/a -t b=/mnt/b',
    );
  }
  const planned = planMounts(raw.export ?? [], raw.mount ?? []);
  const mounts = new MadeMounts();
  // Without a listener a Ctrl-C would end this process at once, and leave the mounts.
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  for (const signal of INTERRUPTIONS) process.on(signal, interrupt);
  try {
    const target = mounts.make(planned).map(({ name, path }) => `${name}=${path}`);
    if (interrupted) return EXIT.interrupted;
    const status = await run(parseRunOptions(workload, { ...raw, target }), command);
    if (raw.dryRun === true || interrupted) return status;
    const compared = { output: raw.output, cols: 'target', alpha: '5%', minEffect: '1%' };
    const comparison = comparisonOf([namedRun(raw.output, 'latest', unreadParts({}))], compared, 'load');
    process.stdout.write(`\n${await renderComparison(comparison, raw.format, stdoutOptions())}\n`);
    process.stdout.write(`${mountAdvice(comparison, planned).join('\n')}\n`);
    return status;
  } finally {
    for (const problem of mounts.dispose()) process.stderr.write(`feedrate: ${problem}\n`);
    for (const signal of INTERRUPTIONS) process.off(signal, interrupt);
  }
}
