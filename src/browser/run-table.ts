/** The rows of the list of runs. */
import { formatThroughput } from '../base/units.js';
import type { ServedRun } from '../page/served.js';
import { element, link } from './elements.js';

/** How a status looks; others are plain. */
const TONES: Readonly<Record<string, string>> = {
  complete: 'good',
  running: 'running',
  failed: 'bad',
  killed: 'bad',
  unknown: 'bad',
  aborted: 'warning',
};

/** Returns the row of a run. `choose` is called when its box is ticked or cleared. */
export function runRow(run: ServedRun, isChosen: boolean, choose: (isChosen: boolean) => void): HTMLTableRowElement {
  const { id, shortName, status, startedAt, best, problem } = run;
  const box = element('input', '');
  box.type = 'checkbox';
  box.value = id;
  box.checked = isChosen;
  // Without `run.json` there is nothing to compare.
  box.disabled = run.workload === null;
  box.setAttribute('aria-label', `Compare ${shortName}`);
  box.addEventListener('change', () => choose(box.checked));
  const isRunning = status === 'running';
  const name = element('th', '', '', link(shortName, isRunning ? 'live' : 'run', { id }));
  name.scope = 'row';
  name.title = id;
  const state = element('td', TONES[status] ?? '', status);
  if (problem !== null) state.title = problem;
  return element(
    'tr',
    '',
    '',
    element('td', '', '', box),
    name,
    element('td', 'time', startedAt?.slice(0, 16).replace('T', ' ') ?? '–'),
    state,
    element('td', '', `${run.workload ?? '–'}${run.isCalibration ? ' (calibration)' : ''}`),
    element('td', 'r', trialsText(run), ...failedTrials(run)),
    element('td', 'r', best === null ? '–' : formatThroughput(best.bytesPerSecond)),
    element('td', 'name', best?.arm ?? '–'),
    element('td', 'name', placesText(run)),
  );
}

function trialsText({ doneTrials, totalTrials }: ServedRun): string {
  if (totalTrials === null) return '–';
  return doneTrials === null || doneTrials === totalTrials ? String(totalTrials) : `${doneTrials} of ${totalTrials}`;
}

function failedTrials({ failedTrials: failed }: ServedRun): Node[] {
  return failed === 0 ? [] : [element('span', 'bad', ` ${failed} failed`)];
}

function placesText({ targets, labels }: ServedRun): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return [...targets.map(({ path }) => path), ...pairs].join(', ') || '–';
}
