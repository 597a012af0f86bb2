/** The answer of `feedrate feed` in words: how many accelerators, what limits them, and what to do next. */
import type { FeedInterval, FeedRecord } from '../../record/feed-record.js';
import type { Limiter } from '../../training/predict/prediction.js';
import { answerOf, nextSteps } from '../answer/answer.js';
import { feedrateCommand, withoutRank } from '../answer/commands.js';
import type { Answered, NextStep } from '../table/answer-lines.js';
import { formatPercent, formatValue, plural } from '../table/format.js';

/** Returns the answer and the next steps. `command`: the arguments after `feedrate`, as typed. */
export function answeredFeed(record: FeedRecord, command: readonly string[]): Answered {
  return {
    answer: answerOf([busyText(record), wholeText(record), limiterText(record), loaderText(record)]),
    next: nextOf(record, command),
  };
}

/** Returns the answer where a stored run is shown, which has next steps of its own. */
export function repeatedFeed(record: FeedRecord): Answered {
  return { ...answeredFeed(record, ['show']), next: [] };
}

/** A capacity with the digits that matter: `0.94`, `3.7`, `37`. */
export function capacityText(accelerators: number): string {
  if (accelerators < 1.995) return accelerators.toFixed(2);
  return accelerators < 9.95 ? accelerators.toFixed(1) : accelerators.toFixed(0);
}

/** Such as `36.5 to 37.8`, `at least 12`; nothing without an interval. */
export function intervalText({ low, high }: FeedInterval): string {
  const digits = (value: number) => value.toFixed(value < 9.995 ? 2 : 1);
  if (low === null) return '';
  return high === null ? `at least ${digits(low)}` : `${digits(low)} to ${digits(high)}`;
}

/** Such as `b200 accelerators busy with retinanet`, or `accelerators busy` for numbers of one's own. */
function busyWords({ model }: FeedRecord): string {
  return model.accelerator === '' ? 'accelerators busy' : `${model.accelerator} accelerators busy with ${model.model}`;
}

function busyText(record: FeedRecord): string {
  const { target, accelerators, acceleratorsFrom } = record;
  const how = acceleratorsFrom === 'prediction' ? 'would keep' : 'keeps';
  const isBound = accelerators.high === null && accelerators.low !== null;
  const amount = `${isBound ? 'at least ' : ''}${capacityText(accelerators.low !== null && isBound ? accelerators.low : accelerators.estimate)}`;
  const interval = isBound || accelerators.low === null ? '' : ` (${intervalText(accelerators)})`;
  return `the target ${target.path} ${how} ${amount} ${busyWords(record)}${interval}${spreadText(record)}`;
}

/** Accelerators are counted by whole numbers of them on each rank. */
function spreadText({ group }: FeedRecord): string {
  return group === undefined ? '' : `, spread evenly over ${ranksOnHosts(group)}`;
}

/** Such as `4 ranks on 2 hosts`. */
export function ranksOnHosts({ ranks, hosts }: NonNullable<FeedRecord['group']>): string {
  return `${plural(ranks, 'rank')} on ${plural(hosts, 'host')}`;
}

function wholeText({ whole, threshold, verdict, undecided, nonMonotone, group }: FeedRecord): string {
  const required = `the required AU of ${formatPercent(threshold)}`;
  const { ranks } = group ?? { ranks: 1 };
  const next = verdict === 'decided' ? `, ${whole + ranks} do not` : '';
  const count =
    whole === 0
      ? `${ranks === 1 ? 'not even one reaches' : `not even ${ranks}, one on each rank, reach`} ${required}`
      : `${whole} of them ${whole === 1 ? 'reaches' : 'reach'} ${required}${next}`;
  const reservation = {
    decided: '',
    edge: ', but this is at the edge: an AU is within 1 % of it',
    open: `, which is not decided yet: ${undecided}`,
    predicted: `, by prediction alone: ${undecided}`,
  }[verdict];
  const order = nonMonotone ? '. More accelerators passed where fewer failed, so the target is not steady' : '';
  return `${count}${reservation}${order}`;
}

const LIMITS: Readonly<Record<Limiter, string>> = {
  'one-stream': 'the limit is the speed of one stream, so more workers or more connections (nconnect) would help',
  storage: 'the limit is the storage',
  network: 'the limit is the network',
  'client-cpu': 'the limit is the CPU of this machine, not the storage',
  harness: 'the limit is the hand-over of batches, not the storage: the steps are too short',
  accelerator: 'nothing holds the accelerators up',
};

function limiterText({ limiter, group }: FeedRecord): string {
  if (limiter === null) return '';
  return group === undefined ? LIMITS[limiter.kind] : LIMITS[limiter.kind].replace('this machine', 'the machines');
}

function loaderText({ recommended, loader, whole }: FeedRecord): string {
  if (recommended === null) return '';
  const { numWorkers, prefetchFactor, au } = recommended;
  if (whole === 0)
    return `the best loader for one has num_workers=${numWorkers} and prefetch_factor=${prefetchFactor}, with a predicted AU of ${formatValue(au, 'ratio')}`;
  const words = `a loader with num_workers=${numWorkers} and prefetch_factor=${prefetchFactor}`;
  const isMeasured = numWorkers === loader.numWorkers && prefetchFactor === loader.prefetchFactor;
  return `${words} ${isMeasured ? 'is' : 'would be'} enough${whole > 1 ? ' for each of them' : ''}`;
}

function nextOf({ verdict, run, group }: FeedRecord, command: readonly string[]): readonly NextStep[] {
  const isOpen = verdict === 'open' || verdict === 'predicted';
  const what = group === undefined ? 'measure longer' : `measure longer, with all ${group.ranks} ranks`;
  return nextSteps([
    isOpen && command[0] === 'feed'
      ? { what, command: feedrateCommand([...withoutRank(withoutBudget(command)), '--budget', '10m']) }
      : null,
    { what: 'see every trial of this measurement', command: feedrateCommand(['show', run]) },
  ]);
}

function withoutBudget(command: readonly string[]): string[] {
  return command.filter((word, at) => !word.startsWith('--budget') && command[at - 1] !== '--budget');
}
