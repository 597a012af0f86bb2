/** Live progress on stderr: one redrawn line on a terminal, appended lines elsewhere, events as JSON, or nothing. */
import pc from 'picocolors';
import type { SessionEvent } from '../../trial/events.js';
import { CLOSE_LOOKS, type Looks } from '../../trial/live.js';
import type { ProgressMode } from '../options/arguments.js';
import { safeLine } from '../output/print.js';
import { createProgressState, type ProgressState } from './progress-state.js';
import { eventJson, fittedLine, plainLine, trialLine } from './progress-text.js';

/** The part of `process.stderr` that progress uses. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  /** Read at each draw, because the user may resize the terminal. */
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface Progress {
  /** How closely running trials must be observed for this mode. */
  readonly looks: Looks;
  handle(event: SessionEvent): void;
  /** Prints a line that stays, whatever the mode. */
  note(text: string): void;
  /** Removes the redrawn line, so that later output starts on an empty one. */
  close(): void;
}

export interface ProgressOptions {
  readonly totalTrials?: number | null;
  /** Time that the run will take; null if it is not known. */
  readonly expectedNs?: number | null;
  readonly nowMs?: () => number;
}

const REDRAW_EVERY_MS = 100;
const LINE_EVERY_MS = 5000;
/** Often enough for line progress and to notice an unresponsive target. */
const RARE_LOOKS: Looks = { everyMs: 1000, closely: true };
const DEFAULT_COLUMNS = 80;
/** Returns to the first column and erases the line. Terminals similar to Jupyter's support no other control sequence. */
const CLEAR_LINE = '\r\x1b[K';

/**
 * Returns the progress of a mode. `auto` redraws one line on a terminal and appends lines elsewhere. A Jupyter cell claims
 * to be a terminal but prints control sequences as text; `JPY_PARENT_PID` identifies it.
 * @param totalTrials trials of the whole plan. Default: learned from the events
 * @param expectedNs shown until the first event. Default: nothing
 * @param nowMs a monotonic clock, ms
 */
export function createProgress(
  mode: ProgressMode,
  stream: ProgressStream,
  environment: Readonly<Record<string, string | undefined>>,
  { totalTrials = null, expectedNs = null, nowMs = () => performance.now() }: ProgressOptions = {},
): Progress {
  const state = createProgressState(totalTrials, expectedNs);
  switch (mode) {
    case 'none':
      return {
        looks: { ...RARE_LOOKS, closely: false },
        handle: () => undefined,
        note: (text) => stream.write(`${safeLine(text)}\n`),
        close: () => undefined,
      };
    case 'json':
      return jsonProgress(stream);
    case 'line':
      return lineProgress(stream, state, nowMs);
    case 'auto':
      return canRedraw(stream, environment)
        ? redrawnProgress(stream, state, environment, nowMs)
        : lineProgress(stream, state, nowMs);
  }
}

function canRedraw(stream: ProgressStream, environment: Readonly<Record<string, string | undefined>>): boolean {
  return stream.isTTY === true && environment['JPY_PARENT_PID'] === undefined && environment['TERM'] !== 'dumb';
}

function jsonProgress(stream: ProgressStream): Progress {
  return {
    looks: CLOSE_LOOKS,
    handle: (event) => stream.write(`${safeLine(eventJson(event))}\n`),
    note: (text) => stream.write(`${safeLine(JSON.stringify({ type: 'note', text }))}\n`),
    close: () => undefined,
  };
}

/** Prints a line for each finished trial, and one every 5 s in between. */
function lineProgress(stream: ProgressStream, state: ProgressState, nowMs: () => number): Progress {
  let lastMs = nowMs();
  const write = (text: string): void => {
    stream.write(`${safeLine(text)}\n`);
    lastMs = nowMs();
  };
  if ((state.expectedNs ?? 0) >= LINE_EVERY_MS * 1e6) write(plainLine(state));
  return {
    looks: RARE_LOOKS,
    handle(event) {
      state.take(event);
      if (event.type === 'trial') write(trialLine(event.record, state));
      else if (nowMs() - lastMs >= LINE_EVERY_MS) write(plainLine(state));
    },
    note: write,
    close: () => undefined,
  };
}

/** Redraws one line in place. A failed trial leaves a permanent line, so the user need not wait for the table. */
function redrawnProgress(
  stream: ProgressStream,
  state: ProgressState,
  environment: Readonly<Record<string, string | undefined>>,
  nowMs: () => number,
): Progress {
  const colors = pc.createColors(!environment['NO_COLOR']);
  let drawnMs = Number.NEGATIVE_INFINITY;
  let visible = false;
  const draw = (): void => {
    stream.write(CLEAR_LINE + fittedLine(state, (stream.columns || DEFAULT_COLUMNS) - 1, colors));
    drawnMs = nowMs();
    visible = true;
  };
  const note = (text: string): void => {
    stream.write(`${visible ? CLEAR_LINE : ''}${safeLine(text)}\n`);
    if (visible) draw();
  };
  if ((state.expectedNs ?? 0) > 0) draw();
  return {
    looks: CLOSE_LOOKS,
    handle(event) {
      state.take(event);
      if (event.type === 'trial') {
        if (event.record.status === 'failed') note(trialLine(event.record, state));
      } else if (changesKind(event, state) || nowMs() - drawnMs >= REDRAW_EVERY_MS) draw();
    },
    note,
    close() {
      if (visible) stream.write(CLEAR_LINE);
      visible = false;
    },
  };
}

/** Returns whether an event starts a new phase. Such an event is drawn at once. */
function changesKind(event: SessionEvent, state: ProgressState): boolean {
  return event.type === 'prepare' || state.previousType !== event.type;
}
