import type { OpenFile } from './open-files.js';
import type { StraceCall } from './strace-line.js';
import type { CallHandler, StraceState, TracedThread } from './strace-state.js';
import type { TraceCallName } from './trace-calls.js';
import { type FileInTrace, noteOpen } from './trace-parts.js';

/** An open file that belongs to the trace. */
export interface KnownDescriptor extends OpenFile {
  readonly file: FileInTrace;
}

/** Returns the file of a descriptor, known to the thread; null when it does not belong to the trace. */
export function known(
  state: StraceState,
  thread: TracedThread,
  argument: string | undefined,
  atNs: number,
  how = 0,
): KnownDescriptor | null {
  const open = state.open(thread, argument, how);
  if (open === null || open.file === null) {
    state.builder.leaveOut('on other files');
    return null;
  }
  if (how !== 0 && open.how === 0 && !open.knownTo.has(thread.inTrace)) open.how = how;
  state.openFiles.adopt(open, open.file, thread.inTrace, atNs);
  return open as KnownDescriptor;
}

/** Makes the handler of a call on a descriptor that failed or returned. */
export function onDescriptor(
  use: (
    open: KnownDescriptor,
    call: StraceCall,
  ) => { readonly name: TraceCallName; readonly operands: readonly number[]; readonly bytes?: number } | null,
  how = 0,
): CallHandler {
  return (state, thread, call, startNs, endNs) => {
    if (call.result < 0) return state.builder.leaveOut('that failed');
    const open = known(state, thread, call.args[0], startNs, how);
    if (open === null) return;
    if (how !== 0) noteOpen(open.file, how);
    const made = use(open, call);
    if (made === null) return state.builder.leaveOut('that a replay does not make');
    state.builder.call(thread.inTrace, made.name, [startNs, endNs], made.operands, open.file, made.bytes ?? 0);
  };
}
