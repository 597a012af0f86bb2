/** What somebody else may put in the place of a file of feedrate's. */
import { spawnSync } from 'node:child_process';
import { linkSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { skipTest } from './skip.js';

function made(command: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) skipTest(`${command} does not work here: ${error?.message ?? stderr.trim()}`);
}

const SOCKET = "import socket, sys; socket.socket(socket.AF_UNIX).bind('entry')";

/** Each kind with the words of its refusal, and how to make it. `mine` is a user's file. */
export const PLANTED: readonly {
  readonly kind: string;
  readonly words: RegExp;
  readonly plant: (path: string, mine: string) => void;
}[] = [
  { kind: 'symbolic link', words: /is a symbolic link/, plant: (path, mine) => symlinkSync(mine, path) },
  { kind: 'link to a device', words: /is a symbolic link/, plant: (path) => symlinkSync('/dev/zero', path) },
  { kind: 'hard link', words: /has \d names \(hard links\)/, plant: (path, mine) => linkSync(mine, path) },
  { kind: 'FIFO', words: /is a FIFO/, plant: (path) => made('mkfifo', path) },
  {
    kind: 'socket',
    words: /is a socket/,
    // The name of a socket must be short.
    plant: (path) => made('sh', '-c', 'cd "$1" && python3 -c "$2" && mv entry "$3"', 'sh', dirname(path), SOCKET, path),
  },
  { kind: 'directory', words: /is a directory/, plant: (path) => mkdirSync(path) },
  { kind: 'device', words: /is a device/, plant: (path) => made('mknod', path, 'c', '1', '5') },
];

/** What must stay the same of a user's file: content, time of the last change, inode. Its number of names is feedrate's to lower. */
export function stateOfFile(path: string): readonly unknown[] {
  const { mtimeNs, ino, size } = lstatSync(path, { bigint: true });
  return [readFileSync(path, 'hex'), mtimeNs, ino, size];
}
