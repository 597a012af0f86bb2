/** What passes between threads of a program, as far as system calls show it: bytes in pipes, and wake-ups. */

interface WrittenMessage {
  /** Bytes that were written to the pipe until then. */
  readonly endBytes: number;
  readonly token: number | null;
}

interface Pipe {
  writtenBytes: number;
  readBytes: number;
  /** Writes of which something may be unread, the oldest first. */
  readonly writes: WrittenMessage[];
}

/** Finds the write that a read of a pipe waited for: bytes come out in the order in which they went in. */
export class Pipes {
  readonly #pipes = new Map<string, Pipe>();

  write(name: string, bytes: number, token: number | null): void {
    const pipe = this.#pipe(name);
    pipe.writtenBytes += bytes;
    pipe.writes.push({ endBytes: pipe.writtenBytes, token });
  }

  /** Takes bytes out. Returns the token of the write of the last of them, or null. */
  read(name: string, bytes: number): number | null {
    const pipe = this.#pipe(name);
    pipe.readBytes += bytes;
    while (pipe.writes.length > 0 && (pipe.writes[0] as WrittenMessage).endBytes < pipe.readBytes) pipe.writes.shift();
    const [first] = pipe.writes;
    if (first !== undefined && first.endBytes === pipe.readBytes) pipe.writes.shift();
    return first?.token ?? null;
  }

  /** Returns the token of the write of the next byte, or null. */
  next(name: string): number | null {
    return this.#pipe(name).writes[0]?.token ?? null;
  }

  #pipe(name: string): Pipe {
    const known = this.#pipes.get(name);
    if (known !== undefined) return known;
    const pipe: Pipe = { writtenBytes: 0, readBytes: 0, writes: [] };
    this.#pipes.set(name, pipe);
    return pipe;
  }
}

/** Finds the wake-up that the wait for a futex ended with. */
export class Wakes {
  readonly #last = new Map<string, { readonly atNs: number; readonly token: number }>();

  wake(address: string, atNs: number, token: number | null): void {
    if (token !== null) this.#last.set(address, { atNs, token });
  }

  /** Returns the token of the last wake-up of this address since a time, or null. */
  since(address: string, startNs: number): number | null {
    const last = this.#last.get(address);
    return last !== undefined && last.atNs >= startNs ? last.token : null;
  }
}
