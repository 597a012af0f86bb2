/** Picks what the answer of a run says: what each load delivered, what limited it, and what the run does not show. */
import type { Arm } from '../../plan/plan.js';
import type { TargetEnvironment } from '../../record/run-record.js';
import type { TrialRecord } from '../../record/trial-record.js';
import type { WarningCode } from '../../record/warning.js';
import { trialsOfArm } from '../../stats/arm-trials.js';
import { type ArmSummary, isCounted } from '../../stats/summary.js';
import type { RunView } from '../run/run-view.js';
import { headlinesOf } from './headlines.js';
import { loadNames } from './load-words.js';
import { limitOf } from './run-limits.js';
import { targetWords } from './target-words.js';

export interface LoadResult {
  readonly summary: ArmSummary;
  /** Undefined if the plan is lost. */
  readonly arm: Arm | undefined;
  /** The load and the target in words. */
  readonly load: string;
  readonly target: string;
  /** Successful trials that count. */
  readonly trials: readonly TrialRecord[];
  /** As `limitOf` returns it. */
  readonly limit: string | null;
}

/**
 * `no-io`: the engine does no I/O. `slowed`: on purpose. `memory`: the target is in memory. `false-claim`: the cache claim
 * is contradicted. `cached`: nothing was claimed, and bytes came from the page cache. The others are warnings.
 */
export type CaveatKind =
  | 'no-io'
  | 'slowed'
  | 'memory'
  | 'false-claim'
  | 'cached'
  | 'one-trial'
  | Extract<
      WarningCode,
      | 'stalled'
      | 'silent'
      | 'burst-suspected'
      | 'busy-machine'
      | 'no-steady-state'
      | 'drift'
      | 'bimodal'
      | 'few-operations'
    >
  | 'beyond-ceiling'
  | 'burst'
  | 'cache-unproven';

export interface Caveat {
  readonly kind: CaveatKind;
  /** The loads that it applies to. */
  readonly loads: readonly string[];
}

export interface RunFindings {
  /** Loads with a result, in the order of the plan. */
  readonly results: readonly LoadResult[];
  /** The loads without one. */
  readonly missing: readonly string[];
  readonly failedTrials: number;
  readonly fault: TrialRecord['fault'];
  /** Counted trials that measured nothing. */
  readonly emptyTrials: number;
  /** The targets in words, in the order of the plan. */
  readonly targets: readonly string[];
  /** Whether any load did real I/O. */
  readonly isReal: boolean;
  /** The most important first. */
  readonly caveats: readonly Caveat[];
  /** The engines that did no I/O. */
  readonly engines: readonly string[];
}

/** Returns the findings. Pure: the same records give the same findings. */
export function runFindings(view: RunView): RunFindings {
  const { run, summaries, ceilings } = view;
  const arms = new Map(run?.plan.arms.map((arm) => [arm.id, arm]));
  const loads = loadNames(summaries.map(({ arm }) => arms.get(arm.id) ?? arm));
  const all = summaries.map((summary): LoadResult => {
    const { id, target } = summary.arm;
    const [arm, trials] = [arms.get(id), trialsOfArm(view.trials, id).filter(isCounted)];
    const isReal = trials.some(doesIo);
    return {
      summary,
      arm,
      trials,
      load: loads.get(id) as string,
      target: run === null ? target : targetWords(run, target),
      limit: isReal ? limitOf({ summary, arm, trials, ceiling: ceilings.get(id) }, run?.ownCost) : null,
    };
  });
  const results = all.filter(hasResult);
  const idle = results.flatMap(({ trials }) => trials.filter((trial) => !doesIo(trial)));
  return {
    results,
    missing: all.filter((result) => !hasResult(result)).map(({ load }) => load),
    failedTrials: summaries.reduce((sum, { failed }) => sum + failed, 0),
    fault: summaries.find(({ fault }) => fault !== null)?.fault ?? null,
    emptyTrials: summaries.reduce((sum, { unmeasured }) => sum + unmeasured, 0),
    targets: [...new Set(all.map(({ target }) => target))],
    isReal: results.some(({ trials }) => trials.some(doesIo)),
    caveats: caveatsOf(view, results),
    engines: [...new Set(idle.map(({ engine }) => engine.used))],
  };
}

function hasResult(result: LoadResult): boolean {
  const { numbers, counted, unmeasured } = result.summary;
  return (numbers[headlinesOf(result)[0]] ?? null) !== null && counted > unmeasured;
}

/** An engine that touches no files makes no system calls. */
function doesIo({ engine }: TrialRecord): boolean {
  return engine.calls !== null;
}

type CaveatCheck = (result: LoadResult, view: RunView) => boolean;

const raises =
  (code: WarningCode): CaveatCheck =>
  ({ summary }) =>
    summary.warnings.some((warning) => warning.code === code);

/** File systems whose files are in memory. */
const IN_MEMORY: readonly TargetEnvironment['fileSystem'][] = ['tmpfs', 'ramfs'];

/** In the order of their weight. */
const CHECKS: readonly (readonly [CaveatKind, CaveatCheck])[] = [
  ['no-io', ({ trials }) => trials.some((trial) => !doesIo(trial))],
  ['slowed', ({ summary }, { run }) => run?.injected?.some(({ target }) => target === summary.arm.target) ?? false],
  ['memory', ({ summary }, { run }) => IN_MEMORY.includes(fileSystemOf(run, summary))],
  ['false-claim', ({ summary }) => summary.cache?.verdict === 'contradicted'],
  ['cached', ({ summary, trials }) => summary.cache?.claim === 'as-is' && trials.some(isFromMemory)],
  ['silent', raises('silent')],
  ['stalled', raises('stalled')],
  ['beyond-ceiling', ({ summary }, { ceilings }) => ceilings.get(summary.arm.id)?.state === 'beyond'],
  ['burst', ({ summary }, { ceilings }) => ceilings.get(summary.arm.id)?.state === 'burst'],
  ['burst-suspected', raises('burst-suspected')],
  ['one-trial', ({ summary }) => summary.counted - summary.unmeasured === 1],
  ['few-operations', raises('few-operations')],
  ['busy-machine', raises('busy-machine')],
  ['bimodal', raises('bimodal')],
  ['drift', raises('drift')],
  ['no-steady-state', raises('no-steady-state')],
  ['cache-unproven', ({ summary }) => summary.cache?.verdict === 'unproven'],
];

function isFromMemory({ cache }: TrialRecord): boolean {
  return cache.observed === 'warm' || cache.observed === 'mixed';
}

function fileSystemOf(run: RunView['run'], { arm }: ArmSummary): string {
  return run?.environment.targets.find(({ name }) => name === arm.target)?.fileSystem ?? '';
}

function caveatsOf(view: RunView, results: readonly LoadResult[]): Caveat[] {
  return CHECKS.flatMap(([kind, applies]) => {
    const loads = results.filter((result) => applies(result, view)).map(({ load }) => load);
    return loads.length === 0 ? [] : [{ kind, loads }];
  });
}
