/** The loads of a workload in the words of a reader instead of ids: `cold random 4 KiB reads by 4 workers`. */
import type { Arm } from '../../plan/plan.js';
import type { ArmHeading } from '../../stats/summary.js';

type Words = Readonly<Record<string, string>>;

/** An arm, or one whose plan is lost and whose words are unknown. */
export type Load = Pick<ArmHeading, 'id' | 'job' | 'factors'> & Partial<Pick<Arm, 'words'>>;

/** What a phrase says, and the fields that it needs no more to be told beside it. */
interface Phrase {
  readonly text: string;
  readonly told: readonly string[];
}

const CACHES: Readonly<Record<string, string>> = { cold: 'cold', warm: 'cached', direct: 'direct' };

const ORDERS: Readonly<Record<string, readonly [string, string]>> = {
  read: ['sequential', 'reads'],
  write: ['sequential', 'writes'],
  rw: ['sequential', 'reads and writes'],
  randread: ['random', 'reads'],
  randwrite: ['random', 'writes'],
  randrw: ['random', 'reads and writes'],
};

/** Kind of job → its phrase. A kind that is missing here, as in records of later versions, is named by its job. */
const KINDS: ReadonlyMap<string, (words: Words) => Phrase> = new Map([
  ['io', ioPhrase],
  ['small-files', wholeFilesPhrase],
  ['metadata', entriesPhrase],
  ['training', trainingPhrase],
  ['checkpoint-write', (words: Words) => shardsPhrase('checkpoint writes', words)],
  ['checkpoint-restore', (words: Words) => shardsPhrase('checkpoint reads', words)],
]);

/** Returns `1 MiB` for `1MiB`, and null for a mix or a range of sizes. */
function sizeWords(label: string | undefined): string | null {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([KMGTP]?i?B)$/.exec(label ?? '') ?? [];
  return number === undefined ? null : `${number} ${unit}`;
}

function ioPhrase(words: Words): Phrase {
  const [order, operation] = ORDERS[words['rw'] ?? ''] ?? ['', 'reads and writes'];
  const size = sizeWords(words['bs']);
  const text = joined([cacheWord(words), order, size, operation, crewWords(words)]);
  return { text, told: ['rw', 'cache', 'numjobs', 'iodepth', ...(size === null ? [] : ['bs'])] };
}

function wholeFilesPhrase(words: Words): Phrase {
  const size = sizeWords(words['filesize']);
  const text = joined([cacheWord(words), 'reads of whole', size, 'files', crewWords(words)]);
  return { text, told: ['cache', 'numjobs', ...(size === null ? [] : ['filesize'])] };
}

function entriesPhrase(words: Words): Phrase {
  const text = joined(['metadata operations on', words['items'] ?? 'entries', crewWords(words)]);
  return { text, told: ['items', 'numjobs'] };
}

function trainingPhrase(words: Words): Phrase {
  const count = Number(words['accelerators'] ?? 1);
  const who = `training of ${count === 1 ? 'an accelerator' : `${count} accelerators`}`;
  const text = joined([cacheWord(words), who, `with ${words['format'] ?? 'data'} files`]);
  return { text, told: ['cache', 'accelerators', 'format'] };
}

function shardsPhrase(what: string, words: Words): Phrase {
  const size = sizeWords(words['shard_size']);
  const shards = size === null ? '' : `of ${size} shards`;
  const text = joined([cacheWord(words), what, shards, crewWords(words)]);
  return { text, told: ['cache', 'numjobs', ...(size === null ? [] : ['shard_size'])] };
}

function cacheWord(words: Words): string {
  return CACHES[words['cache'] ?? ''] ?? '';
}

/** Workers and operations in flight, where there is more than one. */
function crewWords(words: Words): string {
  const several = (word: string) => (Number(words[word]) > 1 ? (words[word] as string) : null);
  const [workers, depth] = [several('numjobs'), several('iodepth')];
  return joined([
    workers === null ? '' : `by ${workers} workers`,
    depth === null ? '' : `with ${depth} in flight${workers === null ? '' : ' each'}`,
  ]);
}

function joined(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join(' ');
}

/**
 * Returns the phrase of each load, by the arm's id. Loads with the same phrase are told apart by their job. `left` names
 * fields that the reader knows from elsewhere, such as the columns of a comparison.
 */
export function loadNames(loads: readonly Load[], left: readonly string[] = []): ReadonlyMap<string, string> {
  const phrased = loads.map((load) => ({ load, phrase: phraseOf(load, left) }));
  const jobs = new Map<string, Set<string>>();
  for (const { load, phrase } of phrased) jobs.set(phrase, (jobs.get(phrase) ?? new Set()).add(load.job));
  return new Map(
    phrased.map(({ load, phrase }) => {
      const isShared = (jobs.get(phrase)?.size ?? 0) > 1;
      return [load.id, isShared ? `${phrase} (${load.job})` : phrase];
    }),
  );
}

function phraseOf({ job, factors, words = {} }: Load, left: readonly string[]): string {
  const levels = factors.map(({ name, label }) => [name, label] as const);
  const known: Words = Object.fromEntries(
    [...Object.entries(words), ...levels].filter(([word]) => !left.includes(word)),
  );
  const { text, told } = KINDS.get(words['kind'] ?? '')?.(known) ?? { text: job, told: [] };
  const others = factors.filter(({ name }) => name !== 'target' && !left.includes(name) && !told.includes(name));
  if (others.length === 0) return text;
  return `${text} with ${others.map(({ name, label }) => `${name}=${label}`).join(', ')}`;
}
