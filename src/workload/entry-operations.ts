/** The operations on entries of directories that the job kind `metadata` measures, and their spelling. */
import { quoted } from '../base/units.js';
import { didYouMean } from './suggest.js';
import { fail, typeOf, type ValueType } from './value-types.js';

/** In the order in which a job does them, each in a phase of its own. */
export const ENTRY_OPERATIONS = ['create', 'stat', 'readdir', 'rename', 'unlink'] as const;

export type EntryOperation = (typeof ENTRY_OPERATIONS)[number];

const SEPARATOR = ':';

/** Operations joined by colons: `create:stat:unlink`. Their order in the text does not matter. */
export const entryOperations: ValueType<readonly EntryOperation[]> = typeOf(
  'operations joined by colons',
  {
    spelling: (z) =>
      z.string().meta({
        id: 'entry-operations',
        pattern: `^(${ENTRY_OPERATIONS.join('|')})(:(${ENTRY_OPERATIONS.join('|')}))*$`,
        examples: ['create:stat:unlink', 'create:readdir'],
      }),
    check: (value) =>
      typeof value === 'string' ? null : `${quoted(value)} is not a list of operations; write create:stat:unlink`,
  },
  (text: string) => {
    const words = text.split(SEPARATOR).map((word) => word.trim());
    const known: readonly string[] = ENTRY_OPERATIONS;
    const odd = words.find((word) => !known.includes(word));
    if (odd !== undefined)
      return fail(
        `${quoted(odd)} is not one of ${known.join(', ')}${didYouMean(odd, known)}; join several with colons, such as create:stat`,
      );
    const twice = words.find((word, index) => words.indexOf(word) < index);
    if (twice !== undefined) return fail(`${quoted(text)} contains ${twice} twice`);
    return { ok: true, value: ENTRY_OPERATIONS.filter((operation) => words.includes(operation)) };
  },
  (operations) => operations.join(SEPARATOR),
);
