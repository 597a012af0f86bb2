/** What rank 0 does, without files and clocks: it is told what the ranks wrote, and says what to write. */
import { formatDurationNs } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { type GroupLoss, type GroupPatience, lossOf } from './loss.js';
import type { RankNote, Step, Summary } from './note.js';
import { RankSilence } from './silence.js';

/** What names a process in its group. */
export interface Self {
  readonly nonce: string;
  readonly rank: number;
  readonly size: number;
  readonly host: string;
  readonly pid: number;
}

/** The meeting at which the ranks find each other. */
export const JOIN = 'start';

export class Coordinator {
  readonly #self: Self;
  readonly #patience: GroupPatience;
  readonly #silence = new RankSilence();
  readonly #members: (RankNote | null)[];
  /** The nonces of all ranks once they have found each other; empty before. */
  #joined: readonly string[] = [];
  #meeting = 0;
  #name = JOIN;
  #text = '';
  #step: Step = 'here';
  #summary: Summary | null = null;
  #loss: GroupLoss | null = null;

  constructor(self: Self, patience: GroupPatience) {
    this.#self = self;
    this.#patience = patience;
    this.#members = Array.from({ length: self.size }, () => null);
  }

  get loss(): GroupLoss | null {
    return this.#loss;
  }

  /** The texts of all ranks since all of them have come; null before. */
  get summary(): Summary | null {
    return this.#summary;
  }

  /** Whether the last meeting is over. */
  get isReleased(): boolean {
    return this.#step === 'go';
  }

  /** Whether all have come and will leave within moments, so that rank 0 should look often. */
  get isLeaving(): boolean {
    return this.#step === 'gathered';
  }

  /** The ranks that have to do something before the meeting can go on. */
  get awaited(): readonly number[] {
    if (this.#step === 'here') return this.#others().filter((rank) => !this.#isHere(this.#members[rank] ?? null));
    return this.#step === 'gathered' ? this.#others().filter((rank) => !this.#hasRead(rank)) : [];
  }

  /** A rank, with its host if that is known: `rank 3 on node2`. */
  nameOf(rank: number): string {
    const note = this.#members[rank];
    return note?.group === this.#self.nonce ? `rank ${rank} on ${visibleText(note.host)}` : `rank ${rank}`;
  }

  come(name: string, text: string): void {
    if (this.#loss !== null) return;
    this.#meeting++;
    this.#name = name;
    this.#text = text;
    this.#step = 'here';
    this.#summary = null;
  }

  /** Ends the group for all ranks. */
  end(loss: GroupLoss): void {
    if (this.#loss !== null) return;
    this.#loss = loss;
    this.#step = 'ended';
  }

  close(): void {
    if (this.#loss === null) this.#step = 'closed';
  }

  /** Whether a rank still needs the files: it lives, and has not said that it left. */
  isUsing(rank: number): boolean {
    const note = this.#members[rank] ?? null;
    if (note === null || note.step === 'closed' || note.step === 'failed') return false;
    return (note.group === this.#self.nonce || this.#silence.isHeard(rank)) && !this.#isSilent(rank);
  }

  /**
   * Takes what the others have written.
   * @param notes of the ranks that were looked at; null where there is none, or where it could not be read
   * @param nowNs by a clock that stands while this process cannot look
   */
  look(notes: ReadonlyMap<number, RankNote | null>, nowNs: number): void {
    this.#watch(notes, nowNs);
    if (this.#loss !== null || this.#step === 'closed') return;
    const loss = this.#lossAmong();
    if (loss !== null) this.end(loss);
    else if (this.#step === 'here' && this.awaited.length === 0) this.#gather();
    else if (this.#step === 'gathered') this.#release();
  }

  /** What rank 0 has to say now. */
  note(beat: number): RankNote {
    return {
      ...this.#self,
      group: this.#self.nonce,
      beat,
      meeting: this.#meeting,
      name: this.#name,
      step: this.#step,
      text: this.#loss?.reason ?? '',
    };
  }

  #isSilent(rank: number): boolean {
    return this.#silence.ofNs(rank) >= this.#patience.silentNs;
  }

  #others(): number[] {
    return Array.from({ length: this.#self.size - 1 }, (_, index) => index + 1);
  }

  #watch(notes: ReadonlyMap<number, RankNote | null>, nowNs: number): void {
    for (const [rank, seen] of notes) {
      const note = seen ?? this.#members[rank] ?? null;
      this.#silence.look(rank, note === null ? '' : `${note.nonce} ${note.beat} ${note.meeting} ${note.step}`, nowNs);
      this.#members[rank] = note;
    }
  }

  /** Whether it has come to this meeting. At the first one, notes of an earlier group may pass for it: they never answer. */
  #isHere(note: RankNote | null): boolean {
    if (note === null || note.meeting !== this.#meeting) return false;
    if (note.size !== this.#self.size) return false;
    if (this.#meeting === 0) return note.step === 'here' || note.group === this.#self.nonce;
    return note.group === this.#self.nonce && note.step === 'here';
  }

  #gather(): void {
    const members = this.#members.map((note, rank) => (rank === 0 ? this.note(0) : (note as RankNote)));
    this.#summary = {
      group: this.#self.nonce,
      meeting: this.#meeting,
      nonces: members.map(({ nonce }) => nonce),
      texts: members.map(({ text }, rank) => (rank === 0 ? this.#text : text)),
    };
    this.#step = 'gathered';
  }

  #release(): void {
    const { nonces } = this.#summary as Summary;
    const others = this.#others();
    // A process that has just started takes the place of a note that an earlier one left.
    if (this.#meeting === 0 && others.some((rank) => this.#members[rank]?.nonce !== nonces[rank])) {
      this.#step = 'here';
      return;
    }
    if (this.awaited.length > 0) return;
    this.#step = 'go';
    this.#joined = nonces;
  }

  #hasRead(rank: number): boolean {
    const note = this.#members[rank];
    return note?.step === 'read' && note.meeting === this.#meeting && note.group === this.#self.nonce;
  }

  #lossAmong(): GroupLoss | null {
    for (const rank of this.#others()) {
      const loss = this.#lossOf(rank, this.#members[rank] ?? null);
      if (loss !== null) return loss;
    }
    return null;
  }

  #lossOf(rank: number, note: RankNote | null): GroupLoss | null {
    const silentNs = this.#silence.ofNs(rank);
    const hasJoined = this.#joined.length > 0;
    if (!hasJoined && note?.group !== this.#self.nonce) {
      // Notes that an earlier group left do not beat.
      if (note !== null && note.size !== this.#self.size && this.#silence.isHeard(rank)) {
        return lossOf(note, `says that the group has ${note.size} ranks, and rank 0 says ${this.#self.size}`);
      }
      const waited = formatDurationNs(this.#patience.joinNs);
      return silentNs < this.#patience.joinNs ? null : lossOf({ rank }, `has not come within ${waited}`);
    }
    if (note === null || (hasJoined && note.nonce !== this.#joined[rank])) {
      return lossOf(note ?? { rank }, 'was started again, or has the same rank as another process');
    }
    if (note.step === 'failed') return lossOf(note, `failed: ${note.text}`);
    if (note.step === 'closed') return this.#meeting === note.meeting ? null : lossOf(note, 'has left the group');
    const waiting = this.#step === 'here' ? `, while others wait at '${this.#name}'` : '';
    if (this.#isSilent(rank)) {
      return lossOf(note, `has been dead or stopped for ${formatDurationNs(this.#patience.silentNs)}${waiting}`);
    }
    const isElsewhere = this.#step === 'here' && note.meeting === this.#meeting && note.name !== this.#name;
    return isElsewhere ? lossOf(note, `is at '${note.name}', and rank 0 is at '${this.#name}'`) : null;
  }
}
