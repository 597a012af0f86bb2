import { FeedrateError } from '../../base/errors.js';
import { CallSums } from './call-sums.js';
import { commonDirectory, fileClassOf } from './file-class.js';
import { CALL, TRACE_CALLS, type TraceCallName } from './trace-calls.js';
import {
  type Deflate,
  type FileUse,
  fileLine,
  memberOf,
  TRACE_FORMAT,
  TRACE_VERSION,
  type TraceHead,
  type TraceThread,
} from './trace-file.js';
import { type FileInTrace, type Lane, newLane, type ThreadInTrace } from './trace-parts.js';
import { type Overhead, TracerTime } from './tracer-time.js';

/** Lines are compressed when so many characters have come together. */
const MEMBER_CHARACTERS = 2 ** 20;
/** A replay has one thread for each. */
const THREADS_MOST = 1024;

/** Puts a trace together, call by call in the order of their ends. Its memory grows with files and threads, not with calls. */
export class TraceBuilder {
  readonly #deflate: Deflate;
  readonly #overhead: Overhead | null;
  readonly #files = new Map<string, FileInTrace>();
  readonly #lanes: Lane[] = [];
  /** Of each token: who comes to it, and when without the tracer. */
  readonly #tokens: { readonly owner: Lane; readonly atNs: number }[] = [];
  readonly #tracers: TracerTime[] = [];
  readonly #sums = new CallSums();
  readonly #leftOut = new Map<string, number>();
  #threads = 0;
  #hasCalls = false;
  #startNs = Number.POSITIVE_INFINITY;
  #endNs = 0;
  #longestWriteBytes = 0;
  #mappedBytes = 0;

  /** @param overhead is taken off the times; null: it is unknown */
  constructor(deflate: Deflate, overhead: Overhead | null) {
    this.#deflate = deflate;
    this.#overhead = overhead;
  }

  /** Returns the file with this path, which may be new. */
  file(path: string): FileInTrace {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const file: FileInTrace = {
      number: this.#files.size,
      path,
      statedBytes: null,
      reachedBytes: 0,
      initialBytes: 0,
      isWritten: false,
      isDirectory: false,
    };
    this.#files.set(path, file);
    return file;
  }

  /**
   * @param startsAfter the token of the call that started it; null: it is unknown
   * @param sinceNs when it began; NaN: with its first call
   */
  thread(startsAfter: number | null, sinceNs: number): ThreadInTrace {
    const tracer = new TracerTime(this.#overhead);
    this.#tracers.push(tracer);
    return { lane: null, lastEndNs: sinceNs, startsAfter, tracer };
  }

  /** Counts a call that is not in the trace. */
  leaveOut(reason: string): void {
    this.#leftOut.set(reason, (this.#leftOut.get(reason) ?? 0) + 1);
  }

  /** Notes that the tracer stopped a thread for a call, whether or not the call is in the trace. */
  traced(thread: ThreadInTrace): void {
    thread.tracer.ended();
  }

  /** Another thread may take the place of this one in the replay. */
  end(thread: ThreadInTrace): void {
    if (thread.lane !== null) thread.lane.isFree = true;
  }

  /**
   * Adds a call. `file` is what it worked on, for the sums.
   * @param bytes what it moved
   */
  call(
    thread: ThreadInTrace,
    name: TraceCallName,
    [startNs, endNs]: readonly [number, number],
    operands: readonly number[],
    file: FileInTrace,
    bytes = 0,
  ): void {
    const { group } = TRACE_CALLS[CALL[name]] as (typeof TRACE_CALLS)[number];
    if (group !== null) thread.tracer.stop();
    const { lane, tookNs } = this.#line(thread, name, startNs, endNs, operands);
    lane.clockNs += tookNs;
    lane.hasCalls = true;
    this.#hasCalls = true;
    if (group === null) return;
    const fileClass = name === 'list' ? 'directory' : fileClassOf(file.path);
    this.#sums.add(group, fileClass, bytes, tookNs);
    if (name === 'write') this.#longestWriteBytes = Math.max(this.#longestWriteBytes, bytes);
    if (name === 'map') this.#mappedBytes += operands[2] as number;
  }

  /** Adds a place that other threads can wait for. Returns its token; null before the first call, when nothing waits. */
  post(thread: ThreadInTrace, atNs: number): number | null {
    if (!this.#hasCalls) return null;
    const token = this.#tokens.length;
    thread.tracer.begin();
    const { lane } = this.#line(thread, 'post', atNs, atNs, [token]);
    thread.tracer.begun();
    this.#tokens.push({ owner: lane, atNs: lane.clockNs });
    return token;
  }

  /** Adds a wait for a token, which took this time in the recording. */
  await(thread: ThreadInTrace, token: number, startNs: number, endNs: number): void {
    thread.tracer.stop();
    this.#await(thread, token, startNs, endNs);
    thread.tracer.wait(endNs - startNs);
  }

  #await(thread: ThreadInTrace, token: number, startNs: number, endNs: number): void {
    const { owner, atNs } = this.#tokens[token] as { owner: Lane; atNs: number };
    const { lane } = this.#line(thread, 'await', startNs, endNs, [token]);
    lane.clockNs = Math.max(lane.clockNs, atNs);
    lane.waitsFor.add(owner);
  }

  /** A time in which the thread waited for something that the replay does not wait for. */
  skip(thread: ThreadInTrace, startNs: number, endNs: number): void {
    thread.tracer.begin();
    if (!Number.isNaN(thread.lastEndNs)) thread.lastEndNs += Math.max(0, endNs - Math.max(startNs, thread.lastEndNs));
  }

  /** Adds a line. Returns how long it took without the tracer; of waits and posts, that is not part of the thread's own time. */
  #line(
    thread: ThreadInTrace,
    name: TraceCallName,
    startNs: number,
    endNs: number,
    operands: readonly number[],
  ): { readonly lane: Lane; readonly tookNs: number } {
    if (thread.lane === null) this.#begin(thread, startNs);
    const lane = thread.lane as Lane;
    if (!(startNs > this.#startNs)) thread.tracer.forgive();
    const gapNs = thread.tracer.gap(startNs - thread.lastEndNs);
    const tookNs = name === 'await' ? Math.max(0, Math.round(endNs - startNs)) : thread.tracer.call(endNs - startNs);
    const { code } = TRACE_CALLS[CALL[name]] as (typeof TRACE_CALLS)[number];
    lane.text += `${code} ${gapNs} ${tookNs} ${operands.join(' ')}\n`;
    lane.calls++;
    lane.gapNs += gapNs;
    lane.clockNs += gapNs;
    thread.lastEndNs = Math.max(thread.lastEndNs, endNs);
    lane.endNs = thread.lastEndNs;
    this.#endNs = Math.max(this.#endNs, endNs);
    if (lane.text.length >= MEMBER_CHARACTERS) this.#compress(lane);
    return { lane, tookNs };
  }

  /** The first thing that a thread does begins its time, and that of the trace. */
  #begin(thread: ThreadInTrace, startNs: number): void {
    this.#threads++;
    this.#startNs = Math.min(this.#startNs, startNs);
    const free = this.#lanes.find(({ isFree, endNs }) => isFree && endNs <= startNs);
    const lane = free ?? newLane();
    if (free === undefined) this.#lanes.push(lane);
    lane.isFree = false;
    thread.lane = lane;
    const isStarted = thread.startsAfter !== null;
    // A thread that nobody is known to have started begins with the trace.
    const sinceNs = isStarted ? thread.lastEndNs : this.#startNs;
    thread.lastEndNs = free === undefined ? sinceNs : Math.max(sinceNs, lane.endNs);
    if (isStarted) this.#await(thread, thread.startsAfter as number, thread.lastEndNs, thread.lastEndNs);
  }

  #compress(lane: Lane): void {
    if (lane.text === '') return;
    lane.members.push(memberOf(lane.text, this.#deflate));
    lane.text = '';
  }

  /**
   * Returns the trace, in pieces. Throws `FeedrateError('workload')` when there is nothing to replay.
   * @param rename returns the name of a file that the trace shall have instead of its own; null: it has its own
   */
  finish(
    about: Pick<TraceHead, 'source' | 'timed'>,
    rename: ((name: string) => string) | null,
  ): { readonly head: TraceHead; readonly pieces: readonly Uint8Array[] } {
    const lanes = this.#neededLanes();
    if (lanes.length === 0) throw new FeedrateError('workload', this.#nothing());
    if (lanes.length > THREADS_MOST) {
      const message = `the trace has ${lanes.length} threads at the same time; a replay has at most ${THREADS_MOST}`;
      throw new FeedrateError('workload', `${message}; record fewer processes`);
    }
    for (const lane of lanes) this.#compress(lane);
    const root = this.#root();
    const fileMembers = this.#fileMembers(root, rename);
    const threads = lanes.map(({ members, calls, gapNs }): TraceThread => ({ members: members.length, calls, gapNs }));
    const head: TraceHead = {
      format: TRACE_FORMAT,
      version: TRACE_VERSION,
      ...about,
      overheadNs: this.#overhead === null ? null : Math.round(sumOfTaken(this.#tracers)),
      root: rename === null ? root : null,
      anonymised: rename !== null,
      files: this.#files.size,
      fileMembers: fileMembers.length,
      threads,
      recordedThreads: this.#threads,
      tokens: this.#tokens.length,
      recordedNs: Math.max(...lanes.map(({ clockNs }) => clockNs)),
      tracedNs: Math.round(this.#endNs - this.#startNs),
      longestWriteBytes: this.#longestWriteBytes,
      mappedBytes: this.#mappedBytes,
      sums: this.#sums.list(),
      leftOut: Object.fromEntries(this.#leftOut),
    };
    const first = memberOf(`${JSON.stringify(head)}\n`, this.#deflate);
    return { head, pieces: [first, ...fileMembers, ...lanes.flatMap(({ members }) => members)] };
  }

  /** Returns the directory of the data: of all files if none is only read. */
  #root(): string {
    const files = [...this.#files.values()].filter(({ isDirectory }) => !isDirectory);
    const read = files.filter(({ isWritten }) => !isWritten);
    return commonDirectory((read.length > 0 ? read : files).map(({ path }) => path));
  }

  /** Returns the lanes that have calls, and those that others wait for. */
  #neededLanes(): Lane[] {
    const needed = new Set<Lane>();
    const need = this.#lanes.filter(({ hasCalls }) => hasCalls);
    for (let lane = need.pop(); lane !== undefined; lane = need.pop()) {
      if (needed.has(lane)) continue;
      needed.add(lane);
      need.push(...lane.waitsFor);
    }
    return this.#lanes.filter((lane) => needed.has(lane));
  }

  #nothing(): string {
    const reasons = [...this.#leftOut].map(([reason, calls]) => `${calls} ${reason}`).join(', ');
    const found = reasons === '' ? 'it has no calls that feedrate knows' : `left out: ${reasons}`;
    return `there is nothing to replay (${found}); name the directory of your data with --path, or record for longer`;
  }

  #fileMembers(root: string, rename: ((name: string) => string) | null): Uint8Array[] {
    const members: Uint8Array[] = [];
    let text = '';
    for (const file of this.#files.values()) {
      const isInside = file.path === root || file.path.startsWith(`${root}/`);
      const name = isInside ? file.path.slice(root.length + 1) : file.path;
      const use: FileUse = file.isDirectory ? 'directory' : file.isWritten ? 'written' : 'read';
      const bytes = Math.max(file.statedBytes ?? 0, file.reachedBytes);
      text += fileLine({
        name: rename?.(name) ?? name,
        bytes,
        use,
        initialBytes: file.isWritten ? file.initialBytes : bytes,
      });
      if (text.length < MEMBER_CHARACTERS) continue;
      members.push(memberOf(text, this.#deflate));
      text = '';
    }
    return text === '' ? members : [...members, memberOf(text, this.#deflate)];
  }
}

const sumOfTaken = (tracers: readonly TracerTime[]): number => tracers.reduce((sum, { takenNs }) => sum + takenNs, 0);
