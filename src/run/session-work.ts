/** What the process of a session does: it measures and appends to the run directory. */
import { FeedrateError, isSystemError } from '../base/errors.js';
import { warmClockCost } from '../engine/core/clock.js';
import { WorkerPool } from '../engine/pool.js';
import { libc } from '../host/system/libc.js';
import { decodeIndex } from '../plan/index-image.js';
import type { PlannedDataset } from '../plan/planned-dataset.js';
import type { TrialRecord } from '../record/trial-record.js';
import { openRun } from '../store/run-store.js';
import type { Meet } from '../trial/common-start.js';
import { watchMachine } from '../trial/machine-watch.js';
import { Session, type SessionOptions, type SessionSink } from '../trial/session.js';
import { ReceivedImages } from './image-transfer.js';
import type { FromSession, SentDataset, ToSession } from './session-messages.js';
import { traceIn } from './trace-image.js';

function tell(message: FromSession): void {
  if (process.connected) process.send?.(message);
}

/** Resolves when the message was sent, or cannot be sent. An unsaved trial may be larger than the pipe. */
function told(message: FromSession): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, {}, () => resolve());
    else resolve();
  });
}

/**
 * Asks the parent, and returns its answer of this type.
 * @param lost the answer when the parent has ended, perhaps before it was asked
 */
function ask<T extends ToSession['type']>(
  question: FromSession,
  type: T,
  lost: Extract<ToSession, { type: T }>,
): Promise<Extract<ToSession, { type: T }>> {
  // The event that tells of the end may be over, so nobody would answer.
  if (!process.connected) return Promise.resolve(lost);
  return new Promise((resolve) => {
    const end = (answer: Extract<ToSession, { type: T }>) => {
      process.off('message', hear).off('disconnect', lose);
      resolve(answer);
    };
    const hear = (message: ToSession) => {
      if (message.type === type) end(message as Extract<ToSession, { type: T }>);
    };
    const lose = () => end(lost);
    process.on('message', hear).on('disconnect', lose);
    tell(question);
  });
}

const PARENT_ENDED = 'the coordinating process has ended';

/** Requests a remount from the parent, which is not killed with the session. Throws `FeedrateError('measurement')`. */
async function remount(target: string): Promise<void> {
  const lost = { type: 'remounted', problem: `the remount failed because ${PARENT_ENDED}` } as const;
  const { problem } = await ask({ type: 'remount', target }, 'remounted', lost);
  if (problem !== null) throw new FeedrateError('measurement', problem);
}

/** Meets the other ranks of the group through the parent. */
const meet: Meet = async (purpose, text, problem) => {
  const lost = { type: 'met', met: { refusal: PARENT_ENDED } } as const;
  return (await ask({ type: 'meet', purpose, text, problem }, 'met', lost)).met;
};

/** Returns the exit status. */
async function start(message: Extract<ToSession, { type: 'start' }>, pool: WorkerPool | null): Promise<number> {
  const { runDirectory, remounts } = message;
  let unsaved: TrialRecord | null = null;
  try {
    const received = receivedDataset(message.dataset);
    const options: SessionOptions = { ...message.options, dataset: await received };
    const store = openRun(runDirectory);
    const append = (record: TrialRecord) => {
      unsaved = record;
      store.appendTrial(record);
      unsaved = null;
    };
    await measure(options, { append, keepPart: (part) => store.keepPart(part) }, remounts, pool);
    return 0;
  } catch (thrown) {
    const defect = !(thrown instanceof FeedrateError || isSystemError(thrown));
    const lostResults = thrown instanceof FeedrateError && thrown.code === 'store';
    const message =
      thrown instanceof Error ? (defect ? (thrown.stack ?? thrown.message) : thrown.message) : String(thrown);
    await told({ type: 'failed', message, defect, lostResults, unsaved });
    return 1;
  } finally {
    if (process.connected) process.disconnect();
  }
}

/** Resolves with the dataset, when what was found of its files has come. */
async function receivedDataset(sent: SentDataset | null): Promise<PlannedDataset | null> {
  if (sent === null || sent.kind === 'generated') return sent;
  const received = new ReceivedImages(sent.images);
  const take = (message: ToSession) => {
    if (message.type === 'part') received.take(message);
  };
  process.on('message', take);
  const memories = await received.complete;
  process.off('message', take);
  const { recorded, targets } = sent;
  const [first] = memories;
  const ofTargets = recorded === null ? memories : memories.slice(1);
  const found = targets.map((target, i) => [target, decodeIndex(ofTargets[i] as SharedArrayBuffer)] as const);
  const scanned = sent.scanned && { ...sent.scanned, found: new Map(found) };
  if (recorded === null) return scanned;
  const image = first as SharedArrayBuffer;
  return { kind: 'recorded', declared: recorded.declared, ...traceIn(image, recorded.path), scanned };
}

async function measure(
  options: SessionOptions,
  { append, keepPart }: Required<Pick<SessionSink, 'append' | 'keepPart'>>,
  remounts: boolean,
  pool: WorkerPool | null,
): Promise<void> {
  const sink: SessionSink = {
    emit: (event) => tell({ type: 'event', event }),
    append,
    keepPart,
    ...(options.place !== undefined && { meet }),
    ...(remounts && { remount: ({ name }) => remount(name) }),
  };
  const session = new Session(options, sink, pool);
  process.on('message', (message: ToSession) => {
    if (message.type === 'stop') session.stop();
  });
  // The parent has ended, perhaps killed: stop measuring and clean up.
  process.on('disconnect', () => session.stop());
  await session.run();
}

/** Starts threads. Returns null when the system refuses: the session tries again, and says why. */
function startedPool(threads: number): WorkerPool | null {
  try {
    return new WorkerPool(threads);
  } catch {
    return null;
  }
}

/**
 * Measures when the parent asks for it, and resolves with the exit status of the process.
 * @param early the messages that came while this module was loaded
 */
export function serve(early: readonly ToSession[]): Promise<number> {
  let pool: WorkerPool | null = null;
  const ended = new Promise<number>((resolve) => {
    const hear = (message: ToSession) => {
      if (message.type === 'threads') pool = startedPool(message.threads);
      if (message.type !== 'start') return;
      process.off('message', hear);
      void start(message, pool).then(resolve);
    };
    process.on('message', hear);
  });
  tell({ type: 'ready' });
  // The worker threads start while this one loads the rest of what every session needs.
  for (const message of early) process.emit('message', message, undefined);
  libc();
  warmClockCost();
  watchMachine();
  return ended;
}
