/** Calls on directories, on names and on maps, as strace writes them. */
import { known } from './strace-descriptors.js';
import { type CallHandler, quotedName } from './strace-state.js';
import { OPEN } from './trace-calls.js';
import { type FileInTrace, noteOpen } from './trace-parts.js';

/** The listing of a directory, which ends with a call that returns nothing. */
export const list: CallHandler = (state, thread, { args, result }, startNs, endNs) => {
  const open = state.open(thread, args[0]);
  if (open === null || open.file === null || result < 0) return state.builder.leaveOut('on other files');
  open.file.isDirectory = true;
  open.listedNs += endNs - startNs;
  open.entries += Number(/(\d+) entries/.exec(args[1] ?? '')?.[1] ?? 0);
  if (result > 0) return;
  const operands = [open.file.number, open.entries];
  state.builder.call(thread.inTrace, 'list', [endNs - open.listedNs, endNs], operands, open.file);
  [open.listedNs, open.entries] = [0, 0];
};

export const map: CallHandler = (state, thread, call, startNs, endNs) => {
  const { args, note, result } = call;
  if (/MAP_ANON/.test(args[3] ?? '') || result < 0) return;
  const open = known(state, thread, args[4], startNs);
  if (open === null) return;
  const [length, offset] = [Number(args[1]), Number(args[5])];
  open.file.reachedBytes = Math.max(open.file.reachedBytes, open.file.statedBytes ?? offset + length);
  state.builder.call(thread.inTrace, 'map', [startNs, endNs], [open.handle, offset, length], open.file);
  thread.program.maps.set(addressOf(result, note), open);
  if (/MAP_POPULATE/.test(args[3] ?? ''))
    state.builder.call(thread.inTrace, 'touch', [endNs, endNs], [open.handle, offset, length], open.file, length);
};

const addressOf = (result: number, note: string): string => (Number.isNaN(result) ? note : `0x${result.toString(16)}`);

export const unmap: CallHandler = (state, thread, { args, result }, startNs, endNs) => {
  const open = thread.program.maps.get(args[0] ?? '');
  if (open === undefined || open.file === null || result !== 0) return;
  thread.program.maps.delete(args[0] ?? '');
  state.openFiles.adopt(open, open.file, thread.inTrace, startNs);
  state.builder.call(thread.inTrace, 'unmap', [startNs, endNs], [open.handle], open.file);
};

/** A rename or a removal. `places` are those of the arguments: the directory, and the name. */
export const moved =
  (name: 'rename' | 'unlink', places: readonly (readonly [number | null, number])[]): CallHandler =>
  (state, thread, { args, result }, startNs, endNs) => {
    if (result !== 0) return state.builder.leaveOut('that failed');
    if (args.includes('AT_REMOVEDIR')) return state.builder.leaveOut('that a replay does not make');
    const files = places.map(([directory, at]) =>
      state.file(state.pathOf(thread, directory === null ? 'AT_FDCWD' : args[directory], quotedName(args[at]))),
    );
    const [first] = files;
    if (first == null || files.includes(null)) return;
    for (const file of files as FileInTrace[]) noteOpen(file, file === first ? OPEN.write : OPEN.create);
    state.builder.call(
      thread.inTrace,
      name,
      [startNs, endNs],
      (files as FileInTrace[]).map(({ number }) => number),
      first,
    );
  };
