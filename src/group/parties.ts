/** The two parts in the protocol, as the loop that reads and writes files drives them. */
import type { Coordinator } from './coordinator.js';
import type { Follower } from './follower.js';
import type { GroupLoss } from './loss.js';
import type { RankNote, Summary } from './note.js';
import type { NoteFile } from './note-file.js';

export interface NoteFiles {
  /** By rank. */
  readonly notes: readonly NoteFile<RankNote>[];
  readonly summary: NoteFile<Summary>;
}

/** One rank's part. */
export interface Party {
  readonly loss: GroupLoss | null;
  readonly isReleased: boolean;
  readonly isLeaving: boolean;
  readonly summary: Summary | null;
  come(name: string, text: string): void;
  fail(loss: GroupLoss): void;
  close(): void;
  note(beat: number): RankNote;
  /** Reads what matters now, or with `all` everything, and acts on it. */
  look(nowNs: number, all: boolean): Promise<void>;
  /** Writes what has to be there before its note is. */
  beforeNote(): Promise<void>;
  /** Whom the others wait for; empty if this rank does not know. */
  awaited(): readonly string[];
  /** Whether others still need the files. */
  isUsed(): boolean;
  /** Which files this rank removes when it leaves: all, its own and those that nobody needs, or none. */
  removes(): 'all' | 'unneeded' | 'none';
}

/** Returns the part of rank 0. */
export function coordinatingParty(coordinator: Coordinator, files: NoteFiles, size: number): Party {
  let written: Summary | null = null;
  const everyone = Array.from({ length: size - 1 }, (_, index) => index + 1);
  return {
    get loss() {
      return coordinator.loss;
    },
    get isReleased() {
      return coordinator.isReleased;
    },
    get isLeaving() {
      return coordinator.isLeaving;
    },
    get summary() {
      return coordinator.summary;
    },
    come: (name, text) => coordinator.come(name, text),
    fail: (loss) => coordinator.end(loss),
    close: () => coordinator.close(),
    note: (beat) => coordinator.note(beat),
    async look(nowNs, all) {
      const ranks = all ? everyone : coordinator.awaited;
      const notes = await Promise.all(ranks.map(async (rank) => [rank, await readable(files.notes[rank])] as const));
      coordinator.look(new Map(notes), nowNs);
    },
    async beforeNote() {
      const { summary } = coordinator;
      if (summary === null || summary === written) return;
      await files.summary.write(summary);
      written = summary;
    },
    awaited: () => coordinator.awaited.map((rank) => coordinator.nameOf(rank)),
    isUsed: () => everyone.some((rank) => coordinator.isUsing(rank)),
    removes: () => 'all',
  };
}

/** Returns the part of any other rank. */
export function followingParty(follower: Follower, { notes, summary }: NoteFiles, rank: number): Party {
  return {
    get loss() {
      return follower.loss;
    },
    get isReleased() {
      return follower.isReleased;
    },
    get isLeaving() {
      return follower.isLeaving;
    },
    get summary() {
      return follower.summary;
    },
    come: (name, text) => follower.come(name, text),
    fail: (loss) => follower.fail(loss),
    close: () => follower.close(),
    note: (beat) => follower.note(beat),
    async look(nowNs, all) {
      if (all) {
        const own = await readable(notes[rank]);
        if (own !== null) follower.seeOwn(own);
      }
      follower.look(await readable(notes[0]), nowNs);
      if (follower.needsSummary) follower.take(await readable(summary));
    },
    beforeNote: () => Promise.resolve(),
    awaited: () => [],
    isUsed: () => false,
    removes: () => (follower.isFirstDead ? 'unneeded' : 'none'),
  };
}

/** Returns what a file holds, or null if it cannot be read now: servers stop for a while, and networks fail. */
async function readable<T extends RankNote | Summary>(file: NoteFile<T> | undefined): Promise<T | null> {
  try {
    return (await file?.read()) ?? null;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') throw thrown;
    return null;
  }
}
