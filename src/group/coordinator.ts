/** What rank 0 does. */
import { rankText } from '../base/rank-text.js';
import { formatDurationNs } from '../base/units.js';
import { type GroupLoss, lossOf } from './loss.js';
import type { RankNote, Summary } from './note.js';
import { Party, type Removal } from './party.js';

export class Coordinator extends Party {
  readonly #members: (RankNote | null)[] = Array.from({ length: this.self.size }, () => null);
  /** The nonces of all ranks once they have found each other; empty before. */
  #joined: readonly string[] = [];

  protected get group(): string {
    return this.self.nonce;
  }

  // The texts of the meeting are in the summary.
  protected override get said(): string {
    return this.found?.reason ?? '';
  }

  get isReleased(): boolean {
    return this.step === 'go';
  }

  get isLeaving(): boolean {
    return this.step === 'gathered';
  }

  get isUsed(): boolean {
    return this.#others().some((rank) => this.#isUsing(rank));
  }

  get removes(): Removal {
    return 'all';
  }

  get needsSummary(): boolean {
    return false;
  }

  get ownSummary(): Summary | null {
    return this.gathered;
  }

  /** The ranks that have to do something before the meeting can go on. */
  get awaited(): readonly number[] {
    if (this.step === 'here') return this.#others().filter((rank) => !this.#isHere(this.#members[rank] ?? null));
    return this.step === 'gathered' ? this.#others().filter((rank) => !this.#hasRead(rank)) : [];
  }

  get awaitedNames(): readonly string[] {
    return this.awaited.map((rank) => {
      const note = this.#members[rank];
      return rankText(rank, note?.group === this.self.nonce ? note.process.hostname : null);
    });
  }

  ranksToRead(all: boolean): readonly number[] {
    return all ? this.#others() : this.awaited;
  }

  fail(loss: GroupLoss): void {
    if (this.found !== null) return;
    this.found = loss;
    this.step = 'ended';
  }

  close(): void {
    if (this.found === null) this.step = 'closed';
  }

  take(): void {}

  look(notes: ReadonlyMap<number, RankNote | null>, nowNs: number): void {
    this.#watch(notes, nowNs);
    if (this.found !== null || this.step === 'closed') return;
    const loss = this.#lossAmong();
    if (loss !== null) this.fail(loss);
    else if (this.step === 'here' && this.awaited.length === 0) this.#gather();
    else if (this.step === 'gathered') this.#release();
  }

  /** Whether a rank still needs the files: it lives, and has not said that it left. */
  #isUsing(rank: number): boolean {
    const note = this.#members[rank] ?? null;
    if (note === null || note.step === 'closed' || note.step === 'failed') return false;
    return (note.group === this.self.nonce || this.silence.isHeard(rank)) && !this.#isSilent(rank);
  }

  #isSilent(rank: number): boolean {
    return this.silence.ofNs(rank) >= this.patience.silentNs;
  }

  #others(): number[] {
    return Array.from({ length: this.self.size - 1 }, (_, index) => index + 1);
  }

  #watch(notes: ReadonlyMap<number, RankNote | null>, nowNs: number): void {
    for (const [rank, seen] of notes) {
      const note = seen ?? this.#members[rank] ?? null;
      this.silence.look(rank, note === null ? '' : `${note.nonce} ${note.beat} ${note.meeting} ${note.step}`, nowNs);
      this.#members[rank] = note;
    }
  }

  /** Whether it has come to this meeting. At the first one, notes of an earlier group may pass for it: they never answer. */
  #isHere(note: RankNote | null): boolean {
    if (note === null || note.meeting !== this.meeting) return false;
    if (note.size !== this.self.size) return false;
    if (this.meeting === 0) return note.step === 'here' || note.group === this.self.nonce;
    return note.group === this.self.nonce && note.step === 'here';
  }

  #gather(): void {
    const members = this.#members.map((note, rank) => (rank === 0 ? this.note(0) : (note as RankNote)));
    this.gathered = {
      group: this.self.nonce,
      meeting: this.meeting,
      nonces: members.map(({ nonce }) => nonce),
      texts: members.map(({ text }, rank) => (rank === 0 ? this.text : text)),
    };
    this.step = 'gathered';
  }

  #release(): void {
    const { nonces } = this.gathered as Summary;
    const others = this.#others();
    // A process that has just started takes the place of a note that an earlier one left.
    if (this.meeting === 0 && others.some((rank) => this.#members[rank]?.nonce !== nonces[rank])) {
      this.step = 'here';
      return;
    }
    if (this.awaited.length > 0) return;
    this.step = 'go';
    this.#joined = nonces;
  }

  #hasRead(rank: number): boolean {
    const note = this.#members[rank];
    return note?.step === 'read' && note.meeting === this.meeting && note.group === this.self.nonce;
  }

  #lossAmong(): GroupLoss | null {
    for (const rank of this.#others()) {
      const loss = this.#lossOf(rank, this.#members[rank] ?? null);
      if (loss !== null) return loss;
    }
    return null;
  }

  #lossOf(rank: number, note: RankNote | null): GroupLoss | null {
    const silentNs = this.silence.ofNs(rank);
    const hasJoined = this.#joined.length > 0;
    if (!hasJoined && note?.group !== this.self.nonce) {
      // Notes that an earlier group left do not beat.
      if (note !== null && note.size !== this.self.size && this.silence.isHeard(rank)) {
        return lossOf(note, `says that the group has ${note.size} ranks, and rank 0 says ${this.self.size}`);
      }
      const waited = formatDurationNs(this.patience.joinNs);
      return silentNs < this.patience.joinNs ? null : lossOf({ rank }, `has not come within ${waited}`);
    }
    if (note === null || (hasJoined && note.nonce !== this.#joined[rank])) {
      return lossOf(note ?? { rank }, 'was started again, or has the same rank as another process');
    }
    if (note.step === 'failed') return lossOf(note, `failed: ${note.text}`);
    if (note.step === 'closed') return this.meeting === note.meeting ? null : lossOf(note, 'has left the group');
    const waiting = this.step === 'here' ? `, while others wait at '${this.name}'` : '';
    if (this.#isSilent(rank)) {
      return lossOf(note, `has been dead or stopped for ${formatDurationNs(this.patience.silentNs)}${waiting}`);
    }
    const isElsewhere = this.step === 'here' && note.meeting === this.meeting && note.name !== this.name;
    return isElsewhere ? lossOf(note, `is at '${note.name}', and rank 0 is at '${this.name}'`) : null;
  }
}
