/**
 * The protocol of the files, simulated: the real machines of 1,000 ranks, with files that are seen late, reads that fail, ranks
 * that come late, and ranks that die.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { Coordinator } from '../../src/group/coordinator.js';
import { Follower } from '../../src/group/follower.js';
import { decodeNote, encodeNote, type RankNote, type Summary } from '../../src/group/note.js';
import type { Party } from '../../src/group/party.js';

const test = suite('group/protocol');
const STEP_NS = 200e6;
const BEAT_NS = 1e9;
const patience = { silentNs: 5e9, joinNs: 20e9 };
const processOf = (hostname: string, pid: number) => ({ hostname, pid, startTicks: 1, bootId: 'b', pidNamespace: 'n' });

interface Fault {
  readonly rank: number;
  /** From this moment on it does nothing. */
  readonly atNs: number;
}

interface Rank {
  readonly party: Party;
  /** What its file held, and since when. */
  readonly notes: { readonly note: RankNote; readonly atNs: number }[];
  readonly startsAtNs: number;
  beat: number;
  beatNs: number;
  /** When it goes to its next meeting. */
  comesAtNs: number;
  readonly leftNs: number[];
}

/** A file system that shows changes late and fails at times, and the ranks that use it. */
class World {
  readonly ranks: Rank[];
  readonly #prng;
  readonly #meetings: number;
  readonly #fault: Fault | null;
  #summaries: { readonly summary: Summary; readonly atNs: number }[] = [];
  nowNs = 0;

  constructor(seed: number, size: number, meetings: number, fault: Fault | null) {
    this.#prng = createPrng(seed);
    this.#meetings = meetings;
    this.#fault = fault;
    this.ranks = Array.from({ length: size }, (_, rank): Rank => {
      const self = { nonce: `n${rank}`, rank, size, process: processOf(`host${Math.floor(rank / 8)}`, 1000 + rank) };
      const party = rank === 0 ? new Coordinator(self, patience) : new Follower(self, patience);
      const startsAtNs = this.#prng.nextFloat() * 3e9;
      return { party, notes: [], startsAtNs, beat: 0, beatNs: 0, comesAtNs: 0, leftNs: [] };
    });
  }

  /** Runs until every living rank has left its last meeting or the group. Returns whether that happened in time. */
  run(limitNs: number): boolean {
    for (; this.nowNs < limitNs; this.nowNs += STEP_NS) {
      for (let rank = 0; rank < this.ranks.length; rank++) if (this.isRunning(rank)) this.#turn(rank);
      if (this.ranks.every((_, rank) => !this.#isAlive(rank) || this.#isOver(rank))) return true;
    }
    return false;
  }

  isRunning(rank: number): boolean {
    return this.#isAlive(rank) && (this.ranks[rank]?.startsAtNs ?? 0) <= this.nowNs;
  }

  #isAlive(rank: number): boolean {
    return this.#fault?.rank !== rank || this.nowNs < this.#fault.atNs;
  }

  #isOver(rank: number): boolean {
    const { party, leftNs } = this.ranks[rank] as Rank;
    return party.loss !== null || leftNs.length === this.#meetings + 1;
  }

  #turn(number: number): void {
    const rank = this.ranks[number] as Rank;
    const { party } = rank;
    const isBeat = this.nowNs - rank.beatNs >= BEAT_NS || rank.notes.length === 0;
    this.#look(party, isBeat);
    if (isBeat) {
      rank.beat++;
      rank.beatNs = this.nowNs;
    }
    this.#leaveAndCome(rank);
    this.#write(rank);
  }

  #look(party: Party, all: boolean): void {
    party.look(new Map(party.ranksToRead(all).map((rank) => [rank, this.#seen(rank)] as const)), this.nowNs);
    if (party.needsSummary) party.take(this.#asSeen(this.#summaries)?.summary ?? null);
    const { ownSummary } = party;
    if (ownSummary !== null && this.#summaries.at(-1)?.summary !== ownSummary) {
      this.#summaries.push({ summary: ownSummary, atNs: this.nowNs });
    }
  }

  /** What a reader sees of a rank's file now: something old, or nothing. */
  #seen(rank: number): RankNote | null {
    return this.#asSeen((this.ranks[rank] as Rank).notes)?.note ?? null;
  }

  #asSeen<T extends { readonly atNs: number }>(versions: readonly T[]): T | null {
    if (this.#prng.nextFloat() < 0.1) return null;
    const untilNs = this.nowNs - this.#prng.nextFloat() * 600e6;
    for (let at = versions.length - 1; at >= 0; at--) {
      const version = versions[at] as T;
      if (version.atNs <= untilNs) return version;
    }
    return null;
  }

  #leaveAndCome(rank: Rank): void {
    const { party, leftNs } = rank;
    if (party.isReleased && rank.comesAtNs === 0) {
      leftNs.push(this.nowNs);
      const { texts = [] } = party.summary ?? {};
      const meeting = leftNs.length - 1;
      if (meeting > 0) assert.ok(texts.every((text, other) => text === `${meeting}/${other}`));
      rank.comesAtNs = this.nowNs + this.#prng.nextFloat() * 2e9;
    }
    if (rank.comesAtNs === 0 || this.nowNs < rank.comesAtNs || leftNs.length > this.#meetings) return;
    rank.comesAtNs = 0;
    party.come(`meeting ${leftNs.length}`, `${leftNs.length}/${this.ranks.indexOf(rank)}`);
  }

  #write(rank: Rank): void {
    const before = rank.notes.at(-1)?.note;
    const note = rank.party.note(rank.beat);
    const isNew = before === undefined || before.beat !== note.beat || before.step !== note.step;
    if (isNew || before.meeting !== note.meeting || before.group !== note.group) {
      rank.notes.push({ note, atNs: this.nowNs });
      // Nobody sees anything older.
      if (rank.notes.length > 8) rank.notes.shift();
    }
  }
}

test('1,000 ranks that come late and see files late all get all texts, and leave within moments', () => {
  const world = new World(1, 1000, 1, null);
  assert.ok(world.run(120e9));
  for (let meeting = 0; meeting <= 1; meeting++) {
    const left = world.ranks.map(({ leftNs }) => leftNs[meeting] as number);
    // A change may be hidden for 0.6 s, and a read may fail several times.
    assert.ok(Math.max(...left) - Math.min(...left) < 3e9, `meeting ${meeting}`);
  }
});

test('a death among 1,000 ranks, at any time, ends the others with its name', () => {
  for (const [seed, fault, size] of [
    [2, { rank: 613, atNs: 6e9 }, 1000],
    [3, { rank: 0, atNs: 6.4e9 }, 100],
  ] as const) {
    const world = new World(seed, size, 20, fault);
    assert.ok(world.run(60e9));
    const host = `host${Math.floor(fault.rank / 8)}`;
    for (const [rank, { party }] of world.ranks.entries()) {
      if (rank !== fault.rank) {
        assert.match(
          party.loss?.reason ?? '',
          new RegExp(`rank ${fault.rank} \\(${host}, process \\d+\\) .*dead or stopped for 5 s`),
        );
      }
    }
    assert.ok(world.nowNs < fault.atNs + 2 * patience.silentNs, `${world.nowNs}`);
  }
});

test('small groups: whatever the moment of a death, nobody waits for ever and nobody else is named', () => {
  for (let seed = 10; seed < 34; seed++) {
    const fault = { rank: seed % 5, atNs: (seed - 10) * 0.4e9 };
    const world = new World(seed, 5, 4, fault);
    assert.ok(world.run(120e9), `seed ${seed}`);
    const named = world.ranks.flatMap(({ party }) => /^rank (\d)/.exec(party.loss?.reason ?? '')?.[1] ?? []);
    assert.ok(
      named.every((rank) => Number(rank) === fault.rank),
      `seed ${seed}: ${named}`,
    );
  }
});

test('a note that is half written is not read', () => {
  const self = { nonce: 'n', rank: 1, size: 2, process: processOf('ä', 1) };
  const note = new Follower(self, patience).note(1);
  const text = encodeNote(note);
  assert.equal(decodeNote(`${text}   `), note);
  const newer = encodeNote({ ...note, beat: 2 });
  for (let at = 1; at < text.length; at++) {
    const mixed = decodeNote<RankNote>(newer.slice(0, at) + text.slice(at));
    assert.ok(mixed === null || mixed.beat === 1 || mixed.beat === 2);
    assert.is(decodeNote(text.slice(0, at)), null);
  }
});

test.run();
