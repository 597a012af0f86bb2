/** Seeded damage to texts, JSON values and files: what disks, editors, merges and other people do to them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import type { Prng } from '../../src/base/prng.js';

export function pick<T>(items: readonly T[], prng: Prng): T {
  return items[prng.nextBelow(items.length)] as T;
}

type TextMutator = (text: string, prng: Prng) => string | Uint8Array;

function onLines(change: (lines: string[], at: number, prng: Prng) => void): TextMutator {
  return (text, prng) => {
    const lines = text.split('\n');
    change(lines, prng.nextBelow(lines.length), prng);
    return lines.join('\n');
  };
}

/** A cut into the text, with something in its place. */
function replaced(pattern: RegExp, values: readonly string[]): TextMutator {
  return (text, prng) => {
    const found = [...text.matchAll(pattern)];
    if (found.length === 0) return text;
    const { index, 0: old } = pick(found, prng);
    return text.slice(0, index) + pick(values, prng) + text.slice(index + old.length);
  };
}

const NUMBERS = ['0', '-1', '1e400', '-0', '1e308', '9007199254740993', '0x10', '1.5', '.5', '00', '1_000', 'NaN', '-'];
const WORDS = [
  ...[
    'null',
    '~',
    'true',
    '"',
    "'",
    '{}',
    '[]',
    '{',
    ']',
    '',
    '*a',
    '&a',
    '<<',
    '!!binary x',
    '!<tag:x> y',
    '---',
    '|',
    '>',
  ],
  ...[
    '"\\u0000"',
    '"\\ud800"',
    '"__proto__"',
    '1e9',
    '4k',
    '1TiB',
    '999999h',
    '64 x',
    '__proto__: 1',
    'constructor',
    '%',
  ],
];

const TEXT_MUTATORS: readonly TextMutator[] = [
  (text, prng) => (text === '' ? text : flipped(Buffer.from(text), prng)),
  (text, prng) => text.slice(0, prng.nextBelow(text.length + 1)),
  (text, prng) => text.slice(prng.nextBelow(text.length + 1)),
  onLines((lines, at) => lines.splice(at, 1)),
  onLines((lines, at) => lines.splice(at, 0, lines[at] as string)),
  onLines((lines, at, prng) => {
    const other = prng.nextBelow(lines.length);
    [lines[at], lines[other]] = [lines[other] as string, lines[at] as string];
  }),
  onLines((lines, at, prng) => lines.splice(at, 1, `${' '.repeat(prng.nextBelow(5))}${(lines[at] as string).trim()}`)),
  replaced(/-?\d+(?:\.\d+)?/g, NUMBERS),
  replaced(/"[^"\n]*"|[\w.-]+/g, WORDS),
  replaced(/[:,{}[\]"']/g, ['', ':', ',', '"', '{', '[', '\t', '\n']),
  (text, prng) =>
    Buffer.concat([Buffer.from(text), Buffer.alloc(1 + prng.nextBelow(4096), pick([0, 0xff, 10, 0x20], prng))]),
  (text) => `\ufeff${text}`,
  (text) => Buffer.from(text, 'utf16le'),
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => text.replaceAll('\n', '\r'),
  (text, prng) =>
    text.slice(0, prng.nextBelow(text.length + 1)) + pick(['[', '{"a":', '- ', '{a: '], prng).repeat(20_000),
  (text, prng) => text.replace(/\d+|[\w.-]+$/m, () => pick(['9', 'x', '[1,'], prng).repeat(200_000)),
  (text, prng) =>
    `${text}\n${Array.from({ length: 5_000 }, (_, i) => `${pick(['k', 'job', '"a"'], prng)}${i}: {x: 1}`).join('\n')}`,
  () => '',
];

/** The bytes with some bits turned over. */
function flipped(bytes: Uint8Array, prng: Prng): Uint8Array {
  const changed = Uint8Array.from(bytes);
  for (let flips = 1 + prng.nextBelow(4); flips > 0; flips--) {
    const at = prng.nextBelow(changed.length);
    changed[at] = (changed[at] as number) ^ (1 << prng.nextBelow(8));
  }
  return changed;
}

/** One to three changes of a text. */
export function mutatedText(text: string, prng: Prng): Uint8Array {
  let bytes: string | Uint8Array = text;
  for (let changes = 1 + prng.nextBelow(3); changes > 0; changes--)
    bytes = pick(TEXT_MUTATORS, prng)(Buffer.from(bytes).toString('utf8'), prng);
  return Buffer.from(bytes);
}

/** Ten to the tenth values in eleven lines: YAML aliases of aliases. */
export function aliasBomb(key: string): string {
  const layers = Array.from(
    { length: 10 },
    (_, i) =>
      `a${i}: &a${i} [${Array(10)
        .fill(i === 0 ? 'x' : `*a${i - 1}`)
        .join(', ')}]`,
  );
  return `${layers.join('\n')}\n${key}: *a9\n`;
}

const VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e308,
    -1e308,
    2 ** 53,
    1e-320,
    '',
    'x',
    ' ',
    '\u0000',
    '\ud800',
    '\u001b[2J',
    'a\nb',
  ],
  ...[
    [],
    {},
    [null],
    [[]],
    { a: 1 },
    ['x'],
    [1, 2, 3],
    { __proto__: null, length: -1 },
    '__proto__',
    'constructor',
    'NaN',
  ],
  ...['2026-13-45T99:99:99Z', 'complete', 'x'.repeat(100_000), Array(10_000).fill(0), -0, 4.9e-324],
];

/** The JSON value with one place in it replaced, removed, doubled or renamed. */
export function mutatedJson(value: unknown, prng: Prng): unknown {
  if (typeof value !== 'object' || value === null || prng.nextBelow(8) === 0) return pick(VALUES, prng);
  const keys = Object.keys(value);
  if (keys.length === 0) return pick(VALUES, prng);
  const key = pick(keys, prng);
  const inside = (value as Record<string, unknown>)[key];
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
  const at = copy as Record<string, unknown>;
  const deeper = typeof inside === 'object' && inside !== null && prng.nextBelow(5) > 0;
  if (deeper) at[key] = mutatedJson(inside, prng);
  else if (Array.isArray(copy) && prng.nextBelow(3) === 0)
    copy.splice(Number(key), 1, ...(prng.nextBelow(2) ? [inside, inside] : []));
  else if (prng.nextBelow(4) === 0) delete at[key];
  else if (prng.nextBelow(8) === 0) at[`${key}x`] = inside;
  else at[key] = pick(VALUES, prng);
  return copy;
}

/** A value of each type, and none at all. */
export const WRONG: readonly unknown[] = [undefined, null, 'x', -1, {}, [], 1e308];

/** The path of each value in a JSON value. Of a list, only of its first item. */
export function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Object.entries(value).slice(0, Array.isArray(value) ? 1 : undefined);
  return [path, ...entries.flatMap(([key, inside]) => placesIn(inside, [...path, key]))];
}

/** The value with another one at that path. */
export function withPlace(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other ?? null;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  const inside = rest.length === 0 ? other : withPlace(copy[key], rest, other);
  if (inside === undefined) delete copy[key];
  else copy[key] = inside;
  return copy;
}

type FileMutator = (path: string) => void;

function emptied(path: string): void {
  rmSync(path, { recursive: true });
  writeFileSync(path, '');
}

function extended(path: string, bytes: number): void {
  if (statSync(path).isDirectory()) emptied(path);
  truncateSync(path, bytes);
}

/** What stands in place of a file. */
export const FILE_MUTATORS: Readonly<Record<string, FileMutator>> = {
  missing: (path) => rmSync(path, { recursive: true }),
  'a directory': (path) => {
    rmSync(path, { recursive: true });
    mkdirSync(path);
  },
  'a link to itself': (path) => {
    rmSync(path, { recursive: true });
    symlinkSync(path, path);
  },
  'a link to nothing': (path) => {
    rmSync(path, { recursive: true });
    symlinkSync('nowhere', path);
  },
  'a link to /dev/zero': (path) => {
    rmSync(path, { recursive: true });
    symlinkSync('/dev/zero', path);
  },
  'a link to /dev/tty': (path) => {
    rmSync(path, { recursive: true });
    symlinkSync('/dev/tty', path);
  },
  'a FIFO': (path) => {
    rmSync(path, { recursive: true });
    execFileSync('mkfifo', [path]);
  },
  empty: (path) => emptied(path),
  'a gigabyte of holes': (path) => extended(path, 2 ** 30),
  'three gigabytes of holes': (path) => extended(path, 3 * 2 ** 30),
};
