import { closeSync, constants, fdatasyncSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { type SystemFault, systemFaultOf } from '../base/errors.js';
import { codeOf, errnoName } from '../host/libc.js';
import { READ } from '../plan/batch.js';
import { type Backend, IoFault, type OpenMode } from './backend.js';
import type { TransferCalls } from './calls.js';
import type { MonotonicClock } from './clock.js';

const EINTR = osConstants.errno.EINTR;

/** Calls that fail as Node's do, turned into faults. */
function attempt<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    const fault = systemFaultOf(thrown, path);
    // Node names only the errors that libuv knows: ESTALE and EDQUOT are not among them.
    throw new IoFault({ ...fault, code: codeOf(thrown) ?? fault.code });
  }
}

/** One blocking pread(2) or pwrite(2) an operation, as fio's engine of the same name. */
export class PsyncBackend implements Backend {
  readonly clock: MonotonicClock;
  /** Transfers that the kernel ended early and that were taken up again. */
  shortTransfers = 0;
  readonly #calls: TransferCalls;
  readonly #fds: number[] = [];
  readonly #paths: string[] = [];
  #direct = false;

  constructor(calls: TransferCalls, clock: MonotonicClock) {
    this.#calls = calls;
    this.clock = clock;
  }

  transfer(kind: number, slot: number, offsetBytes: number, lengthBytes: number, bufferOffset: number): void {
    const fd = this.#fds[slot] as number;
    const moved =
      kind === READ
        ? this.#calls.read(fd, bufferOffset, lengthBytes, offsetBytes)
        : this.#calls.write(fd, bufferOffset, lengthBytes, offsetBytes);
    if (moved !== lengthBytes) this.#complete(kind, slot, offsetBytes, lengthBytes, bufferOffset, moved);
  }

  /** The rest of a transfer that was short, interrupted or refused. */
  #complete(
    kind: number,
    slot: number,
    offsetBytes: number,
    lengthBytes: number,
    bufferOffset: number,
    first: number,
  ): void {
    const fd = this.#fds[slot] as number;
    let moved = first;
    let done = 0;
    for (;;) {
      if (moved > 0) done += moved;
      if (done === lengthBytes) return;
      if (moved < 0 && moved !== -EINTR) throw this.#fault(kind, slot, offsetBytes + done, moved);
      if (moved === 0) throw this.#endOfFile(kind, slot, offsetBytes + done);
      this.shortTransfers++;
      const call = kind === READ ? this.#calls.read : this.#calls.write;
      moved = call(fd, bufferOffset + done, lengthBytes - done, offsetBytes + done);
    }
  }

  #fault(kind: number, slot: number, offsetBytes: number, negativeErrno: number): IoFault {
    const code = errnoName(-negativeErrno);
    const hint = code === 'EINVAL' && this.#direct ? ': O_DIRECT takes multiples of the block size of the device' : '';
    return this.#faultOf(kind, slot, offsetBytes, code, `failed with ${code}${hint}`);
  }

  #endOfFile(kind: number, slot: number, offsetBytes: number): IoFault {
    const what = kind === READ ? 'met the end of the file: was it truncated?' : 'wrote nothing';
    return this.#faultOf(kind, slot, offsetBytes, kind === READ ? 'EOF' : 'EIO', what);
  }

  #faultOf(kind: number, slot: number, offsetBytes: number, code: string, what: string): IoFault {
    const syscall = kind === READ ? 'pread' : 'pwrite';
    const path = this.#paths[slot] ?? null;
    const fault: SystemFault = {
      code,
      syscall,
      path,
      offsetBytes,
      message: `${syscall} of ${path} at ${offsetBytes} ${what}`,
    };
    return new IoFault(fault);
  }

  get callsName(): TransferCalls['name'] {
    return this.#calls.name;
  }

  open(slot: number, path: string, mode: OpenMode): void {
    const access = mode.write ? constants.O_RDWR : constants.O_RDONLY;
    const create = mode.create ? constants.O_CREAT | constants.O_TRUNC : 0;
    const direct = mode.direct ? constants.O_DIRECT : 0;
    this.#fds[slot] = attempt(path, () => openSync(path, access | create | direct, 0o644));
    this.#paths[slot] = path;
    this.#direct = mode.direct;
  }

  close(slot: number): void {
    const fd = this.#fds[slot];
    if (fd === undefined || fd < 0) return;
    this.#fds[slot] = -1;
    attempt(this.#paths[slot] as string, () => closeSync(fd));
  }

  sync(slot: number, dataOnly: boolean): void {
    const fd = this.#fds[slot] as number;
    attempt(this.#paths[slot] as string, () => (dataOnly ? fdatasyncSync(fd) : fsyncSync(fd)));
  }

  rename(from: string, to: string): void {
    attempt(from, () => renameSync(from, to));
  }

  makeDirectory(path: string): void {
    attempt(path, () => mkdirSync(path, { recursive: true }));
  }

  syncDirectory(path: string): void {
    attempt(path, () => {
      const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
      try {
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
    });
  }

  remove(path: string): void {
    attempt(path, () => rmSync(path, { recursive: true, force: true }));
  }

  /** What closing says no longer matters here: a program that ends well has closed its files itself. */
  dispose(): void {
    for (const slot of this.#fds.keys()) {
      try {
        this.close(slot);
      } catch {}
    }
  }
}
