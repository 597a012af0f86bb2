import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Test files below a folder, relative to it, in the order of their names. */
export function testFilesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.test\.m?js$/.test(path) && !path.includes('node_modules'))
    .sort();
}

/** `….long.test.js`: runs only where it is asked for by a part of its path. */
export function isLong(file: string): boolean {
  return file.includes('.long.test.');
}

/** When a file runs, as its first line says; `parallel` without such a line. */
export type Turn = 'parallel' | 'serial' | 'waits';

const WORDS = ['ci', 'serial', 'waits'] as const;
const FIRST_LINE = new RegExp(`^// ((?:${WORDS.join('|')})(?: (?:${WORDS.join('|')}))*)\\n`);

/**
 * The words of a file's first line. `// serial`: the file measures something, so nothing else runs beside it. `// waits`: the
 * file mostly waits, so it runs beside as many others as there are cores. `// ci`: it is the short form of a long suite that
 * has an npm script of its own, or one of the disturbed runs (`npm run test:disturbed`), and runs in CI and where it is asked
 * for. An empty line must follow, or the compiler drops the comment together with an import of types.
 */
export function wordsOf(root: string, file: string): ReadonlySet<string> {
  const [, words = ''] = FIRST_LINE.exec(readFileSync(join(root, file), 'utf8')) ?? [];
  return new Set(words.split(' ').filter((word) => word !== ''));
}

export function turnOf(root: string, file: string): Turn {
  const words = wordsOf(root, file);
  return words.has('serial') ? 'serial' : words.has('waits') ? 'waits' : 'parallel';
}

/** Rooms whose code is pure. Their tests leave nothing behind in a process, so that several files can share one. */
export const PURE_ROOMS: readonly string[] = [
  ...['base', 'charts', 'doctor', 'gate', 'histogram', 'iam', 'notebook', 'page', 'plan', 'record', 'report', 'stats'],
  ...['training', 'workload'],
];

/** Rooms whose tests call commands, files and servers, but leave nothing behind in their process either. */
const TIDY_ROOMS: readonly string[] = ['cli', 'fsx', 'store', 'trial'];

/** How many files of these rooms share a process at most: few enough that processes end at about the same time. */
const SHARING = [
  { rooms: TIDY_ROOMS, most: 4 },
  { rooms: PURE_ROOMS, most: 8 },
];

/**
 * Parts files into those that one process runs: several of the rooms that share one, and each other file alone. Those of
 * pure rooms are last. They are the shortest, so that all cores have work until the end.
 */
export function byProcess(files: readonly string[]): string[][] {
  const isOf = (rooms: readonly string[], file: string) => rooms.includes(file.split('/')[0] as string);
  const shared = SHARING.map(({ rooms, most }) => {
    const ofRooms = files.filter((file) => isOf(rooms, file));
    return Array.from({ length: Math.ceil(ofRooms.length / most) }, (_, part) =>
      ofRooms.slice(part * most, (part + 1) * most),
    );
  });
  const alone = files.filter((file) => !SHARING.some(({ rooms }) => isOf(rooms, file)));
  return [...alone.map((file) => [file]), ...shared.flat()];
}
