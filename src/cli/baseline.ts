import { EXIT, FeedrateError } from '../base/errors.js';
import type { NamedRun } from '../gate/comparison.js';
import { evaluateThresholds, exitStatusOf } from '../gate/thresholds.js';
import type { ReportFormat } from '../report/render.js';
import {
  baselineDirectory,
  baselineNames,
  isBaseline,
  removeBaseline,
  requireBaseline,
  requireBaselineName,
  saveBaseline,
} from '../store/baselines.js';
import { resolveRun } from '../store/find-runs.js';
import { readRun } from '../store/read-run.js';
import { aligned } from './columns.js';
import { comparisonOf, namedRun } from './comparison-input.js';
import { printRun } from './show.js';

/**
 * `feedrate baseline save`: keeps a whole, passed run. One that is slower than the baseline whose place it would take is
 * refused: a slow-down that becomes the baseline is never seen again.
 */
export function saveAsBaseline(output: string, name: string, spec: string): number {
  requireBaselineName(name);
  const directory = resolveRun(output, spec);
  const { run, trials, status, problems } = readRun(directory);
  if (run === null || status !== 'complete' || problems.length > 0) {
    throw new FeedrateError(
      'store',
      `${directory}: cannot be a baseline: ${problems[0] ?? `the run is ${status}`}; measure again`,
    );
  }
  if (exitStatusOf({ status, trials, thresholds: evaluateThresholds(run.plan.arms, trials) }) !== EXIT.pass) {
    throw new FeedrateError(
      'store',
      `${directory}: cannot be a baseline: a trial failed or a threshold was broken (feedrate show ${run.id})`,
    );
  }
  if (run.injected !== undefined) {
    throw new FeedrateError('store', `${directory}: cannot be a baseline: it was slowed down on purpose`);
  }
  if (isBaseline(output, name)) refuseSlower(output, name, { name: run.id, run, trials });
  saveBaseline(output, name, directory);
  process.stderr.write(`baseline ${name} is ${run.id}\n`);
  return EXIT.pass;
}

/** Where nothing can be compared with the old baseline, or nothing could have been told, that is said. */
function refuseSlower(output: string, name: string, candidate: NamedRun): void {
  const { cells } = comparisonOf(
    [namedRun(output, name), candidate],
    { output, cols: 'run', alpha: '5%', minEffect: '1%' },
    'environment',
  );
  const slower = cells.filter(({ judgement }) => judgement.verdict === 'regression');
  if (slower.length === 0) {
    const unable = cells.every(
      ({ judgement: { verdict, unitsNeeded } }) => verdict === 'incomparable' || unitsNeeded !== null,
    );
    if (unable)
      process.stderr.write(
        `could not tell whether ${candidate.name} is slower than ${name} was: feedrate compare ${name} ${candidate.name} would have said why\n`,
      );
    return;
  }
  throw new FeedrateError(
    'store',
    `${candidate.name} is slower than baseline ${name} in ${slower.length} of ${cells.length} cells, so it does not take its place; if it is meant to, feedrate baseline remove ${name} first`,
  );
}

/** `feedrate baseline list`. */
export function listBaselines(output: string, format: 'table' | 'json'): number {
  const entries = baselineNames(output).map((name) => {
    const { run, trials } = readRun(baselineDirectory(output, name));
    return {
      name,
      run: run?.id ?? null,
      startedAt: run?.startedAt ?? null,
      workload: run?.plan.workload ?? null,
      kernel: run?.environment.kernel ?? null,
      sessions: run?.plan.sessions ?? null,
      trials: trials.length,
    };
  });
  if (format === 'json') process.stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
  else if (entries.length === 0)
    process.stderr.write(`no baselines in ${output} yet; feedrate baseline save NAME keeps the latest run\n`);
  else {
    const rows = entries.map((entry) => [
      entry.name,
      entry.run ?? '–',
      entry.workload ?? '–',
      String(entry.sessions ?? '–'),
      String(entry.trials),
      entry.kernel ?? '–',
    ]);
    process.stdout.write(
      `${aligned([['BASELINE', 'RUN', 'WORKLOAD', 'SESSIONS', 'TRIALS', 'KERNEL'], ...rows]).join('\n')}\n`,
    );
  }
  return EXIT.pass;
}

/** `feedrate baseline show`: the report of the run that it is. */
export function showBaseline(output: string, name: string, format: ReportFormat): Promise<number> {
  requireBaseline(output, name);
  return printRun(baselineDirectory(output, name), format);
}

/** `feedrate baseline remove`. */
export function dropBaseline(output: string, name: string): number {
  removeBaseline(output, name);
  process.stderr.write(`baseline ${name} removed; the run that it was is still there\n`);
  return EXIT.pass;
}
