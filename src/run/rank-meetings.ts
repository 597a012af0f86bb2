/** The meetings of the ranks of a group in a run. All ranks go to the same meetings, whatever happens to each of them. */
import { type ErrorCode, EXIT, FeedrateError } from '../base/errors.js';
import { rankText } from '../base/rank-text.js';
import type { Group } from '../group/group.js';
import type { Meet } from '../trial/common-start.js';

/** From the end of a meeting to the common start of a trial. The session's process is told within it, and its workers wake up. */
const START_LEAD_NS = 25_000_000;

/** Texts of meetings are short. */
const LONGEST_PROBLEM = 1000;

/** How a rank's run is over. `time-up`: it is complete without its last trials, because the time that it was given is up. */
export type RankEnd = 'complete' | 'time-up' | 'stopped' | 'failed';

/** Why a rank is about to end early; null: it goes on. */
export type EarlyEnd = 'time-up' | 'stopped' | null;

/** What a rank says at a meeting. */
interface Said {
  /** Where it is in its run, such as the id of the trial that it is ready for. */
  readonly at: string;
  /** Absent: its run goes on. */
  readonly end?: RankEnd;
  /** Why it stopped, failed, or cannot start. */
  readonly problem?: string;
  readonly code?: ErrorCode;
  readonly text?: string;
}

/** How the run of the group ended. */
export interface GroupEnd {
  readonly end: RankEnd;
  /** Names the rank and its host; null: the run is complete. */
  readonly reason: string | null;
  /** The rank that ended it; null: none, or nobody knows. */
  readonly rank: number | null;
}

/** How the sessions of one rank keep step with those of the others. */
export interface SessionMeetings {
  /** How the run ended for all ranks; null: it goes on. */
  readonly over: GroupEnd | null;
  readonly isEndedByOther: boolean;
  attend(ending: () => EarlyEnd, onLost: () => void): void;
  readonly forSession: Meet;
  end(end: RankEnd, problem: string | null): Promise<GroupEnd>;
  abandon(reason: string): void;
}

export class RankMeetings implements SessionMeetings {
  readonly group: Group;
  #count = 0;
  #hosts: readonly string[] = [];
  #broken: FeedrateError | null = null;
  #over: GroupEnd | null = null;
  #hasWritten = false;
  #isThrown = false;
  /** What rank 0 said of its own fault, if it had one. */
  #toldByFirst: string | null = null;
  #ending: () => EarlyEnd = () => null;
  #onLost: () => void = () => {};
  #abandon: (error: FeedrateError) => void = () => {};
  readonly #abandoned: Promise<never>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(group: Group) {
    this.group = group;
    this.#abandoned = new Promise((_, reject) => {
      this.#abandon = reject;
    });
    this.#abandoned.catch(() => undefined);
    group.lost.addEventListener('abort', () => {
      const { reason } = group.lost;
      this.#break(reason instanceof FeedrateError ? reason : new FeedrateError('measurement', String(reason)));
      this.#onLost();
    });
  }

  /** Whether the run of the group ended because of another rank. */
  get isEndedByOther(): boolean {
    return this.#over !== null && !isComplete(this.#over) && this.#over.rank !== this.group.rank;
  }

  /** How the run of the group ended; null: it goes on. */
  get over(): GroupEnd | null {
    return this.#over;
  }

  /** Whether a rank is dead or was abandoned, so that no meeting can follow. */
  get isBroken(): boolean {
    return this.#broken !== null;
  }

  /** Returns the rank and its host, for messages. */
  nameOf(rank: number): string {
    return rankText(rank, this.#hosts[rank]);
  }

  /**
   * Connects the sessions of this rank.
   * @param ending why this rank is about to end early, which it tells the others at its next meeting
   * @param onLost called when the group breaks up, also between two meetings
   */
  attend(ending: () => EarlyEnd, onLost: () => void): void {
    this.#ending = ending;
    this.#onLost = onLost;
  }

  /** Learns the names of the ranks' machines. */
  know(hosts: readonly string[]): void {
    this.#hosts = hosts;
  }

  /**
   * Exchanges a text. Throws `FeedrateError` when a rank cannot go on or the group is broken, with the code of the rank's
   * own error.
   */
  async exchange(at: string, text: string): Promise<readonly string[]> {
    const early = this.#ending();
    const said = await this.#meet({ at, text, ...(early !== null && { end: early }) });
    const end = this.#endOf(said);
    if (end === null) return said.map(({ text: told = '' }) => told);
    this.#over = end;
    const code = said.find((each) => each.end === end.end)?.code ?? CODES[end.end];
    throw new PeerError(code, end.reason ?? 'a rank has ended');
  }

  /**
   * Tells the other ranks that this one cannot go on, unless the run is over for all. Never throws.
   * @param isTimeUp whether that is only because the time that the run was given is up
   */
  async refuse(thrown: unknown, isTimeUp = false): Promise<void> {
    if (this.#over !== null || this.#broken !== null) return;
    const code = thrown instanceof FeedrateError ? thrown.code : 'measurement';
    const problem = problemOf(thrown);
    const end = code !== 'interrupted' ? 'failed' : isTimeUp ? 'time-up' : 'stopped';
    try {
      const said = await this.#meet({ at: 'refusal', end, problem, code });
      this.#over = this.#endOf(said);
      this.#toldByFirst = said[0]?.problem ?? null;
    } catch {
      // This rank has a fault of its own to report.
    }
  }

  /** Meets for a session of this rank: see `Meet`. */
  readonly forSession: Meet = async (purpose, text, fault) => {
    if (this.#over !== null) return { refusal: this.#over.reason ?? 'the run is over' };
    const at = purpose.at === 'start' ? purpose.trial : purpose.at;
    // Workers that end because of a stop are no fault.
    const early = this.#ending();
    const problem = early === null ? fault : null;
    const fails = problem !== null && purpose.at === 'layout';
    const end = early ?? (fails ? ('failed' as const) : null);
    try {
      const said = await this.#meet({ at, text, ...(end !== null && { end }), ...(problem !== null && { problem }) });
      this.#over = this.#endOf(said);
      if (this.#over !== null) return { refusal: this.#over.reason ?? 'the run is over' };
      const rank = said.findIndex((each) => each.problem !== undefined);
      if (rank >= 0) return { refusal: `${this.nameOf(rank)} could not start: ${said[rank]?.problem}` };
      return { texts: said.map(({ text: told = '' }) => told), startNs: this.group.leftNs + START_LEAD_NS };
    } catch (thrown) {
      return { refusal: (thrown as Error).message };
    }
  };

  /** Tells the other ranks that this one's sessions are over, and returns how the run ended for all of them. Never throws. */
  async end(end: RankEnd, problem: string | null): Promise<GroupEnd> {
    if (this.#over === null) {
      try {
        const said = await this.#meet({ at: 'end', end, ...(problem !== null && { problem }) });
        this.#over = this.#endOf(said) ?? { end: 'complete', reason: null, rank: null };
      } catch {}
    }
    return this.#over ?? { end: 'failed', reason: 'the group has broken up', rank: null };
  }

  /** Lets another stage of the run follow a complete one. Does nothing after any other end, which is that of all stages. */
  nextStage(): void {
    if (this.#over?.end !== 'complete') return;
    this.#over = null;
    this.#hasWritten = false;
  }

  /** Waits until every rank's run is written. Once a stage; later calls return at once. Never throws. */
  async afterAll(): Promise<void> {
    if (this.#hasWritten || this.isBroken) return;
    this.#hasWritten = true;
    await this.#meet({ at: 'written' }).catch(() => undefined);
  }

  /**
   * Returns the exit status that all ranks have in common: that of rank 0 or, if it passed, the first other one. The last
   * meeting. Without it, the group's measurement failed. Never throws.
   */
  async shareStatus(own: number): Promise<number> {
    await this.afterAll();
    try {
      const said = await this.#meet({ at: 'status', text: String(own) });
      return said.map(({ text }) => Number(text)).find((status) => status !== EXIT.pass) ?? EXIT.pass;
    } catch {
      return this.#over?.end === 'stopped' ? EXIT.interrupted : EXIT.measurementFailed;
    }
  }

  /** Whether the reason of the end was thrown, and reported as an error. */
  get isToldAlready(): boolean {
    return this.#isThrown;
  }

  /** Returns whether this rank is to report a fault: it is its own, and rank 0 does not report the same. */
  reports(thrown: unknown): boolean {
    this.#isThrown = true;
    if (this.group.rank === 0) return true;
    // Rank 0 may be the one that is gone.
    if (this.isBroken) return this.group.rank === 1;
    return !(thrown instanceof PeerError) && this.#toldByFirst !== problemOf(thrown);
  }

  /** Ends the other ranks as far as the launcher can, and goes to no further meeting. */
  abandon(reason: string): void {
    const error = new FeedrateError('interrupted', reason);
    this.#break(error);
    this.group.abort(`${this.nameOf(this.group.rank)}: ${reason}`);
    this.#abandon(error);
  }

  #break(error: FeedrateError): void {
    this.#broken ??= error;
    this.#over ??= { end: error.code === 'interrupted' ? 'stopped' : 'failed', reason: error.message, rank: null };
  }

  /** Goes to the next meeting, after one that is under way. */
  #meet(own: Said): Promise<Said[]> {
    const next = this.#last.then(() => this.#meetNow(own));
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #meetNow(own: Said): Promise<Said[]> {
    if (this.#broken !== null) throw this.#broken;
    try {
      const met = this.group.meet(`run-${++this.#count}`, JSON.stringify(own));
      const texts = await Promise.race([met, this.#abandoned]);
      return texts.map((text) => JSON.parse(text) as Said);
    } catch (thrown) {
      const error =
        thrown instanceof FeedrateError ? thrown : new FeedrateError('measurement', (thrown as Error).message);
      this.#break(error);
      throw error;
    }
  }

  /** Returns how the run ended, if a rank says so. A rank that failed explains more than one that was stopped. */
  #endOf(said: readonly Said[]): GroupEnd | null {
    for (const end of ['failed', 'stopped', 'time-up'] as const) {
      const rank = said.findIndex((each) => each.end === end);
      if (rank < 0) continue;
      if (end === 'time-up') return { end, reason: null, rank };
      const { problem } = said[rank] as Said;
      const reason = problem ?? (end === 'stopped' ? 'it was stopped' : 'it failed');
      return { end, reason: `${this.nameOf(rank)}: ${reason}`, rank };
    }
    const [first] = said as [Said];
    const other = said.findIndex(({ at }) => at !== first.at);
    if (other >= 0) {
      const places = `${this.nameOf(0)} is at ${first.at}, ${this.nameOf(other)} at ${said[other]?.at}`;
      return { end: 'failed', reason: `the ranks do not do the same: ${places}`, rank: other };
    }
    return first.end === undefined ? null : { end: first.end, reason: null, rank: null };
  }
}

const CODES: Readonly<Record<RankEnd, ErrorCode>> = {
  complete: 'measurement',
  'time-up': 'interrupted',
  stopped: 'interrupted',
  failed: 'measurement',
};

/** Whether nothing went wrong: the run was measured, as far as its time allowed. */
export function isComplete({ end }: GroupEnd): boolean {
  return end === 'complete' || end === 'time-up';
}

/** The error of another rank, which tells it by itself. */
export class PeerError extends FeedrateError {}

function problemOf(thrown: unknown): string {
  if (thrown instanceof FeedrateError && thrown.issues.length > 0)
    return thrown.issues
      .map(({ where, message }) => `${where}: ${message}`)
      .join('; ')
      .slice(0, LONGEST_PROBLEM);
  return (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, LONGEST_PROBLEM);
}
