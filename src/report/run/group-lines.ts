/** Lines of a run's report about the machines of a group. */

import { rankText } from '../../base/rank-text.js';
import { formatCount, formatDurationNs, formatThroughput } from '../../base/units.js';
import type { GroupMember, GroupRecord } from '../../record/group-record.js';
import type { GroupUse, HostSpread, RankUse } from '../../stats/group-use.js';
import type { ArmSummary } from '../../stats/summary.js';
import { aligned } from '../table/columns.js';
import { plural } from '../table/format.js';
import type { Tone } from '../table/shown-column.js';
import type { RunView } from './run-view.js';

interface GroupLine {
  readonly text: string;
  readonly tone: Tone;
}

const percent = (share: number): string => (Number.isFinite(share) ? `${Math.round(share * 100)} %` : '–');

/** Ranks that did not meet. */
const HOW_STARTED: Readonly<Record<string, string>> = {
  merge: 'merged from their own runs',
  none: 'started at a set time',
};

/** Returns the line of the header: how many machines measured, and how they met. */
export function groupHeader(group: GroupRecord | undefined): string[] {
  if (group === undefined) return [];
  const { size, launcher, members, rank } = group;
  const hosts = new Set(members.map(({ host }) => host)).size;
  const who = `${plural(size, 'rank')} on ${plural(hosts, 'host')}`;
  const how = HOW_STARTED[launcher] ?? `started together by ${launcher}`;
  const clocks = members.flatMap(({ clockOffsetNs }) => (clockOffsetNs === null ? [] : [Math.abs(clockOffsetNs)]));
  const offset = clocks.length < 2 ? '' : `, clocks within ${formatDurationNs(Math.max(...clocks))} of rank 0`;
  const part = rank === undefined ? '' : `; this is the part of rank ${rank}`;
  return [`group: ${who}, ${how}${offset}${part}`];
}

/** Returns a line for each arm that machines measured together. */
export function groupLines({ run, summaries }: RunView): GroupLine[] {
  const problem = run?.group?.problem;
  const ended: GroupLine[] = problem === undefined ? [] : [{ text: `the group ended early: ${problem}`, tone: 'bad' }];
  return [...ended, ...summaries.flatMap((summary) => lineOf(summary, summaries.length > 1))];
}

function lineOf({ group, arm }: ArmSummary, isNamed: boolean): GroupLine[] {
  if (group === null) return [];
  const { ranks, slowest, commonNs, longestNs, firstDoneNs, lastDoneNs, startSkewNs } = group;
  const name = isNamed ? `${arm.id}: ` : '';
  const together =
    longestNs === 0 ? '' : ` for ${seconds(commonNs)} of ${seconds(longestNs)} s (${percent(commonNs / longestNs)})`;
  const done = `first done after ${formatDurationNs(firstDoneNs)}, last after ${formatDurationNs(lastDoneNs)}`;
  const slow = `slowest: ${rankText(slowest.rank, slowest.host)} at ${percent(slowest.ratio)} of the median`;
  return [
    {
      text: `${name}${ranks.length} ranks ran together${together}, started within ${formatDurationNs(startSkewNs)}; ${done}; ${slow}`,
      tone: slowest.isSlow ? 'bad' : 'plain',
    },
  ];
}

/** Returns the tables of ranks and hosts, for `show --detail`. */
export function groupTables({ run, summaries }: RunView): string[][] {
  const members = run?.group?.members ?? [];
  return summaries.flatMap(({ group, arm }) => {
    if (group === null) return [];
    const tables = [rankTable(group, arm.id, members), hostTable(group)];
    return tables.filter((lines) => lines.length > 0);
  });
}

function rankTable(group: GroupUse, arm: string, members: readonly GroupMember[]): string[] {
  const clocks = new Map(members.map((member) => [member.rank, member]));
  const rows = group.ranks.map((use) => [
    String(use.rank),
    use.host ?? '–',
    rateText(group, use),
    percent(use.ratio),
    formatDurationNs(use.startSkewNs),
    formatDurationNs(use.lastDoneNs),
    clockText(clocks.get(use.rank)),
    use.isSlow ? 'slow' : '',
  ]);
  const head = [
    'rank',
    'host',
    group.unit === 'bytes' ? 'throughput' : 'iops',
    'of median',
    'start',
    'done',
    'clock',
    '',
  ];
  const title = `${arm}: ranks, means of ${plural(group.trials, 'trial')}; fastest by slowest: ${group.imbalance.toFixed(2)}`;
  return [title, ...aligned([head, ...rows]).map((line) => line.trimEnd())];
}

function clockText(member: GroupMember | undefined): string {
  if (member === undefined || member.clockOffsetNs === null) return '–';
  const { clockOffsetNs, clockErrorNs } = member;
  const sign = clockOffsetNs < 0 ? '-' : '+';
  const error = clockErrorNs === null ? '' : ` ± ${formatDurationNs(clockErrorNs)}`;
  return `${sign}${formatDurationNs(Math.abs(clockOffsetNs))}${error}`;
}

function hostTable(group: GroupUse): string[] {
  const { hosts, anew } = group;
  if (hosts.length < 2) return [];
  const rows = hosts.map((use) => [use.host ?? '–', ranksText(use.ranks), rateText(group, use)]);
  const table = aligned([['host', 'ranks', group.unit === 'bytes' ? 'throughput' : 'iops'], ...rows]);
  return [...table.map((line) => line.trimEnd()), ...(anew === null ? [] : anewLines(group, anew))];
}

function anewLines(
  group: GroupUse,
  { hosts, betweenShare, varianceShare, low, high, confidence }: HostSpread,
): string[] {
  const rate = group.unit === 'bytes' ? formatThroughput : formatCount;
  const share = varianceShare === null ? '' : `, ${percent(varianceShare)} of the variance of one host in one trial`;
  return [
    `between hosts: a standard deviation of ${percent(betweenShare)} of their mean${share}`,
    `${hosts} other hosts of the same kind: ${rate(low)} to ${rate(high)} together (${percent(confidence)} prediction interval)`,
  ];
}

/** Neighbouring ranks are written as a range. */
function ranksText(ranks: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < ranks.length; ) {
    let end = at;
    while (ranks[end + 1] === (ranks[end] as number) + 1) end++;
    parts.push(end === at ? `${ranks[at]}` : `${ranks[at]}–${ranks[end]}`);
    at = end + 1;
  }
  return parts.join(', ');
}

function rateText({ unit }: Pick<GroupUse, 'unit'>, use: Pick<RankUse, 'throughputBytesPerSecond' | 'iops'>): string {
  return unit === 'bytes' ? formatThroughput(use.throughputBytesPerSecond) : formatCount(use.iops);
}

function seconds(ns: number): string {
  return (ns / 1e9).toFixed(1);
}
