/** What every rank but rank 0 does. */
import { formatDurationNs } from '../base/units.js';
import { type GroupLoss, lossOf } from './loss.js';
import type { RankNote, Summary } from './note.js';
import { Party, type Removal } from './party.js';

export class Follower extends Party {
  /** Empty until this rank was accepted. */
  protected group = '';
  /** Whether this rank's file has held a note of this process. */
  #isWritten = false;
  /** The last note of rank 0 that could be read. */
  #first: RankNote | null = null;
  #isFirstDead = false;
  /** Whether rank 0 has written the summary of this meeting. */
  #isGathered = false;
  #isReleased = false;

  get isReleased(): boolean {
    return this.#isReleased;
  }

  get isLeaving(): boolean {
    return this.step === 'read' && !this.#isReleased;
  }

  get isUsed(): boolean {
    return false;
  }

  // Rank 0 removes the files, unless it cannot any more.
  get removes(): Removal {
    return this.#isFirstDead ? 'unneeded' : 'none';
  }

  get needsSummary(): boolean {
    return this.#isGathered && this.step === 'here';
  }

  get ownSummary(): Summary | null {
    return null;
  }

  get awaitedNames(): readonly string[] {
    return [];
  }

  ranksToRead(all: boolean): readonly number[] {
    return all ? [this.self.rank, 0] : [0];
  }

  override come(name: string, text: string): void {
    if (this.found !== null) return;
    super.come(name, text);
    this.#isReleased = false;
    this.#isGathered = false;
  }

  fail(loss: GroupLoss): void {
    if (this.found !== null) return;
    this.found = loss;
    this.step = 'failed';
    this.text = loss.reason;
  }

  close(): void {
    if (this.step !== 'failed') this.step = 'closed';
  }

  /** Whether this rank's file holds a note of another process: of the same rank, or of the next group. */
  #seeOwn(own: RankNote): void {
    if (own.nonce === this.self.nonce) this.#isWritten = true;
    else if (this.#isWritten) {
      this.found ??= lossOf(own, 'has the same rank as this process; is the directory used by another group?');
    }
  }

  look(notes: ReadonlyMap<number, RankNote | null>, nowNs: number): void {
    const own = notes.get(this.self.rank) ?? null;
    if (own !== null) this.#seeOwn(own);
    if (this.found !== null || this.step === 'closed') return;
    const first = notes.get(0) ?? this.#first;
    this.#first = first;
    this.silence.look(0, first === null ? '' : `${first.nonce} ${first.beat} ${first.step}`, nowNs);
    const isOurs = first !== null && first.nonce === this.group;
    if (this.group === '') this.#join(first);
    else if (isOurs) this.#follow(first);
    this.found ??= this.#lossOf(first, isOurs);
  }

  /** Takes a summary of rank 0. One of an earlier group or meeting is left alone. */
  take(summary: Summary | null): void {
    if (summary === null || !this.needsSummary || summary.meeting !== this.meeting) return;
    const isMeant = summary.nonces[this.self.rank] === this.self.nonce && summary.texts.length === this.self.size;
    if (!isMeant || (this.group !== '' && summary.group !== this.group)) return;
    this.group = summary.group;
    this.gathered = summary;
    this.step = 'read';
  }

  #join(first: RankNote | null): void {
    this.#isGathered = first?.step === 'gathered' && first.meeting === 0;
    if (first?.step === 'ended' && this.silence.isHeard(0)) this.found = { reason: first.text };
  }

  #follow(first: RankNote): void {
    if (first.step === 'ended') this.found = { reason: first.text };
    this.#isGathered = first.step === 'gathered' && first.meeting === this.meeting;
    // Rank 0 may have left the group since.
    const isOver =
      first.meeting > this.meeting ||
      (first.meeting === this.meeting && (first.step === 'go' || first.step === 'closed'));
    if (isOver && this.step === 'read') this.#isReleased = true;
  }

  #lossOf(first: RankNote | null, isOurs: boolean): GroupLoss | null {
    const silentNs = this.silence.ofNs(0);
    if (this.group === '') {
      const waited = formatDurationNs(this.patience.joinNs);
      return silentNs < this.patience.joinNs ? null : lossOf({ rank: 0 }, `has not come within ${waited}`);
    }
    if (first !== null && !isOurs) return lossOf({ rank: 0 }, 'was started again: this group has ended');
    if (first?.step === 'closed' && !this.#isReleased) return lossOf(first, 'has left the group');
    if (silentNs < this.patience.silentNs) return null;
    this.#isFirstDead = true;
    const waiting = this.#isReleased ? '' : `, while this rank waits at '${this.name}'`;
    const waited = formatDurationNs(this.patience.silentNs);
    return lossOf(first ?? { rank: 0 }, `has been dead or stopped for ${waited}${waiting}`);
  }
}
