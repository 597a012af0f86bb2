import { FeedrateError } from '../base/errors.js';
import { INTERRUPTIONS } from '../base/interruptions.js';
import { type Found, type ScannedDataset, scannedIn } from '../plan/planned-dataset.js';
import type { TrialRecord } from '../record/trial-record.js';
import type { Meet } from '../trial/common-start.js';
import type { SessionEvent } from '../trial/events.js';
import type { SessionOptions } from '../trial/session.js';
import { type HeadStart, startSession } from './head-start.js';
import { sendImage } from './image-transfer.js';
import type { FromSession, SentDataset, ToSession } from './session-messages.js';
import type { ProcessEnd, StartedProcess } from './started-process.js';

/** A killed process ends within this time unless it is blocked in the kernel. */
const LEAVE_AFTER_MS = 3000;

/** The session ended because its run directory can no longer be used. */
export class ResultsLost extends FeedrateError {
  /** A trial that could not be saved, or null. */
  readonly unsaved: TrialRecord | null;

  constructor(message: string, unsaved: TrialRecord | null) {
    super('measurement', message);
    this.unsaved = unsaved;
  }
}

/** Runs and stops the sessions of one run, one process after the other. */
export class SessionRunner {
  #process: StartedProcess | null = null;
  #stopping = false;
  #killed = false;
  readonly #onOutput: (text: string) => void;
  readonly #headStart: HeadStart | undefined;

  /**
   * @param onOutput called with what a session process has written to stdout and stderr, when it has ended
   * @param headStart holds the first session's process. Default: every process is started when its session begins
   */
  constructor(onOutput: (text: string) => void, headStart?: HeadStart) {
    this.#onOutput = onOutput;
    this.#headStart = headStart;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Whether a session process was killed, so that its scratch files may still exist. */
  get killed(): boolean {
    return this.#killed;
  }

  /** Ends the session after the current operation. Results so far are kept. */
  stop(): void {
    this.#stopping = true;
    this.#send({ type: 'stop' });
  }

  /** Kills the session at once. Abandons a process that is blocked in the kernel. */
  kill(): void {
    this.#stopping = true;
    this.#killed = true;
    const killed = this.#process;
    killed?.kill();
    setTimeout(() => killed?.leave(), LEAVE_AFTER_MS).unref();
  }

  #send(message: ToSession): void {
    this.#process?.send(message);
  }

  /**
   * Runs one session to its end. Throws `FeedrateError('measurement')` when it failed as a whole.
   * @param remount remounts a target and returns a message when it failed; null: cold trials are not preceded by a remount
   * @param meet meets the other ranks of the group for the session. Default: it measures alone
   */
  async run(
    { dataset, ...options }: SessionOptions,
    runDirectory: string,
    onEvent: (event: SessionEvent) => void,
    remount: ((target: string) => Promise<string | null>) | null,
    meet?: Meet,
  ): Promise<void> {
    const session = this.#headStart?.takeSession() ?? startSession();
    this.#process = session;
    let failure: Failed | null = null;
    session.child?.on('message', (message: FromSession) => {
      if (message.type === 'event') onEvent(message.event);
      else if (message.type === 'remount')
        void remount?.(message.target).then((problem) => this.#send({ type: 'remounted', problem }));
      else if (message.type === 'meet')
        void meet?.(message.purpose, message.text, message.problem).then((met) => this.#send({ type: 'met', met }));
      else if (message.type === 'failed') failure = message;
    });
    this.#send({ type: 'start', options, dataset: sentDataset(dataset), runDirectory, remounts: remount !== null });
    await sendImages(imagesOf(dataset), session);
    const end = await session.ended;
    this.#process = null;
    if (session.output !== '') this.#onOutput(session.output);
    if (end.signal !== null) this.#killed = true;
    // Ctrl-C goes to all processes of a terminal and also ends a session that has only just started.
    if (INTERRUPTIONS.some((interruption) => interruption === end.signal)) this.#stopping = true;
    if (!(this.#stopping && end.signal !== null)) throwFailure(failure, end);
  }
}

function sentDataset(dataset: SessionOptions['dataset']): SentDataset | null {
  if (dataset === null || dataset.kind === 'generated') return dataset;
  const images = imagesOf(dataset).map(({ byteLength }) => byteLength);
  const scanned = scannedIn(dataset);
  const { found, ...declared } = scanned ?? { found: new Map<string, Found>() };
  const ofScan = scanned === null ? null : (declared as Omit<ScannedDataset, 'found'>);
  const recorded = dataset.kind === 'recorded' ? { declared: dataset.declared, path: dataset.trace.path } : null;
  return { kind: 'sent', images, targets: [...found.keys()], scanned: ofScan, recorded };
}

/** Returns the memory of a dataset: the trace, and what was found in each target. */
function imagesOf(dataset: SessionOptions['dataset']): SharedArrayBuffer[] {
  const found = [...(scannedIn(dataset)?.found.values() ?? [])].map(({ image }) => image);
  return dataset?.kind === 'recorded' ? [dataset.image, ...found] : found;
}

async function sendImages(images: readonly SharedArrayBuffer[], session: StartedProcess): Promise<void> {
  for (const [number, image] of images.entries())
    await sendImage(new Uint8Array(image), number, (part) => session.sent(part));
}

type Failed = Extract<FromSession, { type: 'failed' }>;

function throwFailure(failure: Failed | null, { reason }: ProcessEnd): void {
  if (failure?.defect) throw new Error(failure.message);
  if (failure?.lostResults) throw new ResultsLost(failure.message, failure.unsaved);
  if (failure !== null) throw new FeedrateError('measurement', failure.message);
  if (reason !== null)
    throw new FeedrateError('measurement', `the measuring process ${reason}; earlier trials are saved`);
}
