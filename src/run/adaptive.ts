/** Measuring on until a gate can say what it was asked: more sessions, and the chance of a false alarm shared by all looks. */
import { FeedrateError } from '../base/errors.js';
import { parseDuration } from '../base/units.js';
import type { ProgressMode } from '../cli/options/arguments.js';
import { type Decision, isDecided } from '../gate/decide.js';
import type { TrialRecord } from '../record/trial-record.js';
import { plural } from '../report/table/format.js';
import { isBaseline } from '../store/baselines.js';
import { resolveRun } from '../store/find-runs.js';
import { readRun } from '../store/read-run.js';
import { extendRun } from './extend.js';

export interface AdaptiveOptions {
  readonly output: string;
  readonly adaptive?: boolean;
  readonly looks: string;
  readonly budget?: string;
  readonly progress: ProgressMode;
}

/** Looks that are planned, which is what the false alarms are shared by: 1 when nothing is measured on. */
export function looksOf({ adaptive, looks }: Pick<AdaptiveOptions, 'adaptive' | 'looks'>): number {
  if (adaptive !== true) return 1;
  const count = Number(looks);
  if (Number.isInteger(count) && count >= 2 && count <= 20) return count;
  throw new FeedrateError('usage', `--looks ${looks}: a whole number from 2 to 20`);
}

/**
 * Looks, and while nothing is decided doubles the candidate's sessions and looks again: `looks` times at most, and within
 * the budget. Each look has its part of the false alarms (Bonferroni), so that they hold however the data made it go on.
 * @throws FeedrateError `usage` for a baseline or a wrong budget, `store` when the run cannot be added to, `measurement`
 * when a session failed
 */
export async function measureUntilDecided(
  candidate: string,
  options: AdaptiveOptions,
  decide: (look: number) => Decision,
): Promise<Decision> {
  if (isBaseline(options.output, candidate)) {
    throw new FeedrateError(
      'usage',
      `${candidate} is a baseline, which nothing is added to; name a run with --adaptive`,
    );
  }
  const looks = looksOf(options);
  const directory = resolveRun(options.output, candidate);
  const endMs = performance.now() + budgetNs(options.budget) / 1e6;
  let decision = decide(1);
  for (let look = 2; look <= looks && !isDecided(decision); look++) {
    const { run, trials } = readRun(directory);
    const sessions = run?.plan.sessions ?? 0;
    const leftNs = (endMs - performance.now()) * 1e6;
    const wanted = Math.max(2 * sessions, decision.result.sessionsNeeded ?? 0);
    const affordable = sessions + Math.floor(leftNs / nsOfSession(trials, sessions));
    if (affordable <= sessions) {
      tell(`the budget is used: ${plural(sessions, 'session')} so far, another one takes longer than what is left`);
      break;
    }
    const total = Math.min(wanted, affordable);
    tell(`nothing is decided with ${plural(sessions, 'session')}: measuring up to ${total} (look ${look} of ${looks})`);
    const ended = await extendRun(directory, total, options.progress);
    if (ended === 'failed')
      throw new FeedrateError('measurement', `${directory}: a session failed; nothing is decided`);
    if (ended === 'aborted') throw new FeedrateError('interrupted', 'stopped before anything was decided');
    decision = decide(look);
  }
  return decision;
}

function budgetNs(budget: string | undefined): number {
  if (budget === undefined) return Number.POSITIVE_INFINITY;
  const parsed = parseDuration(budget);
  if (parsed.ok) return parsed.value;
  throw new FeedrateError('usage', `--budget: ${parsed.message}`);
}

/** What its trials took, their preparation included; starting a session takes little beside it. */
function nsOfSession(trials: readonly TrialRecord[], sessions: number): number {
  return trials.reduce((sum, { wallNs }) => sum + wallNs, 0) / Math.max(1, sessions);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
