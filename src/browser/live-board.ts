/** What a running run does: progress, rates and latencies, with the last minutes of each. */

import type { LiveRates, LiveStatus } from '../base/live-status.js';
import { formatCount, formatDurationNs, formatThroughput } from '../base/units.js';
import type { ServedLive } from '../page/served.js';
import { element, setText } from './elements.js';
import { SparkLine } from './spark-line.js';

/** From here on, a trial in which nothing completes is worth a word. */
const QUIET_NS = 2e9;

interface FigureRow {
  readonly label: string;
  readonly value: (rates: LiveRates) => number | null;
  readonly format: (value: number) => string;
  /** Whether it is shown although it has never had a value, and why it may have none. */
  readonly isAlways: boolean;
  readonly absent: string;
}

const FIGURES: readonly FigureRow[] = [
  { label: 'throughput', value: bytesOf, format: formatThroughput, isAlways: true, absent: 'this job moves no bytes' },
  { label: 'operations', value: (rates) => rates.opsPerSecond, format: opsText, isAlways: true, absent: '' },
  {
    label: 'p99 of this trial',
    value: (rates) => rates.p99Ns,
    format: formatDurationNs,
    isAlways: true,
    absent: 'not observed with --progress none',
  },
  {
    label: 'NFS round trip',
    value: (rates) => rates.roundTripNs,
    format: formatDurationNs,
    isAlways: false,
    absent: '',
  },
  { label: 'NFS queue', value: (rates) => rates.queueNs, format: formatDurationNs, isAlways: false, absent: '' },
];

function opsText(perSecond: number): string {
  return `${formatCount(perSecond)}/s`;
}

function bytesOf({ bytesPerSecond, opsPerSecond }: LiveRates): number | null {
  // Jobs on directory entries move no bytes.
  return bytesPerSecond === 0 && opsPerSecond > 0 ? null : bytesPerSecond;
}

interface Figure {
  readonly row: FigureRow;
  readonly box: HTMLElement;
  readonly value: HTMLElement;
  readonly most: HTMLElement;
  readonly spark: SparkLine;
}

export class LiveBoard {
  readonly element = element('div', 'live-view');
  readonly #step = element('p', 'step');
  readonly #place = element('p', 'place');
  readonly #whole = progressBar('trials of the run');
  readonly #part = progressBar('this step');
  readonly #figures: readonly Figure[] = FIGURES.map(figureOf);

  constructor() {
    const figures = element('dl', 'live-figures', '', ...this.#figures.map(({ box }) => box));
    const bars = element('div', 'bars', '', this.#whole, this.#part);
    const legend = element('p', 'place', 'The curves begin at 0 and show the last three minutes at most.');
    this.element.append(this.#step, this.#place, bars, figures, legend);
  }

  show({ status }: ServedLive): void {
    setText(this.#step, status === null ? 'starting' : stepText(status));
    setText(this.#place, status === null ? '' : placeText(status));
    const { doneTrials = 0, totalTrials = 0, fraction = null, now = null, recent = [] } = status ?? {};
    const isTrial = now !== null;
    this.#whole.value = totalTrials === 0 ? 0 : (doneTrials + (isTrial ? (fraction ?? 0) : 0)) / totalTrials;
    this.#part.hidden = fraction === null;
    this.#part.value = fraction ?? 0;
    for (const { row, box, value, most, spark } of this.#figures) {
      const current = now === null ? null : row.value(now);
      const highest = spark.draw(recent);
      setText(value, current === null ? '–' : row.format(current));
      setText(most, highest !== '' ? `up to ${highest}` : isTrial ? row.absent : '');
      box.hidden = !row.isAlways && current === null && highest === '';
    }
  }
}

/** Returns what the run does, in a line that changes seldom. */
function stepText({ doing, arm, target }: LiveStatus): string {
  const what = arm ?? target;
  return what === null ? doing : `${doing}: ${what}`;
}

function placeText({ doneTrials, totalTrials, leftNs, etaNs, quietNs }: LiveStatus): string {
  const trial = `trial ${Math.min(doneTrials + 1, totalTrials)} of ${totalTrials}`;
  const left = leftNs === null ? [] : [`this step ends in ${secondsText(leftNs)}`];
  const eta = etaNs === null ? [] : [`the run ends in ${secondsText(etaNs)}`];
  const quiet =
    quietNs === null || quietNs < QUIET_NS ? [] : [`no operation has completed for ${formatDurationNs(quietNs)}`];
  return [trial, ...left, ...eta, ...quiet].join(', ');
}

/** An estimate is not exact to parts of a second. */
function secondsText(ns: number): string {
  return formatDurationNs(Math.ceil(ns / 1e9) * 1e9);
}

function progressBar(label: string): HTMLProgressElement {
  const bar = element('progress', '');
  bar.max = 1;
  bar.setAttribute('aria-label', label);
  return bar;
}

function figureOf(row: FigureRow): Figure {
  const { label, value: of, format } = row;
  const value = element('strong', '');
  const most = element('span', '');
  const spark = new SparkLine(label, of, format);
  const box = element('div', '', '', element('dt', '', label), element('dd', '', '', value, most, spark.element));
  return { row, box, value, most, spark };
}
