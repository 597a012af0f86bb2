/** Calls that put threads in an order: pipes, futexes, starts and ends of threads. */
import type { Wakes } from './messages.js';
import type { StraceCall } from './strace-line.js';
import { type CallHandler, descriptorOf, type StraceState, type TracedThread } from './strace-state.js';

/** Returns the name of a pipe in an argument, or null. */
export function pipeOf(state: StraceState, thread: TracedThread, argument: string | undefined): string | null {
  const name = state.open(thread, argument)?.name ?? null;
  return name?.startsWith('pipe:') ? name : null;
}

/** Returns the wake-ups that a futex belongs to: those of its process, unless processes share it. */
function wakesOf(state: StraceState, { program }: TracedThread, { args }: StraceCall): Wakes {
  return (args[1] ?? '').includes('PRIVATE') ? program.wakes : state.wakes;
}

/** Adds the wait of a call for another thread. Without a token, its time is part of a gap. */
function waited(state: StraceState, thread: TracedThread, token: number | null, startNs: number, endNs: number): void {
  if (token !== null) state.builder.await(thread.inTrace, token, startNs, endNs);
}

/** Takes bytes that a thread read from a pipe. */
export function readPipe(
  state: StraceState,
  thread: TracedThread,
  name: string,
  bytes: number,
  startNs: number,
  endNs: number,
): void {
  if (bytes > 0) waited(state, thread, state.pipes.read(name, bytes), startNs, endNs);
}

/** Bytes that a thread wrote to a pipe. Their reader may return before the writer does. */
export function writePipe(
  state: StraceState,
  thread: TracedThread,
  name: string,
  bytes: number,
  startNs: number,
): void {
  if (thread.begun !== null || bytes <= 0) return;
  state.pipes.write(name, bytes, state.builder.post(thread.inTrace, startNs));
}

/** Does what has an effect on others before a call returns. */
function begun(state: StraceState, thread: TracedThread, call: StraceCall, atNs: number): void {
  if (call.name === 'write' || call.name === 'writev') {
    const name = pipeOf(state, thread, call.args[0]);
    const bytes = Number(call.args[2]);
    if (name === null || call.name === 'writev' || !(bytes > 0)) return;
    writePipe(state, thread, name, bytes, atNs);
    thread.begun = { token: null };
  } else if (call.name === 'futex' && isWake(call)) {
    wakesOf(state, thread, call).wake(call.args[0] ?? '', atNs, state.builder.post(thread.inTrace, atNs));
    thread.begun = { token: null };
  } else if (call.name in STARTS) {
    const token = state.builder.post(thread.inTrace, atNs);
    state.starting.push({ thread, token, flags: call.args.join(' '), atNs });
    thread.begun = { token };
  }
}

const isWake = ({ args }: StraceCall): boolean => /FUTEX_WAKE/.test(args[1] ?? '');

const futex: CallHandler = (state, thread, call, startNs, endNs) => {
  const [address = '', operation = '', value] = call.args;
  const wakes = wakesOf(state, thread, call);
  if (isWake(call)) {
    if (thread.begun !== null || !(call.result > 0)) return;
    wakes.wake(address, startNs, state.builder.post(thread.inTrace, startNs));
  } else if (operation.includes('FUTEX_WAIT')) {
    // A thread that is joined has its number at the address, and the kernel wakes those who wait.
    const token = wakes.since(address, startNs) ?? state.exits.get(Number(value)) ?? null;
    if (call.result === 0) waited(state, thread, token, startNs, endNs);
    else if (call.note.startsWith('ETIMEDOUT')) state.builder.skip(thread.inTrace, startNs, endNs);
  }
};

const start: CallHandler = (state, thread, call, startNs) => {
  const flags = call.args.join(' ');
  const place = state.starting.findIndex((each) => each.thread === thread);
  if (place >= 0) state.starting.splice(place, 1);
  if (!(call.result > 0) || state.has(call.result)) return;
  const token = thread.begun === null ? state.builder.post(thread.inTrace, startNs) : thread.begun.token;
  state.start(call.result, thread, { token, flags, atNs: startNs });
};

const exit: CallHandler = (state, thread, _, startNs) => {
  state.exits.set(thread.pid, state.builder.post(thread.inTrace, startNs));
  state.builder.end(thread.inTrace);
};

const wait: CallHandler = (state, thread, call, startNs, endNs) => {
  const [, number] = /si_pid=(\d+)/.exec(call.args.join(' ')) ?? [];
  const pid = call.name === 'waitid' ? Number(number) : call.result;
  if (pid > 0) waited(state, thread, state.exits.get(pid) ?? null, startNs, endNs);
};

/** A wait for several descriptors ends when one of them has something. */
const poll: CallHandler = (state, thread, call, startNs, endNs) => {
  const asked = call.args.join(' ');
  if (call.result === 0) {
    // A timeout of a thread that waits for others. Without descriptors, it is a sleep.
    if (/fd=|\[\d/.test(asked)) state.builder.skip(thread.inTrace, startNs, endNs);
    return;
  }
  for (const [, number] of call.note.matchAll(/(?:fd=|\bin \[|[ [])(\d+)(?=[<,\] ])/g)) {
    const [argument] = new RegExp(`(?<![\\d])${number}<[^>]*>`).exec(asked) ?? [number];
    const pipe = descriptorOf(argument) === null ? null : pipeOf(state, thread, argument);
    if (pipe !== null) return waited(state, thread, state.pipes.next(pipe), startNs, endNs);
  }
};

const pipe: CallHandler = (state, thread, { args, result }) => {
  if (result !== 0) return;
  const ends = /^\[(.*), (.*)\]$/.exec(args[0] ?? '')?.slice(1) ?? [];
  for (const end of ends) {
    const descriptor = descriptorOf(end);
    // Without -y, a pipe has no name.
    if (descriptor !== null)
      thread.program.set(descriptor.number, state.openFiles.create(null, descriptor.name ?? 'pipe', 0, null));
  }
};

const STARTS = { clone: start, clone3: start, fork: start, vfork: start };

export const ORDER_HANDLERS = {
  begun,
  calls: {
    ...STARTS,
    futex,
    exit,
    exit_group: exit,
    wait4: wait,
    waitid: wait,
    poll,
    ppoll: poll,
    select: poll,
    pselect6: poll,
    pipe,
    pipe2: pipe,
  } satisfies Readonly<Record<string, CallHandler>>,
};
