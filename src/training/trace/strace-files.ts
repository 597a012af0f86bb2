/** Calls on files, as strace writes them. */
import { onDescriptor } from './strace-descriptors.js';
import type { StraceCall } from './strace-line.js';
import { list, map, moved, unmap } from './strace-names.js';
import { pipeOf, readPipe, writePipe } from './strace-order.js';
import { type CallHandler, descriptorOf, quotedName } from './strace-state.js';
import { ADVICE, OPEN } from './trace-calls.js';
import { type FileInTrace, noteOpen } from './trace-parts.js';

const isVector = (name: string): boolean => /v2?$/.test(name);

/** Returns the bytes that a call asks for. Of vectors, only the sum that was moved is known. */
function asked({ name, args, result }: StraceCall): number {
  const bytes = Number(args[2]);
  return isVector(name) || !(bytes >= result) ? result : bytes;
}

/** Notes what a read says of the length of its file. */
function noteRead(file: FileInTrace, offset: number, askedBytes: number, movedBytes: number): void {
  if (movedBytes > 0) file.reachedBytes = Math.max(file.reachedBytes, offset + movedBytes);
  if (movedBytes < askedBytes && offset + movedBytes <= file.reachedBytes) file.statedBytes ??= offset + movedBytes;
}

const readAt = onDescriptor(({ file, handle, position }, call) => {
  const offset = call.name === 'read' || call.name === 'readv' ? position : Number(call.args[3]);
  if (!(offset >= 0)) return null;
  noteRead(file, offset, asked(call), call.result);
  return {
    name: call.name === 'read' || call.name === 'readv' ? 'read' : 'pread',
    operands: [handle, offset, asked(call), call.result],
    bytes: call.result,
  };
});

const read: CallHandler = (state, thread, call, startNs, endNs) => {
  const pipe = pipeOf(state, thread, call.args[0]);
  if (pipe !== null) return readPipe(state, thread, pipe, call.result, startNs, endNs);
  readAt(state, thread, call, startNs, endNs);
  const open = state.open(thread, call.args[0]);
  if (open !== null && call.result > 0) open.position += call.result;
};

const writeAt = onDescriptor((open, call) => {
  const isPlaced = call.name.startsWith('p');
  const offset = isPlaced ? Number(call.args[3]) : open.position;
  if (!(offset >= 0)) return null;
  open.file.reachedBytes = Math.max(open.file.reachedBytes, offset + call.result);
  return { name: 'write', operands: [open.handle, offset, call.result], bytes: call.result };
}, OPEN.write);

const write: CallHandler = (state, thread, call, startNs, endNs) => {
  const pipe = pipeOf(state, thread, call.args[0]);
  if (pipe !== null) return writePipe(state, thread, pipe, call.result, startNs);
  writeAt(state, thread, call, startNs, endNs);
  const open = state.open(thread, call.args[0]);
  if (open !== null && call.result > 0) open.position += call.result;
};

/** A copy in the kernel is replayed as a read and a write. */
const copy =
  (from: number, to: number, count: number): CallHandler =>
  (state, thread, call, startNs, endNs) => {
    const { args, result } = call;
    const middleNs = (startNs + endNs) / 2;
    const part = (name: string, place: number) => ({ ...call, name, args: [args[place] ?? '', '', args[count] ?? ''] });
    if (!(result > 0)) return;
    read(state, thread, part('read', from), startNs, middleNs);
    write(state, thread, part('write', to), middleNs, endNs);
  };

/** Where a call has its directory, name and flags. */
const opener =
  (directory: number | null, name: number, flags: number | null): CallHandler =>
  (state, thread, call, startNs, endNs) => {
    const { args, result, note } = call;
    const given = flags === null ? 'O_CREAT|O_WRONLY|O_TRUNC' : (args[flags] ?? '');
    const [, shown] = /^<(.*)>/.exec(note) ?? [];
    const path =
      (result >= 0 && shown !== undefined ? descriptorOf(`${result}<${shown}>`)?.name : null) ??
      state.pathOf(thread, directory === null ? 'AT_FDCWD' : args[directory], quotedName(args[name]));
    if (result < 0) return state.builder.leaveOut('that failed');
    if (/O_PATH|O_TMPFILE/.test(given) || path === null) {
      thread.program.close(result);
      return state.builder.leaveOut('that a replay does not make');
    }
    const file = state.file(path);
    const how = howOf(given);
    const open = state.openFiles.create(file, path, how, thread.inTrace);
    thread.program.set(result, open);
    if (file === null) return;
    if (given.includes('O_DIRECTORY')) {
      file.isDirectory = true;
      open.listedNs = endNs - startNs;
      open.knownTo.clear();
      return;
    }
    noteOpen(file, how);
    if (given.includes('O_APPEND')) open.position = Math.max(file.statedBytes ?? 0, file.reachedBytes);
    if (how & OPEN.truncate) [file.statedBytes, file.reachedBytes] = [null, 0];
    state.builder.call(thread.inTrace, 'open', [startNs, endNs], [file.number, how, open.handle], file);
  };

function howOf(flags: string): number {
  return (
    (/O_WRONLY|O_RDWR/.test(flags) ? OPEN.write : 0) +
    (flags.includes('O_CREAT') ? OPEN.create : 0) +
    (flags.includes('O_TRUNC') ? OPEN.truncate : 0) +
    (/O_DIRECT(?!ORY)/.test(flags) ? OPEN.direct : 0) +
    (flags.includes('O_EXCL') ? OPEN.exclusive : 0)
  );
}

const close: CallHandler = (state, thread, { args, result }, startNs, endNs) => {
  const open = state.open(thread, args[0]);
  const last = thread.program.close(descriptorOf(args[0])?.number ?? -1);
  // Of duplicated descriptors, only the last close ends anything. What a process inherited and did not use is not open.
  if (last === null || open === null || open.file === null || result < 0 || open.file.isDirectory) return;
  if (!open.knownTo.delete(thread.inTrace)) return;
  state.builder.call(thread.inTrace, 'close', [startNs, endNs], [open.handle], open.file);
};

const duplicate: CallHandler = (state, thread, { name, args, result }) => {
  if (result < 0 || (name === 'fcntl' && !(args[1] ?? '').startsWith('F_DUPFD'))) return;
  const open = state.open(thread, args[0]);
  if (open !== null) thread.program.set(result, open);
  else thread.program.close(result);
};

const seek: CallHandler = (state, thread, call, startNs, endNs) => {
  const open = state.open(thread, call.args[0]);
  if (open?.file && call.result >= 0) {
    open.position = call.result;
    if (call.args[2] === 'SEEK_END') open.file.statedBytes = call.result - Number(call.args[1]);
  }
  seekTo(state, thread, call, startNs, endNs);
};
const seekTo = onDescriptor(({ handle }, { result }) => ({ name: 'seek', operands: [handle, result] }));

/** Notes what stat(2) says. Returns whether it is a file or a directory. */
function noteStatus(file: FileInTrace, text: string): boolean {
  const [, type] = /stx?_mode=(S_IF[A-Z]+)/.exec(text) ?? [];
  const [, bytes] = /stx?_size=(\d+)/.exec(text) ?? [];
  if (type === 'S_IFDIR') file.isDirectory = true;
  else if (type !== undefined && type !== 'S_IFREG' && type !== 'S_IFLNK') return false;
  else if (bytes !== undefined && !file.isWritten) file.statedBytes = Number(bytes);
  return true;
}

const statusOfOpen = onDescriptor(({ file, handle }, { args }) =>
  noteStatus(file, args.join(' ')) ? { name: 'fstat', operands: [handle] } : null,
);

const statusAt =
  (directory: number | null, name: number): CallHandler =>
  (state, thread, call, startNs, endNs) => {
    const { args, result } = call;
    const given = quotedName(args[name]);
    if (directory !== null && given === '') return statusOfOpen(state, thread, call, startNs, endNs);
    if (result !== 0) return state.builder.leaveOut('that failed');
    const text = args.join(' ');
    // A socket or a device would otherwise become a file of the trace.
    const isOther = /stx?_mode=S_IF(?!REG|DIR|LNK)/.test(text);
    const file = isOther
      ? null
      : state.file(state.pathOf(thread, directory === null ? 'AT_FDCWD' : args[directory], given));
    if (file === null) return;
    noteStatus(file, text);
    state.builder.call(thread.inTrace, 'stat', [startNs, endNs], [file.number], file);
  };

const LOCKS: readonly RegExp[] = [/LOCK_SH/, /LOCK_EX/, /LOCK_UN/];

export const FILE_HANDLERS: Readonly<Record<string, CallHandler>> = {
  open: opener(null, 0, 1),
  openat: opener(0, 1, 2),
  openat2: opener(0, 1, 2),
  creat: opener(null, 0, null),
  close,
  dup: duplicate,
  dup2: duplicate,
  dup3: duplicate,
  fcntl: duplicate,
  read,
  readv: read,
  pread64: readAt,
  preadv: readAt,
  preadv2: readAt,
  write,
  writev: write,
  pwrite64: writeAt,
  pwritev: writeAt,
  pwritev2: writeAt,
  sendfile: copy(1, 0, 3),
  copy_file_range: copy(0, 2, 4),
  lseek: seek,
  fstat: statusOfOpen,
  stat: statusAt(null, 0),
  lstat: statusAt(null, 0),
  newfstatat: statusAt(0, 1),
  statx: statusAt(0, 1),
  getdents64: list,
  ioctl: onDescriptor(({ handle }, { args }) => (args[1] === 'TCGETS' ? { name: 'ioctl', operands: [handle] } : null)),
  fsync: onDescriptor(({ handle }) => ({ name: 'fsync', operands: [handle, 0] }), OPEN.write),
  fdatasync: onDescriptor(({ handle }) => ({ name: 'fsync', operands: [handle, 1] }), OPEN.write),
  mmap: map,
  munmap: unmap,
  flock: onDescriptor(({ handle }, { args }) => {
    const how = LOCKS.findIndex((pattern) => pattern.test(args[1] ?? ''));
    return how < 0 ? null : { name: 'lock', operands: [handle, how] };
  }),
  fadvise64: onDescriptor(({ handle }, { args }) => {
    const advice = ADVICE.findIndex((name) => args[3] === `POSIX_FADV_${name.toUpperCase()}`);
    return advice < 0 ? null : { name: 'advise', operands: [handle, advice, Number(args[1]), Number(args[2])] };
  }),
  rename: moved('rename', [
    [null, 0],
    [null, 1],
  ]),
  renameat: moved('rename', [
    [0, 1],
    [2, 3],
  ]),
  renameat2: moved('rename', [
    [0, 1],
    [2, 3],
  ]),
  unlink: moved('unlink', [[null, 0]]),
  unlinkat: moved('unlink', [[0, 1]]),
};
