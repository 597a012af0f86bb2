import { EXIT } from '../../base/errors.js';
import { formatBytes, formatDurationNs } from '../../base/units.js';
import { untilTargetsAnswer } from '../../run/first-touch.js';
import { type Preparation, prepareRun, readWorkload } from '../../run/preparation.js';
import { LayoutStopped } from '../../trial/data-file.js';
import { type LayoutTotals, layOutPlan } from '../../trial/layout.js';
import {
  type ProgressMode,
  parseOverrides,
  parseSeed,
  parseTargets,
  type RawPlanOptions,
} from '../options/arguments.js';
import { createProgress, type Progress } from '../terminal/progress.js';

/** The options of `prepare` as commander hands them over. */
export interface PrepareOptions extends RawPlanOptions {
  readonly progress: ProgressMode;
}

/**
 * `feedrate prepare`: lays out the data files of a workload, and returns the exit status. Files that are
 * there already are left. Throws `FeedrateError` as `run` does. Ctrl-C keeps the files that are whole.
 */
export async function prepare(workloadPath: string, options: PrepareOptions): Promise<number> {
  const seed = options.seed === undefined ? null : parseSeed(options.seed);
  const targets = parseTargets(options.target ?? []);
  await untilTargetsAnswer(targets);
  const preparation = prepareRun(
    readWorkload(workloadPath),
    { workloadPath, overrides: parseOverrides(options), seed },
    targets,
  );
  const progress = createProgress(options.progress, process.stderr, process.env);
  for (const note of preparation.notes) progress.note(note);
  const startMs = performance.now();
  const totals = await layOutUntilInterrupted(preparation, progress);
  if (totals === null) return EXIT.interrupted;
  process.stdout.write(`${summaryOf(totals, (performance.now() - startMs) * 1e6)}\n`);
  return EXIT.pass;
}

/** Null when the user stopped it. */
async function layOutUntilInterrupted(
  { plan, workload }: Preparation,
  progress: Progress,
): Promise<LayoutTotals | null> {
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  process.once('SIGINT', interrupt);
  try {
    const emit = progress.handle.bind(progress);
    return await layOutPlan(plan, workload.dataset, emit, () => interrupted);
  } catch (thrown) {
    if (thrown instanceof LayoutStopped) return null;
    throw thrown;
  } finally {
    process.off('SIGINT', interrupt);
    progress.close();
  }
}

function summaryOf({ writtenBytes, reusedBytes }: LayoutTotals, elapsedNs: number): string {
  if (writtenBytes + reusedBytes === 0) return 'nothing to prepare: this workload reads no data files';
  const written = `${formatBytes(writtenBytes)} written in ${formatDurationNs(elapsedNs)}`;
  return `${written}, ${formatBytes(reusedBytes)} were there already`;
}
