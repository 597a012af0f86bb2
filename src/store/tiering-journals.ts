/**
 * The journals of changed tiering policies, below the results directory: a file for each volume. A journal exists from
 * before the first change until the original policy has been seen again. Only the process that holds the lock writes it.
 */
import { linkSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { currentProcess, type ProcessIdentity, type ProcessState, processState } from '../host/files/marker.js';
import { passingName } from '../host/files/own-names.js';
import { makeDirectories } from '../host/system/make-directories.js';
import { readTextFile } from '../host/system/regular-file.js';
import { decodeJournal, encodeJournal, type TieringJournal } from '../record/tiering-journal.js';
import { cannotRead } from './cannot-read.js';
import { cannotWrite, makeNamesDurable, replaceFile, writeDurably } from './durable-files.js';
import { TIERING_DIRECTORY } from './run-files.js';

const JOURNAL_NAME = /^(fsvol-[0-9a-f]+)\.json$/;

export interface FoundJournal {
  readonly path: string;
  readonly volumeId: string;
  /** null: it cannot be read, see `problem`. */
  readonly journal: TieringJournal | null;
  readonly problem: string | null;
  /** Whether the process that wrote it still runs. */
  readonly writer: ProcessState;
}

/** Returns the journals of a results directory, by volume. Empty when there are none. Throws `FeedrateError('store')`. */
export function findJournals(resultsDirectory: string): FoundJournal[] {
  const directory = resolve(resultsDirectory, TIERING_DIRECTORY);
  return namesIn(directory).flatMap((name): FoundJournal[] => {
    const volumeId = JOURNAL_NAME.exec(name)?.[1];
    return volumeId === undefined ? [] : [foundJournal(join(directory, name), volumeId)];
  });
}

function foundJournal(path: string, volumeId: string): FoundJournal {
  try {
    const journal = decodeJournal(readTextFile(path), path);
    if (journal.volumeId !== volumeId)
      throw new FeedrateError('store', `${path}: it is about the volume ${journal.volumeId}; rename it`);
    return { path, volumeId, journal, problem: null, writer: processState(journal.process) };
  } catch (thrown) {
    const problem = (thrown instanceof FeedrateError ? thrown : cannotRead(path, thrown)).message;
    return { path, volumeId, journal: null, problem, writer: 'unknown' };
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch (thrown) {
    // Without the right to look, nobody knows whether a volume waits for its policy.
    if (systemFaultOf(thrown).code !== 'ENOENT') throw cannotRead(directory, thrown);
    return [];
  }
}

/** The right to change a volume. */
export interface VolumeLock {
  /** Returns the journal of the volume as it is now; null: there is none. */
  read(): FoundJournal | null;
  /** Replaces the journal durably. Throws `FeedrateError('store')`. */
  save(journal: TieringJournal): void;
  /** Removes the journal, after the original policy has been seen. Throws `FeedrateError('store')`. */
  remove(): void;
  release(): void;
}

/**
 * Locks a volume. A lock has a number. Who finds the newest lock free, or its process dead, makes the one with the next
 * number, which the file system gives to one process only. The newest one is never removed, so no number comes twice.
 * @param trusted take the lock also from a process that may run elsewhere, because the user says that it has ended
 * @throws FeedrateError `usage` when another process holds it, and `store` when the directory cannot be written
 */
export function lockVolume(resultsDirectory: string, volumeId: string, trusted = false): VolumeLock {
  const directory = resolve(resultsDirectory, TIERING_DIRECTORY);
  const number = orRefuse(directory, () => {
    makeDirectories(directory);
    return takeLock(directory, volumeId, trusted);
  });
  const path = join(directory, `${volumeId}.json`);
  return {
    read: () => (namesIn(directory).includes(`${volumeId}.json`) ? foundJournal(path, volumeId) : null),
    save: (journal) => replaceFile(path, encodeJournal(journal)),
    remove: () =>
      orRefuse(path, () => {
        rmSync(path, { force: true });
        makeNamesDurable(directory);
      }),
    release: () =>
      replaceFile(lockPath(directory, volumeId, number), JSON.stringify({ ...currentProcess(), released: true })),
  };
}

function lockPath(directory: string, volumeId: string, number: number): string {
  return join(directory, `${volumeId}.lock-${number}`);
}

function takeLock(directory: string, volumeId: string, trusted: boolean): number {
  for (;;) {
    const locks = locksOf(directory, volumeId);
    const newest = locks.at(-1) ?? 0;
    // Without a journal, nothing was changed yet, so a process that cannot be seen from here does not matter.
    const isTrusted = trusted || !namesIn(directory).includes(`${volumeId}.json`);
    if (newest > 0) refuseHeld(lockPath(directory, volumeId, newest), volumeId, isTrusted);
    if (!linked(directory, lockPath(directory, volumeId, newest + 1))) continue;
    for (const number of locks) rmSync(lockPath(directory, volumeId, number), { force: true });
    return newest + 1;
  }
}

function locksOf(directory: string, volumeId: string): number[] {
  const prefix = `${volumeId}.lock-`;
  const numbers = namesIn(directory).flatMap((name) =>
    name.startsWith(prefix) ? [Number(name.slice(prefix.length))] : [],
  );
  return numbers.filter(Number.isSafeInteger).sort((a, b) => a - b);
}

/** Returns whether the lock was made. A link is complete from the first moment, and is made only where there is none. */
function linked(directory: string, path: string): boolean {
  const passing = join(directory, passingName('replacement', 'lock'));
  try {
    writeDurably(passing, JSON.stringify(currentProcess()));
    linkSync(passing, path);
    return true;
  } catch (thrown) {
    if (systemFaultOf(thrown).code === 'EEXIST') return false;
    throw thrown;
  } finally {
    rmSync(passing, { force: true });
  }
}

function refuseHeld(path: string, volumeId: string, trusted: boolean): void {
  const holder = holderOf(path);
  if (holder === 'released') return;
  const state = holder === null ? 'unknown' : processState(holder);
  if (state === 'dead' || (state === 'unknown' && trusted)) return;
  const who = holder === null ? 'another process' : `process ${holder.pid} on ${holder.hostname}`;
  const advice =
    state === 'alive'
      ? 'wait until it ends'
      : 'if it has ended, restore the volume with: feedrate fsx tiering --restore';
  throw new FeedrateError('usage', `volume ${volumeId} is being changed by ${who}; ${advice}`);
}

/** Returns the process that holds a lock. null: it cannot be read. */
function holderOf(path: string): ProcessIdentity | 'released' | null {
  try {
    const identity = JSON.parse(readTextFile(path)) as ProcessIdentity;
    return 'released' in identity
      ? 'released'
      : typeof identity?.pid === 'number' && typeof identity.hostname === 'string'
        ? identity
        : null;
  } catch {
    return null;
  }
}

function orRefuse<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (thrown) {
    throw thrown instanceof FeedrateError ? thrown : cannotWrite(path, thrown);
  }
}
