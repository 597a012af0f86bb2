/** The answer of a run: what the target delivers, what limits it, and what the run does not show. */

import { metricOf } from '../../base/metrics.js';
import type { ThresholdResult } from '../../gate/thresholds.js';
import type { RunView } from '../run/run-view.js';
import { formatValue, plural } from '../table/format.js';
import { answerOf, fewOrCount, listed, thresholdsMet } from './answer.js';
import { headlinesOf } from './headlines.js';
import { replayAnswer } from './replay-answer.js';
import { fullResult, headlineText, shortResult, valueText } from './result-words.js';
import { type CaveatKind, type LoadResult, type RunFindings, runFindings } from './run-findings.js';
import { targetSubject } from './target-words.js';

/** More loads than this are summarised instead of listed. */
const LISTED_MAX = 5;
/** The same for numbers, of which a load with phases has several. */
const NUMBERS_MAX = 6;
/** The same for each load on several targets, which needs more words. */
const LISTED_ON_SEVERAL = 2;
/** The most things that the answer says the run does not show. The notes below the table have all. */
const CAVEATS_MAX = 2;

/** Returns the answer, a few sentences. */
export function runAnswer(view: RunView, findings: RunFindings = runFindings(view)): string {
  return answerOf([
    outcomeText(view, findings),
    replayAnswer(view) ?? deliveryText(findings),
    thresholdText(view.thresholds, findings),
    limitText(findings),
    caveatText(findings),
  ]);
}

/** How the run ended, unless it is complete. */
function outcomeText({ status, run, trials, problems }: RunView, findings: RunFindings): string {
  const { failedTrials, emptyTrials, fault, missing } = findings;
  const recorded =
    run === null ? plural(trials.length, 'trial') : `${trials.length} of ${plural(run.plan.trials.length, 'trial')}`;
  const ended = {
    complete: run?.endedBy === 'time' ? 'the time was up' : '',
    failed: 'the run failed',
    aborted: 'the run was stopped',
    killed: 'the run was killed',
    running: 'the run has not ended',
    unknown: 'the file run.json cannot be read',
  }[status];
  const reason = fault === null ? '' : ` (${fault.code} in ${fault.syscall})`;
  const parts = [
    ...(ended === '' ? [] : [`${ended} after ${recorded}`]),
    ...(failedTrials === 0 ? [] : [`${plural(failedTrials, 'trial')} failed${reason}`]),
    ...(emptyTrials === 0 ? [] : [`${plural(emptyTrials, 'trial')} measured nothing`]),
    ...(missing.length === 0
      ? []
      : [`no result for ${fewOrCount(missing, missing.length + findings.results.length, 'loads')}`]),
    ...(problems.length === 0 || status === 'unknown'
      ? []
      : [`${plural(problems.length, 'part')} of the result ${problems.length === 1 ? 'is' : 'are'} damaged`]),
  ];
  return parts.join('; ');
}

function deliveryText({ results, targets }: RunFindings): string {
  const [first] = results;
  if (first === undefined) return 'nothing was measured';
  const single = results.length === 1;
  const subject = targetSubject([first.target]);
  if (single) return `${subject} delivers ${fullResult(first)}`;
  if (targets.length > 1) return onSeveral(results, targets);
  const numbers = results.reduce((sum, result) => sum + headlinesOf(result).length, 0);
  if (results.length > LISTED_MAX || numbers > NUMBERS_MAX) return `${subject} delivers ${rangeText(results)}`;
  return `${subject} delivers ${listed(results.map(shortResult))}`;
}

/** `sequential 1 MiB reads: 986 MiB/s on a and 1.1 GiB/s on b`. Which differences are real is for a comparison to say. */
function onSeveral(results: readonly LoadResult[], targets: readonly string[]): string {
  const loads = [...new Set(results.map(({ load }) => load))];
  if (loads.length > LISTED_ON_SEVERAL || targets.length > LISTED_MAX) {
    const named = targets.length > LISTED_MAX ? plural(targets.length, 'target') : targetSubject(targets);
    return `${named} deliver ${rangeText(results)}`;
  }
  return loads
    .map((load) => {
      const same = results.filter((result) => result.load === load);
      return `for ${load}, ${listed(same.map((result) => `${headlineText(result)} on ${result.target}`))}`;
    })
    .join('; ');
}

/** `23.8 MiB/s (cold random 4 KiB reads) to 6.52 GiB/s (cached sequential 1 MiB reads) over 12 loads`. */
function rangeText(results: readonly LoadResult[]): string {
  const keys = new Set(results.map((result) => headlinesOf(result)[0]));
  const [only = 'throughput', other] = keys;
  const key = other === undefined ? only : 'throughput';
  const rate = ({ summary }: LoadResult) => summary.numbers[key]?.median ?? 0;
  const worst = results.reduce((a, b) => (rate(b) < rate(a) ? b : a));
  const best = results.reduce((a, b) => (rate(b) > rate(a) ? b : a));
  const severalTargets = results.some(({ target }) => target !== results[0]?.target);
  const named = (result: LoadResult) => {
    const load = result.load.replace(/ \(([^()]*)\)$/, ', $1');
    return `${valueText(key, rate(result))} (${load}${severalTargets ? `, on ${result.target}` : ''})`;
  };
  const loads = new Set(results.map(({ load }) => load)).size;
  return `${named(worst)} to ${named(best)} over ${plural(loads, 'load')}`;
}

function thresholdText(thresholds: readonly ThresholdResult[], { results }: RunFindings): string {
  const [failed, ...others] = thresholds.filter(({ passed }) => !passed);
  if (failed === undefined) return thresholdsMet(thresholds.length);
  const { threshold, arm, value, reason } = failed;
  const load = results.find(({ summary }) => summary.arm.id === arm)?.load ?? arm;
  const measured = reason ?? formatValue(value, metricOf(threshold.metric)?.unit ?? 'count');
  const count =
    others.length === 0 && thresholds.length === 1
      ? 'the threshold'
      : `${others.length + 1} of ${thresholds.length} thresholds`;
  return `${count} failed: ${threshold.text}, but ${measured} for ${load}${others.length === 0 ? '' : ', among others'}`;
}

function limitText({ results }: RunFindings): string {
  const groups = new Map<string, string[]>();
  for (const { limit, load } of results) {
    if (limit === null) continue;
    const names = groups.get(limit);
    if (names === undefined) groups.set(limit, [load]);
    else names.push(load);
  }
  const loads = new Set(results.map(({ load }) => load)).size;
  return [...groups]
    .map(([limit, names]) => `${limit} ${loads === 1 ? 'it' : fewOrCount(names, loads, 'loads')}`)
    .join('; ');
}

/** What each caveat says about some loads, which follow the text or stand at `…`. */
const CAVEATS: Readonly<Record<Exclude<CaveatKind, 'no-io'>, string>> = {
  slowed: 'the target was slowed down on purpose (--inject), so this is not the speed of the storage',
  memory: 'the target is in memory (tmpfs), so no storage was measured',
  'false-claim': 'the claimed cache state is false for …',
  cached: 'at least some bytes came from the page cache instead of the storage for …',
  silent: 'the target did not respond for a while during …',
  stalled: 'sessions stalled during …',
  'beyond-ceiling':
    'data came from a cache or was compressed for …, because the rate is above the ceiling of the volume',
  burst: 'the rate may be a burst and not last for …',
  'burst-suspected': 'throughput dropped in the midst of trials for …, so it may have been a burst',
  'one-trial': 'a single trial does not show how much the result varies',
  'few-operations': 'there were very few operations for …',
  'busy-machine': 'other programs used this machine during …, so the numbers may be too low',
  bimodal: 'trials alternate between two levels for …',
  drift: 'throughput drifts from trial to trial for …',
  'no-steady-state': 'throughput was not steady yet for …',
  'cache-unproven': 'the cache state is unproven for …',
};

function caveatText({ caveats, results, engines, isReal }: RunFindings): string {
  const loads = new Set(results.map(({ load }) => load)).size;
  const texts = caveats.map(({ kind, loads: names }) => {
    const which = loads === 1 ? 'this load' : fewOrCount(names, loads, 'loads');
    if (kind !== 'no-io') return CAVEATS[kind].replace('…', () => which);
    return `this says nothing about storage${isReal ? ` for ${which}` : ''}: the engine ${listed(engines)} does no I/O`;
  });
  return texts.slice(0, isReal ? CAVEATS_MAX : 1).join('; ');
}
