/** A directory as users have them, with all that is hard to read, and what must stay of it as it is. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';

const KIB = 1024;
/** Around the sizes of pages and blocks, and one that is a hole. */
const SIZES = [0, 1, 511, 4095, 4096, 4097, 20_000, 64 * KIB, 130 * KIB];
const HOLE_BYTES = 8 * KIB ** 2;
/** Long ago, so that every access would be seen even on a file system with `relatime`. */
const LONG_AGO = new Date('2001-02-03T04:05:06Z');

/** Names that are awkward in shells, terminals and decoders, as bytes. */
const NAMES = [
  Buffer.from('-rf'),
  Buffer.from('a b'),
  Buffer.from(' leading'),
  Buffer.from('two\nlines'),
  Buffer.from('red\u001b[31m\u0007'),
  Buffer.from('$(touch gotcha);`id`'),
  Buffer.from('quote\'"\\'),
  Buffer.from('größe-画像-🙂'),
  Buffer.from([0x6c, 0x61, 0x74, 0x69, 0x6e, 0x31, 0xe9, 0xff, 0xfe]),
  Buffer.from('x'.repeat(255)),
  Buffer.from('.feedrate-notes'),
  Buffer.from('..dots'),
  Buffer.from('*'),
];

function joined(directory: Buffer, name: Buffer | string): Buffer {
  return Buffer.concat([directory, Buffer.from('/'), Buffer.from(name)]);
}

/** Content that depends on the place alone. */
function contentOf(place: number, bytes: number): Buffer {
  return Buffer.alloc(bytes, createHash('sha256').update(String(place)).digest());
}

/** Makes a tree with so many regular files in `directory`, which must not exist. */
export function makeUserTree(directory: string, files: number): void {
  const root = Buffer.from(directory);
  const folders = [root, joined(root, 'class 1'), joined(root, 'deep'), joined(root, Buffer.from([0xff, 0x64]))];
  folders.push(joined(folders[2] as Buffer, 'deeper'));
  for (const folder of folders) mkdirSync(folder);
  const regular = Math.max(NAMES.length + SIZES.length, files - 1);
  for (let place = 0; place < regular; place++) {
    const folder = folders[place % folders.length] as Buffer;
    const name = NAMES[place] ?? `sample-${String(place).padStart(6, '0')}`;
    writeFileSync(joined(folder, name), contentOf(place, SIZES[place % SIZES.length] as number));
  }
  const hole = joined(root, 'sparse.bin');
  writeFileSync(hole, '');
  truncateSync(hole, HOLE_BYTES);
  addOddEntries(root);
  for (const path of pathsBelow(root)) if (!lstatSync(path).isSymbolicLink()) utimesSync(path, LONG_AGO, LONG_AGO);
}

/** What is no file to read, or cannot be read. */
function addOddEntries(root: Buffer): void {
  const at = (name: string) => joined(root, name);
  symlinkSync('class 1', at('link-to-directory'));
  symlinkSync('sparse.bin', at('link-to-file'));
  symlinkSync('nowhere', at('dangling'));
  symlinkSync('..', joined(at('deep'), 'loop'));
  symlinkSync('self', at('self'));
  symlinkSync('/etc/passwd', at('outside'));
  linkSync(at('sparse.bin'), at('second-name'));
  writeFileSync(at('secret'), 'nobody reads this');
  chmodSync(at('secret'), 0);
  mkdirSync(at('closed'));
  writeFileSync(joined(at('closed'), 'file'), 'behind a closed door');
  chmodSync(at('closed'), 0);
  if (spawnSync('mkfifo', [`${root.toString()}/pipe`]).status !== 0) throw new Error('mkfifo failed');
}

/** All paths below a directory, directories before what is in them. */
function* pathsBelow(directory: Buffer): Generator<Buffer> {
  for (const name of readdirSync(directory, { encoding: 'buffer' }).sort(Buffer.compare)) {
    const path = joined(directory, name);
    yield path;
    if (lstatSync(path).isDirectory()) yield* pathsBelow(path);
  }
}

export interface SnapshotOptions {
  /** Whether the times of access of regular files are part of it: only root and owners can read without changing them. */
  readonly access: boolean;
}

/** One line for every entry: name, type, mode, owner, links, inode, size, blocks, times and content. */
export function snapshotOf(directory: string, { access }: SnapshotOptions = { access: true }): string[] {
  const root = Buffer.from(directory);
  return [root, ...pathsBelow(root)].map((path) => {
    const status = lstatSync(path, { bigint: true });
    const { mode, uid, gid, nlink, ino, size, blocks, mtimeNs, ctimeNs, atimeNs } = status;
    const facts = [
      mode,
      uid,
      gid,
      nlink,
      ino,
      size,
      blocks,
      mtimeNs,
      ctimeNs,
      access && status.isFile() ? atimeNs : '-',
    ];
    return `${path.toString('latin1')} ${facts.join(' ')} ${digestOf(path, status)}`;
  });
}

function digestOf(path: Buffer, status: BigIntStats): string {
  if (status.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  if (!status.isFile()) return status.isDirectory() ? 'directory' : 'special';
  const hash = createHash('sha256');
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOATIME);
  try {
    const buffer = Buffer.alloc(64 * KIB);
    for (let bytes = readSync(fd, buffer); bytes > 0; bytes = readSync(fd, buffer))
      hash.update(buffer.subarray(0, bytes));
  } finally {
    closeSync(fd);
  }
  return hash.digest('hex');
}

/** The lines that are in one snapshot only, for a failed test. */
export function changesBetween(before: readonly string[], after: readonly string[]): string[] {
  const [had, has] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !has.has(line)).map((line) => `before: ${line}`),
    ...after.filter((line) => !had.has(line)).map((line) => `after:  ${line}`),
  ];
}
