import { WRITE } from '../../plan/batch.js';
import { largestBlockBytes } from '../../plan/blocks.js';
import type { ReaderCalls } from '../../training/readers/reader-calls.js';
import { CallSums } from '../../training/trace/call-sums.js';
import { ADVICE, CALL, LOCKS, TRACE_CALLS } from '../../training/trace/trace-calls.js';
import type { TraceCalls } from '../../training/trace/trace-file.js';
import type { ReplayJob } from '../../workload/jobs/replay.js';
import type { WorkerReplay } from '../core/protocol.js';
import type { JobProgram, Program, ProgramContext } from './job-program.js';
import { ReplayFiles } from './replay-files.js';
import { type Order, orderOf } from './replay-order.js';

/** Longest sleep between two looks at the stop flag. */
const SLICE_NS = 50_000_000;
const NAMES = TRACE_CALLS.map(({ name }) => name);
const GROUPS = TRACE_CALLS.map(({ group }) => group);

/** Makes the calls of one thread of a trace, with the gaps between them, and waits for other threads where it did. */
class ReplayProgram implements Program {
  readonly #context: ProgramContext;
  readonly #job: ReplayJob;
  readonly #sums = new CallSums();
  readonly #order: Order;
  readonly #longestBytes: number;
  #files!: ReplayFiles;
  #calls!: TraceCalls;
  #gapNs = 0;
  #waitNs = 0;
  #made = 0;
  /**
   * When the program would be here, if nothing but its gaps, calls and waits took time. What the replay itself takes between
   * calls is thus part of the gaps.
   */
  #programNs = 0;

  constructor(context: ProgramContext, job: ReplayJob) {
    this.#context = context;
    this.#job = job;
    this.#order = orderOf(context.task);
    this.#longestBytes = largestBlockBytes(job);
  }

  get replay(): WorkerReplay {
    return { sums: this.#sums.list(), gapNs: this.#gapNs, waitNs: this.#waitNs, calls: this.#made };
  }

  prepare(): void {
    this.#files = new ReplayFiles(this.#context, this.#order.trace.files(''));
    this.#calls = this.#order.trace.calls(this.#context.task.worker, '');
    if (this.#context.task.worker === 0) this.#files.makeInitial(this.#longestBytes);
  }

  /** The slowest thread decides, so all of its time counts. */
  run(): number {
    const { backend, meter } = this.#context;
    const { clock } = backend;
    const scale = this.#job.noStall ? 0 : this.#job.timeScale / 100;
    this.#programNs = clock.now();
    for (let place = 0; place < this.#calls.length; place++) {
      const gapNs = this.#calls.gapNs(place) * scale;
      this.#programNs += gapNs;
      if (gapNs > 0 && !this.#pause(this.#programNs)) break;
      this.#gapNs += gapNs;
      if (!this.#step(place)) break;
      const nowNs = clock.now();
      if (meter.isDue(nowNs) && !meter.tick(nowNs)) break;
    }
    return clock.now();
  }

  /** Returns false when the worker must end. */
  #pause(untilNs: number): boolean {
    const { backend, meter } = this.#context;
    for (let nowNs = backend.clock.now(); nowNs < untilNs; nowNs = backend.clock.now()) {
      if (meter.isDue(nowNs) && !meter.tick(nowNs)) return false;
      backend.clock.waitUntil(Math.min(untilNs, nowNs + SLICE_NS));
    }
    return true;
  }

  #step(place: number): boolean {
    const { clock } = this.#context.backend;
    const call = this.#calls.call(place);
    const name = NAMES[call];
    const first = this.#calls.operand(place, 0);
    if (name === 'post') this.#order.post(first, clock);
    else if (name === 'await') {
      const startNs = clock.now();
      const postedNs = this.#order.await(first, clock);
      if (postedNs === null) return false;
      this.#waitNs += clock.now() - startNs;
      this.#programNs = Math.max(this.#programNs, postedNs);
    } else if (name === 'adopt') this.#files.adopt(first, this.#calls.operand(place, 1), this.#calls.operand(place, 2));
    else this.#make(place, call, first);
    return true;
  }

  /** Makes a call, and adds it to the sums. */
  #make(place: number, call: number, first: number): void {
    const { clock } = this.#context.backend;
    const operand = (number: number) => this.#calls.operand(place, number);
    const file = this.#files.fileOf(NAMES[call] as string, first);
    if (call === CALL.write) {
      this.#write(first, operand(1), operand(2));
      return;
    }
    const startNs = clock.now();
    const bytes = this.#perform(call, first, operand);
    const tookNs = clock.now() - startNs;
    this.#programNs += tookNs;
    this.#made++;
    const fileClass = call === CALL.list ? 'directory' : this.#files.classOf(file);
    this.#sums.add(GROUPS[call] as string, fileClass, bytes, tookNs);
    this.#record(call, bytes, tookNs);
  }

  /** Returns the bytes that a call moved. */
  #perform(call: number, first: number, operand: (number: number) => number): number {
    const files = this.#files;
    switch (NAMES[call]) {
      case 'open':
        files.open(first, operand(1), operand(2));
        return 0;
      case 'close':
        files.close(first);
        return 0;
      case 'read':
        return files.read(first, operand(1), operand(2));
      case 'pread':
        return files.readAt(first, operand(1), operand(2));
      case 'map':
        files.map(first, operand(1) + operand(2));
        return this.#job.touchMaps ? files.touch(first, operand(1), operand(2)) : 0;
      case 'seek':
        files.seek(first, operand(1));
        return 0;
      case 'touch':
        return files.touch(first, operand(1), operand(2));
      case 'unmap':
        files.unmap(first);
        return 0;
      case 'stat':
        files.status(first);
        return 0;
      case 'list':
        files.list(first, operand(1));
        return 0;
      case 'rename':
        files.rename(first, operand(1));
        return 0;
      case 'unlink':
        files.unlink(first);
        return 0;
      case 'fsync':
        files.sync(first, operand(1) === 1);
        return 0;
      case 'fstat':
        files.fstat(first);
        return 0;
      default:
        files.onReader(first, (calls, handle) => onOpen(NAMES[call] as string, calls, handle, operand));
        return 0;
    }
  }

  /** Writes new content, in several calls if the buffer is shorter. Making the content takes no time of the call. */
  #write(handle: number, offsetBytes: number, lengthBytes: number): void {
    const { backend, content, meter } = this.#context;
    const slot = this.#files.writer(handle);
    const fileClass = this.#files.classOf(this.#files.fileOf('write', handle));
    let done = 0;
    do {
      const bytes = Math.min(this.#longestBytes, lengthBytes - done);
      const at = content.fill(0, offsetBytes + done, bytes, this.#made);
      const startNs = backend.clock.now();
      if (bytes > 0) backend.transfer(WRITE, slot, offsetBytes + done, bytes, at);
      const tookNs = backend.clock.now() - startNs;
      this.#programNs += tookNs;
      done += bytes;
      this.#made++;
      meter.countWrite(bytes);
      meter.record('write', tookNs);
      this.#sums.add('write', fileClass, bytes, tookNs);
    } while (done < lengthBytes);
  }

  #record(call: number, bytes: number, tookNs: number): void {
    const { meter } = this.#context;
    if (bytes > 0) {
      meter.countRead(bytes);
      meter.record('read', tookNs);
    } else if (call === CALL.open) meter.record('open', tookNs);
    else if (call === CALL.close) meter.record('close', tookNs);
    else if (call === CALL.fsync) meter.record('fsync', tookNs);
    else if (call === CALL.rename) meter.record('rename', tookNs);
    else if (call === CALL.unlink) meter.record('unlink', tookNs);
    else if (call === CALL.stat) meter.record('stat', tookNs);
    else if (call === CALL.list) meter.record('readdir', tookNs);
  }

  complete(): void {
    this.#files.closeAll();
  }
}

/** Makes a call on an open file that moves no bytes. */
function onOpen(name: string, calls: ReaderCalls, handle: number, operand: (number: number) => number): void {
  if (name === 'ioctl') calls.askTerminal(handle);
  else if (name === 'advise') calls.advise(handle, operand(2), operand(3), ADVICE[operand(1)] ?? 'normal');
  else if (name === 'lock') calls.lock(handle, LOCKS[operand(1)] ?? 'none');
}

export const replayProgram: JobProgram<ReplayJob> = {
  create: (context, job) => new ReplayProgram(context, job),
  rehearsal: () => ({}),
};
