/**
 * Reads the text of darshan-dxt-parser: the reads and writes of each file by each rank. It has neither opens nor closes, and
 * its columns are module, rank, kind, segment, offset, length, start and end.
 */
import { SortedCalls } from './sorted-calls.js';
import type { TraceBuilder } from './trace-builder.js';

const FILE = /^# DXT, file_id: \d+, file_name: (.*)$/;
const HOST = /^# DXT, rank: -?\d+, hostname: (.*)$/;
const SEGMENT =
  /^\s*X_(POSIX|MPIIO)\s+(-?\d+)\s+(read|write)\s+\d+\s+(\d{1,16}|N\/A)\s+(\d{1,16})\s+(\d+(?:\.\d+)?)\s+(\d+(?:\.\d+)?)/;

export class DxtImport {
  readonly source = 'Darshan DXT';
  readonly timed = true;
  readonly #builder: TraceBuilder;
  readonly #calls: SortedCalls;
  #path = '';
  #host = '';

  constructor(builder: TraceBuilder, wanted: readonly string[]) {
    this.#builder = builder;
    this.#calls = new SortedCalls(builder, wanted);
  }

  add(line: string): void {
    const [, path] = FILE.exec(line) ?? [];
    if (path !== undefined) this.#path = path;
    this.#host = HOST.exec(line)?.[1] ?? this.#host;
    if (line.startsWith('#') || line.trim() === '') return;
    const [, module, rank, kind, offset, length, start, end] = SEGMENT.exec(line) ?? [];
    if (module === undefined || offset === 'N/A') {
      this.#builder.leaveOut('lines that are no calls');
      return;
    }
    // What goes through MPI-IO is there again as the POSIX calls that it made.
    if (module === 'MPIIO') {
      this.#builder.leaveOut('of MPI-IO, which has made others');
      return;
    }
    this.#calls.add({
      thread: `${this.#host} ${rank}`,
      startNs: Math.round(Number(start) * 1e9),
      endNs: Math.round(Number(end) * 1e9),
      name: kind === 'write' ? 'write' : 'pread',
      path: this.#path,
      offset: Number(offset),
      asked: Number(length),
      moved: Number(length),
      how: 0,
    });
  }

  end(): void {
    this.#calls.end();
  }
}
