/** Prints the answer of `feedrate feed`, or what it would do. */
import { shellWord } from '../../base/shell-word.js';
import { formatBytes, formatDurationNs, formatWhole } from '../../base/units.js';
import { visibleText } from '../../base/visible-text.js';
import { needStatus } from '../../gate/feed-need.js';
import { movingNs } from '../../plan/assumed-rate.js';
import { wantedSteps } from '../../plan/feed-data.js';
import { answeredFeed, ranksOnHosts } from '../../report/feed/feed-answer.js';
import { renderFeed } from '../../report/feed/render-feed.js';
import type { FeedPlan } from '../../run/feed-plan.js';
import type { FeedRequest } from '../../run/feed-request.js';
import type { FeedOutcome } from '../../run/feed-run.js';
import { print, tell } from '../output/print.js';
import { stdoutOptions } from './output.js';

/** Prints the answer as far as there is one, and returns the exit status. Throws the problem if there is no answer. */
export function printFeed(
  { record, run, problem }: FeedOutcome,
  { need }: Pick<FeedRequest, 'need'>,
  format: 'table' | 'json',
  command: readonly string[],
): number {
  if (record === null) throw problem;
  print(renderFeed(record, answeredFeed(record, command), format, stdoutOptions()));
  if (problem === null) return needStatus(record, need);
  tell(`feedrate: ${problem.message}`);
  if (run !== null) tell(`what was measured is saved: feedrate show ${shellWord(run.directory)}`);
  return problem.exitStatus;
}

const DRY_RUN_VERSION = 1;
/** Numbers of readers of a usual ramp, each measured three times, and trials of usual emulations. */
const USUAL_RUNGS = 6;
const PASSES = 3;
const USUAL_EMULATIONS = 6;
const SESSION_NS = 0.8e9;

/** Prints what would be measured. Nothing was written, apart from a probe that is removed again. */
export function printFeedPlan(request: FeedRequest, plan: FeedPlan, format: 'table' | 'json'): void {
  const { model, budgetNs } = request;
  const { target, source, ranks, hosts } = plan;
  const mostReaders = plan.mostReaders * ranks;
  const expectedNs = expectedTime(request, plan);
  if (format === 'json') {
    const group = ranks === 1 ? {} : { group: { ranks, hosts } };
    const asked = { model, target, ...group, source };
    const report = { dryRunVersion: DRY_RUN_VERSION, ...asked, mostReaders, expectedNs, budgetNs };
    print(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const seconds = (ns: number) => formatDurationNs(Math.round(ns / 1e9) * 1e9);
  const data = source.kind === 'existing' ? `your own files in ${source.path}` : generatedText(source.data);
  const lines = [
    `would measure how many ${model.name} ${target.path} (${target.fileSystem}) feeds`,
    ...(ranks === 1
      ? []
      : [
          `${ranksOnHosts({ ranks, hosts })} measure together; each has the same number of readers and of accelerators`,
        ]),
    `data: ${data}`,
    `1. readers: ${ranks}, ${2 * ranks}, ${4 * ranks}, … up to ${mostReaders}, until twice as many read less than 5 % faster`,
    `2. prediction: the AU of any number of accelerators, with samples of ${formatBytes(model.recordBytes)}, ` +
      `batches of ${formatWhole(model.batchSize)} and ${formatDurationNs(model.computeNs)} a step`,
    `3. emulation: the most accelerators that pass and ${ranks === 1 ? 'the next number' : `${ranks} more`}, in alternating rounds, until it is decided`,
    `expected time: about ${seconds(expectedNs.layout + expectedNs.ramp + expectedNs.emulation)} ` +
      `(data ${seconds(expectedNs.layout)}, readers ${seconds(expectedNs.ramp)}, emulation ${seconds(expectedNs.emulation)}); ` +
      `at most ${formatDurationNs(budgetNs)}`,
  ];
  print(`${lines.map(visibleText).join('\n')}\n`);
}

function generatedText({ files, samplesPerFile, bytes, limitedBy }: GeneratedData): string {
  const each = samplesPerFile === 1 ? '' : ` of ${formatWhole(samplesPerFile)} samples`;
  const limit = limitedBy === null ? '' : ` (limited by ${limitedBy})`;
  return `at most ${formatWhole(files)} files${each}, ${formatBytes(bytes)}, generated as far as they are needed${limit}`;
}

type GeneratedData = Extract<FeedPlan['source'], { kind: 'generated' }>['data'];

function expectedTime({ model }: FeedRequest, { source, rates, rampTrialNs }: FeedPlan) {
  const layout =
    source.kind === 'generated' && rates !== null ? movingNs(rates.layout, source.data.bytes, source.data.files) : 0;
  const stepsNs = wantedSteps(model.computeNs, model.readThreads) * model.computeNs;
  return {
    layout,
    ramp: (USUAL_RUNGS + 2) * SESSION_NS + USUAL_RUNGS * PASSES * rampTrialNs,
    emulation: SESSION_NS + USUAL_EMULATIONS * (stepsNs / model.leastAu),
  };
}
