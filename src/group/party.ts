/** What both parts in the protocol have in common, without files and clocks: they are told what the ranks wrote, and say what to write. */
import type { ProcessIdentity } from '../host/files/marker.js';
import type { GroupLoss, GroupPatience } from './loss.js';
import type { RankNote, Step, Summary } from './note.js';
import { RankSilence } from './silence.js';

/** What names a process in its group. */
export interface Self {
  readonly nonce: string;
  readonly rank: number;
  readonly size: number;
  readonly process: ProcessIdentity;
}

/** The meeting at which the ranks find each other. */
export const JOIN = 'start';

/** Which files a rank removes when it leaves: all, its own and those that nobody needs, or none. */
export type Removal = 'all' | 'unneeded' | 'none';

/** The part of one rank. */
export abstract class Party {
  protected readonly self: Self;
  protected readonly patience: GroupPatience;
  protected readonly silence = new RankSilence();
  protected meeting = 0;
  protected name = JOIN;
  protected text = '';
  protected step: Step = 'here';
  protected gathered: Summary | null = null;
  protected found: GroupLoss | null = null;

  constructor(self: Self, patience: GroupPatience) {
    this.self = self;
    this.patience = patience;
  }

  /** The nonce of rank 0; empty while it is not known. */
  protected abstract readonly group: string;
  /** Whether the last meeting is over for this rank. */
  abstract readonly isReleased: boolean;
  /** Whether all have come and will leave within moments, so that this rank should look often. */
  abstract readonly isLeaving: boolean;
  /** Whether others still need the files. */
  abstract readonly isUsed: boolean;
  abstract readonly removes: Removal;
  /** The ranks for which the others wait, for people; empty if this rank does not know. */
  abstract readonly awaitedNames: readonly string[];
  /** Whether the summary has to be read: rank 0 has written it. */
  abstract readonly needsSummary: boolean;
  /** What has to be in the summary's file before this rank's note is written; null: nothing of this rank. */
  abstract readonly ownSummary: Summary | null;

  /** Ends the group for this rank with a reason, which reaches the others. */
  abstract fail(loss: GroupLoss): void;
  abstract close(): void;
  /** Returns the ranks whose notes matter now, or with `all` every rank whose note ever does. */
  abstract ranksToRead(all: boolean): readonly number[];
  /**
   * Takes what ranks have written.
   * @param notes null where there is none, or where it could not be read
   * @param nowNs by a clock that stands while this process cannot look
   */
  abstract look(notes: ReadonlyMap<number, RankNote | null>, nowNs: number): void;
  /** Takes a summary; null if it could not be read. */
  abstract take(summary: Summary | null): void;

  get loss(): GroupLoss | null {
    return this.found;
  }

  /** The texts of all ranks since all of them have come; null before. */
  get summary(): Summary | null {
    return this.gathered;
  }

  /** Goes to the next meeting. */
  come(name: string, text: string): void {
    if (this.found !== null) return;
    this.meeting++;
    this.name = name;
    this.text = text;
    this.step = 'here';
    this.gathered = null;
  }

  /** What this rank has to say now. */
  note(beat: number): RankNote {
    const { self, group, meeting, name, step } = this;
    return { ...self, group, beat, meeting, name, step, text: this.said };
  }

  /** The text of the note. */
  protected get said(): string {
    return this.text;
  }
}
