/** A group that meets by files in a directory that all machines share. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { rankText } from '../base/rank-text.js';
import { formatDurationNs } from '../base/units.js';
import { currentProcess } from '../host/files/marker.js';
import { codeOf } from '../host/system/libc.js';
import { makeDirectories } from '../host/system/make-directories.js';
import { Coordinator } from './coordinator.js';
import type { FoundPlace } from './detect-launcher.js';
import { Follower } from './follower.js';
import type { Group } from './group.js';
import { afterHearing } from './hearing-time.js';
import { removeDeadMeetings } from './left-meetings.js';
import type { GroupLoss, GroupPatience } from './loss.js';
import { monotonicNs } from './monotonic.js';
import type { RankNote, Summary } from './note.js';
import { isOnNfs, NoteFile } from './note-file.js';
import { Pace } from './pace.js';
import { JOIN, type Party } from './party.js';
import { removeNotes } from './remove-notes.js';

export interface FilesGroupRequest {
  readonly place: FoundPlace;
  /** Is created if it does not exist. Holds nothing but the group's files. */
  readonly directory: string;
  readonly patience: GroupPatience;
  /** Called with a line for the user. */
  readonly tell: (text: string) => void;
}

/** The user is told whom the group waits for after this time, and then again this often. */
const TELL_NS = 30e9;
/** At most so many ranks are named in a line. */
const NAMED_RANKS = 4;
/** How long rank 0 waits for the others to close their files before it removes them, ms. */
const CLOSING_MS = 10_000;
const LOOK_MS = 200;

/**
 * Returns the group once all its ranks have come.
 * @throws FeedrateError `measurement` when they do not come, `target` when the directory cannot be used
 */
export async function openFilesGroup(request: FilesGroupRequest): Promise<Group> {
  const { directory, place } = request;
  let isDirect: boolean;
  try {
    makeDirectories(directory);
    if (place.rank === 0) removeDeadMeetings(dirname(directory));
    isDirect = await isOnNfs(directory);
  } catch (cause) {
    const message = `rank ${place.rank} cannot use ${directory} to meet the others: ${systemFaultOf(cause).message}`;
    throw new FeedrateError('target', message, { cause });
  }
  const group = new FilesGroup(request, isDirect);
  await group.joined().catch(async (thrown) => {
    await group.close();
    throw thrown;
  });
  return group;
}

interface Waiter {
  readonly resolve: (texts: readonly string[]) => void;
  readonly reject: (error: FeedrateError) => void;
}

class FilesGroup implements Group {
  readonly launcher;
  readonly rank;
  readonly size;
  readonly host = hostname();
  readonly foundIn;
  readonly #directory: string;
  readonly #tell: (text: string) => void;
  readonly #silentNs: number;
  /** By rank. */
  readonly #notes: readonly NoteFile<RankNote>[];
  readonly #summary: NoteFile<Summary>;
  readonly #party: Party;
  readonly #pace: Pace;
  readonly #lost = new AbortController();
  readonly #loop: Promise<void>;
  #meetingName: string = JOIN;
  #leftNs = 0;
  #waiting: Waiter | null = null;
  #wake: () => void = () => {};
  #isClosing = false;
  #closeBy = 0;
  #beat = 0;
  #written = '';
  #writtenSummary: Summary | null = null;
  /** Since when this rank cannot read or write; null: it can. */
  #failingNs: number | null = null;
  #tellNs: number | null = null;

  constructor({ place, directory, patience, tell }: FilesGroupRequest, isDirect: boolean) {
    this.launcher = place.launcher;
    this.rank = place.rank;
    this.size = place.size;
    this.foundIn = place.foundIn;
    this.#directory = directory;
    this.#tell = tell;
    this.#silentNs = patience.silentNs;
    this.#pace = new Pace(this.size, patience);
    const nonce = randomBytes(8).toString('hex');
    const self = { nonce, rank: this.rank, size: this.size, process: currentProcess() };
    this.#notes = Array.from(
      { length: this.size },
      (_, rank) => new NoteFile(join(directory, `rank-${rank}`), isDirect),
    );
    this.#summary = new NoteFile(join(directory, 'summary'), isDirect);
    this.#party = this.rank === 0 ? new Coordinator(self, patience) : new Follower(self, patience);
    this.#loop = this.#run();
  }

  get leftNs(): number {
    return this.#leftNs;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async joined(): Promise<void> {
    await this.#released();
  }

  meet(name: string, text = ''): Promise<readonly string[]> {
    this.#meetingName = name;
    this.#party.come(name, text);
    return this.#released();
  }

  abort(reason: string): void {
    this.#lose({ reason });
  }

  async close(): Promise<void> {
    if (!this.#isClosing) {
      this.#isClosing = true;
      this.#closeBy = performance.now() + CLOSING_MS;
      this.#party.close();
      this.#wake();
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, 2 * CLOSING_MS);
    });
    await Promise.race([this.#loop, late]);
    clearTimeout(timer);
    if (this.#lost.signal.aborted && this.#party.removes === 'none') await this.#untilRemoved();
  }

  /**
   * Launchers end all other ranks when one of them exits early. So this rank stays until rank 0, which removes the directory
   * when it has saved the run, needs it no longer.
   */
  async #untilRemoved(): Promise<void> {
    const endMs = performance.now() + CLOSING_MS;
    while (existsSync(this.#directory) && performance.now() < endMs) await sleep(LOOK_MS);
  }

  #released(): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#tellNs = null;
      if (this.#lost.signal.aborted) this.#settle();
      this.#wake();
    });
  }

  #lose(loss: GroupLoss): void {
    this.#party.fail(loss);
    this.#settle();
    this.#wake();
  }

  /** Lets this rank leave the meeting, or throws there, as soon as that is decided. */
  #settle(): void {
    const { loss, isReleased, summary } = this.#party;
    if (loss !== null && !this.#lost.signal.aborted) {
      this.#lost.abort(new FeedrateError('measurement', `the group has ended: ${loss.reason}`));
    }
    const waiting = this.#waiting;
    if (waiting === null || (loss === null && !isReleased)) return;
    this.#waiting = null;
    if (loss !== null) waiting.reject(this.#lost.signal.reason as FeedrateError);
    else {
      this.#leftNs = monotonicNs();
      waiting.resolve(summary?.texts ?? []);
    }
  }

  /** Reads and writes until the group is closed. Never throws. */
  async #run(): Promise<void> {
    while (!(await this.#turn())) await this.#pause();
    await Promise.all([...this.#notes, this.#summary].map((file) => file.close().catch(() => {})));
    const { removes } = this.#party;
    if (removes !== 'none') await removeNotes(this.#directory, this.rank, removes === 'all').catch(() => {});
  }

  /** Looks, acts and writes. Returns whether this rank may leave. */
  async #turn(): Promise<boolean> {
    const silent = { reason: `${this.#directory} has not answered for ${formatDurationNs(this.#silentNs)}` };
    const answered = afterHearing(this.#silentNs, () => this.#lose(silent));
    const nowNs = this.#pace.begin(monotonicNs());
    try {
      // The last note is written without a look, in case looks fail.
      if (!this.#isClosing || this.rank === 0) await this.#look(nowNs, this.#pace.fullLookDue());
      if (this.#pace.beatDue()) this.#beat++;
      await this.#write();
      this.#failingNs = null;
    } catch (thrown) {
      this.#failingNs ??= nowNs;
      const isHopeless = this.#written === '' || codeOf(thrown) === 'ENOENT';
      if (isHopeless || nowNs - this.#failingNs >= this.#silentNs) this.#loseDirectory(thrown as Error);
    } finally {
      answered();
    }
    this.#settle();
    this.#tellWhoIsAwaited(nowNs);
    return this.#isClosing && (!this.#party.isUsed || performance.now() > this.#closeBy);
  }

  async #look(nowNs: number, all: boolean): Promise<void> {
    const ranks = this.#party.ranksToRead(all);
    const notes = await Promise.all(ranks.map(async (rank) => [rank, await readable(this.#notes[rank])] as const));
    this.#party.look(new Map(notes), nowNs);
    if (this.#party.needsSummary) this.#party.take(await readable(this.#summary));
  }

  async #write(): Promise<void> {
    const note = this.#party.note(this.#beat);
    const text = JSON.stringify(note);
    if (text === this.#written) return;
    const { ownSummary } = this.#party;
    if (ownSummary !== null && ownSummary !== this.#writtenSummary) {
      await this.#summary.write(ownSummary);
      this.#writtenSummary = ownSummary;
    }
    await this.#notes[this.rank]?.write(note);
    this.#written = text;
  }

  #loseDirectory(error: Error): void {
    const isGone = codeOf(error) === 'ENOENT';
    const what = isGone ? `${this.#directory} is gone, so the group has ended without it` : error.message;
    this.#lose({ reason: `${rankText(this.rank, this.host)}: ${what}` });
  }

  #tellWhoIsAwaited(nowNs: number): void {
    this.#tellNs ??= nowNs + TELL_NS;
    if (this.#waiting === null || nowNs < this.#tellNs) return;
    this.#tellNs = nowNs + TELL_NS;
    const awaited = this.#party.awaitedNames;
    if (awaited.length === 0) return;
    const others = awaited.length - NAMED_RANKS;
    const named = awaited.slice(0, NAMED_RANKS).join(', ') + (others > 0 ? ` and ${others} others` : '');
    const where = this.#meetingName === JOIN ? `; all ranks must have the same ${this.#directory}` : '';
    this.#tell(`waiting at '${this.#meetingName}' for ${awaited.length} of ${this.size} ranks: ${named}${where}`);
  }

  #pause(): Promise<void> {
    const isWaiting = this.#waiting !== null || this.#isClosing;
    const state = isWaiting ? (this.#party.isLeaving ? 'leaving' : 'waiting') : 'working';
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#pace.sleepMs(state));
      // A program that forgets to leave the group still ends.
      if (!isWaiting) timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Returns what a file holds, or null if it cannot be read now: servers stop for a while, and networks fail. */
async function readable<T extends RankNote | Summary>(file: NoteFile<T> | undefined): Promise<T | null> {
  try {
    return (await file?.read()) ?? null;
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') throw thrown;
    return null;
  }
}
