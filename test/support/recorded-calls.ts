/** Calls of readers as lines of text, from a reader that makes them and from strace, so that the two can be compared. */
import { basename } from 'node:path';
import type { ReaderCalls } from '../../src/training/readers/reader-calls.js';

/** Makes no calls, but notes them. Files have the length that their readers expect. */
export class RecordedCalls implements ReaderCalls {
  readonly lines: string[] = [];
  readonly #files: { name: string; bytes: number; at: number }[] = [];

  open(path: string, bytes: number): number {
    const name = basename(path);
    this.lines.push(`${name} open`);
    return this.#files.push({ name, bytes, at: 0 }) - 1;
  }

  close(handle: number): void {
    this.#note(handle, 'close');
  }

  status(handle: number): void {
    this.#note(handle, 'fstat');
  }

  statusOf(path: string): void {
    this.lines.push(`${basename(path)} stat`);
  }

  askTerminal(handle: number): void {
    this.#note(handle, 'tcgets');
  }

  seek(handle: number, offsetBytes: number, from: 'set' | 'current' | 'end'): number {
    const file = this.#of(handle);
    file.at = { set: 0, current: file.at, end: file.bytes }[from] + offsetBytes;
    this.#note(handle, `lseek ${offsetBytes} ${from} = ${file.at}`);
    return file.at;
  }

  read(handle: number, lengthBytes: number): number {
    const file = this.#of(handle);
    const moved = Math.max(0, Math.min(lengthBytes, file.bytes - file.at));
    file.at += moved;
    this.#note(handle, `read ${lengthBytes} = ${moved}`);
    return moved;
  }

  readAt(handle: number, offsetBytes: number, lengthBytes: number): number {
    const moved = Math.max(0, Math.min(lengthBytes, this.#of(handle).bytes - offsetBytes));
    this.#note(handle, `pread ${lengthBytes} at ${offsetBytes} = ${moved}`);
    return moved;
  }

  advise(...[handle, offsetBytes, lengthBytes, advice]: Parameters<ReaderCalls['advise']>): void {
    this.#note(handle, `fadvise ${offsetBytes} ${lengthBytes} ${advice}`);
  }

  lock(handle: number, how: 'shared' | 'exclusive' | 'none'): void {
    this.#note(handle, `flock ${how}`);
  }

  map(handle: number, lengthBytes: number): number {
    this.#note(handle, `mmap ${lengthBytes}`);
    return handle;
  }

  touch(): void {}

  unmap(map: number): void {
    this.#note(map, 'munmap');
  }

  list(path: string, expected: number): number {
    this.lines.push(`${basename(path)} list`);
    return expected;
  }

  #of(handle: number): { name: string; bytes: number; at: number } {
    return this.#files[handle] as { name: string; bytes: number; at: number };
  }

  #note(handle: number, what: string): void {
    this.lines.push(`${this.#of(handle).name} ${what}`);
  }
}

const LOCKS: Readonly<Record<string, string>> = { SH: 'shared', EX: 'exclusive', UN: 'none' };
const WHENCE: Readonly<Record<string, string>> = { SET: 'set', CUR: 'current', END: 'end' };

/** Joins the halves of calls that other threads interrupted. */
function wholeLines(trace: string): string[] {
  const begun = new Map<string, number>();
  const lines: string[] = [];
  for (const line of trace.split('\n')) {
    const [, thread = '', call = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. \w+ resumed>,? ?(.*)$/.exec(call);
    if (resumed !== null) {
      const at = begun.get(thread);
      if (at !== undefined) lines[at] += resumed[1] as string;
    } else {
      const start = / ?<unfinished \.\.\.>$/.exec(call);
      if (start !== null) begun.set(thread, lines.length);
      lines.push(start === null ? call : call.slice(0, start.index));
    }
  }
  return lines;
}

/**
 * Returns the calls on files and directories below `directory`, as `strace -f -y` has printed them. Duplicates of descriptors and
 * what is asked of them besides reading is left out.
 */
export function straceLines(trace: string, directory: string): string[] {
  const lines: string[] = [];
  const maps = new Map<string, string>();
  const duplicates = new Set<string>();
  const listed = new Set<string>();
  const below = (path: string) => path === directory || path.startsWith(`${directory}/`);
  for (const line of wholeLines(trace)) {
    const [, call = '', fd = '', path = '', rest = ''] = /^(\w+)\((\d+)<([^>]*)>(.*)$/.exec(line) ?? [];
    const result = /= (-?\w+)/.exec(rest.slice(rest.lastIndexOf(') ')))?.[1] ?? '';
    const opened = /^openat\(\w+<[^>]*>, "([^"]*)", ([A-Z_|]+).*= (\d+)/.exec(line);
    const named = /^(?:newfstatat|stat|lstat)\((?:AT_FDCWD<[^>]*>, )?"([^"]+)"/.exec(line);
    const mapped = /^mmap\(NULL, (\d+), PROT_READ, MAP_\w+, (\d+)<([^>]*)>, 0\)\s*= (\w+)/.exec(line);
    const unmapped = /^munmap\((\w+)/.exec(line);
    if (opened !== null && below(opened[1] as string)) {
      const isDirectory = (opened[2] as string).includes('O_DIRECTORY');
      lines.push(`${basename(opened[1] as string)} ${isDirectory ? 'list' : 'open'}`);
      if (isDirectory) listed.add(opened[3] as string);
    } else if (named !== null && below(named[1] as string)) lines.push(`${basename(named[1] as string)} stat`);
    else if (mapped !== null && below(mapped[3] as string)) {
      maps.set(mapped[4] as string, basename(mapped[3] as string));
      lines.push(`${basename(mapped[3] as string)} mmap ${mapped[1]}`);
    } else if (unmapped !== null) {
      const name = maps.get(unmapped[1] as string);
      if (name !== undefined) lines.push(`${name} munmap`);
      maps.delete(unmapped[1] as string);
    } else if (below(path) && call !== '') {
      if (call === 'fcntl' && rest.includes('F_DUPFD')) duplicates.add(result);
      const what = listed.has(fd) ? null : whatOf(call, rest, result);
      if (call === 'close' && duplicates.delete(fd)) continue;
      if (call === 'close' && listed.delete(fd)) continue;
      if (what !== null) lines.push(`${basename(path)} ${what}`);
    }
  }
  return lines;
}

/** Returns the words for a call on an open file; null when it does not matter. */
function whatOf(call: string, rest: string, result: string): string | null {
  const numbers = rest
    .slice(0, rest.lastIndexOf(')'))
    .split(', ')
    .filter((word) => /^-?\d+$/.test(word));
  if (call === 'close') return 'close';
  if (/^(newfstatat|fstat|statx)$/.test(call)) return 'fstat';
  if (call === 'ioctl') return 'tcgets';
  if (call === 'lseek') return `lseek ${numbers[0]} ${WHENCE[/SEEK_(\w+)/.exec(rest)?.[1] as string]} = ${result}`;
  if (call === 'read' || call === 'readv') return `read ${numbers.at(-1)} = ${result}`;
  if (call === 'pread64') return `pread ${numbers.at(-2)} at ${numbers.at(-1)} = ${result}`;
  if (call === 'fadvise64')
    return `fadvise ${numbers[0]} ${numbers[1]} ${/FADV_(\w+)/.exec(rest)?.[1]?.toLowerCase() ?? ''}`;
  if (call === 'flock') return `flock ${LOCKS[/LOCK_(SH|EX|UN)/.exec(rest)?.[1] as string]}`;
  return null;
}
