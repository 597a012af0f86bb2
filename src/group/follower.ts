/** What every rank but rank 0 does, without files and clocks: it is told what rank 0 wrote, and says what to write. */
import { formatDurationNs } from '../base/units.js';
import { JOIN, type Self } from './coordinator.js';
import { type GroupLoss, type GroupPatience, lossOf } from './loss.js';
import type { RankNote, Step, Summary } from './note.js';
import { RankSilence } from './silence.js';

export class Follower {
  readonly #self: Self;
  readonly #patience: GroupPatience;
  readonly #silence = new RankSilence();
  /** The nonce of rank 0; empty until this rank was accepted. */
  #group = '';
  /** Whether this rank's file has held a note of this process. */
  #isWritten = false;
  /** The last note of rank 0 that could be read. */
  #first: RankNote | null = null;
  #meeting = 0;
  #name = JOIN;
  #text = '';
  #step: Step = 'here';
  #summary: Summary | null = null;
  #isFirstDead = false;
  /** Whether rank 0 has written the summary of this meeting. */
  #isGathered = false;
  #isReleased = false;
  #loss: GroupLoss | null = null;

  constructor(self: Self, patience: GroupPatience) {
    this.#self = self;
    this.#patience = patience;
  }

  get loss(): GroupLoss | null {
    return this.#loss;
  }

  get summary(): Summary | null {
    return this.#summary;
  }

  get isReleased(): boolean {
    return this.#isReleased;
  }

  /** Whether rank 0 cannot remove the files any more. */
  get isFirstDead(): boolean {
    return this.#isFirstDead;
  }

  /** Whether the summary has to be read: rank 0 has written it. */
  get needsSummary(): boolean {
    return this.#isGathered && this.#step === 'here';
  }

  /** Whether rank 0 will let all go within moments, so that this rank should look often. */
  get isLeaving(): boolean {
    return this.#step === 'read' && !this.#isReleased;
  }

  come(name: string, text: string): void {
    if (this.#loss !== null) return;
    this.#meeting++;
    this.#name = name;
    this.#text = text;
    this.#step = 'here';
    this.#summary = null;
    this.#isReleased = false;
    this.#isGathered = false;
  }

  /** Leaves with a reason that rank 0 passes on to the others. */
  fail(loss: GroupLoss): void {
    if (this.#loss !== null) return;
    this.#loss = loss;
    this.#step = 'failed';
    this.#text = loss.reason;
  }

  close(): void {
    if (this.#step !== 'failed') this.#step = 'closed';
  }

  /** Whether this rank's file holds a note of another process: of the same rank, or of the next group. */
  seeOwn(own: RankNote): void {
    if (own.nonce === this.#self.nonce) this.#isWritten = true;
    else if (this.#isWritten) {
      this.#loss ??= lossOf(own, 'has the same rank as this process; is the directory used by another group?');
    }
  }

  /**
   * Takes what rank 0 has written; null if it could not be read.
   * @param nowNs by a clock that stands while this process cannot look
   */
  look(seen: RankNote | null, nowNs: number): void {
    if (this.#loss !== null || this.#step === 'closed') return;
    const first = seen ?? this.#first;
    this.#first = first;
    this.#silence.look(0, first === null ? '' : `${first.nonce} ${first.beat} ${first.step}`, nowNs);
    const isOurs = first !== null && first.nonce === this.#group;
    if (this.#group === '') this.#join(first);
    else if (isOurs) this.#follow(first);
    this.#loss ??= this.#lossOf(first, isOurs);
  }

  /** Takes a summary of rank 0. One of an earlier group or meeting is left alone. */
  take(summary: Summary | null): void {
    if (summary === null || !this.needsSummary || summary.meeting !== this.#meeting) return;
    const isMeant = summary.nonces[this.#self.rank] === this.#self.nonce && summary.texts.length === this.#self.size;
    if (!isMeant || (this.#group !== '' && summary.group !== this.#group)) return;
    this.#group = summary.group;
    this.#summary = summary;
    this.#step = 'read';
  }

  /** What this rank has to say now. */
  note(beat: number): RankNote {
    return {
      ...this.#self,
      group: this.#group,
      beat,
      meeting: this.#meeting,
      name: this.#name,
      step: this.#step,
      text: this.#text,
    };
  }

  #join(first: RankNote | null): void {
    this.#isGathered = first?.step === 'gathered' && first.meeting === 0;
    if (first?.step === 'ended' && this.#silence.isHeard(0)) this.#loss = { reason: first.text };
  }

  #follow(first: RankNote): void {
    if (first.step === 'ended') this.#loss = { reason: first.text };
    this.#isGathered = first.step === 'gathered' && first.meeting === this.#meeting;
    // Rank 0 may have left the group since.
    const isOver =
      first.meeting > this.#meeting ||
      (first.meeting === this.#meeting && (first.step === 'go' || first.step === 'closed'));
    if (isOver && this.#step === 'read') this.#isReleased = true;
  }

  #lossOf(first: RankNote | null, isOurs: boolean): GroupLoss | null {
    const silentNs = this.#silence.ofNs(0);
    if (this.#group === '') {
      const waited = formatDurationNs(this.#patience.joinNs);
      return silentNs < this.#patience.joinNs ? null : lossOf({ rank: 0 }, `has not come within ${waited}`);
    }
    if (first !== null && !isOurs) return lossOf({ rank: 0 }, 'was started again: this group has ended');
    if (first?.step === 'closed' && !this.#isReleased) return lossOf(first, 'has left the group');
    if (silentNs < this.#patience.silentNs) return null;
    this.#isFirstDead = true;
    const waiting = this.#isReleased ? '' : `, while this rank waits at '${this.#name}'`;
    const waited = formatDurationNs(this.#patience.silentNs);
    return lossOf(first ?? { rank: 0 }, `has been dead or stopped for ${waited}${waiting}`);
  }
}
