/** Asks a process of its own, which may hang, run out of memory or die of the question. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '../support/feedrate-cli.js';

export interface Question {
  readonly words: readonly string[];
  readonly cwd: string;
}

export interface Answer extends Outcome {
  readonly cpuMs: number;
  readonly elapsedMs: number;
  /** The most memory that the process ever had, earlier questions included. */
  readonly peakBytes: number;
}

/** Longer than any answer takes on a busy machine: it ends what hangs. */
const HANGS_AFTER_MS = 60_000;
/** The memory of a process never shrinks in its own account, so it is replaced in time. */
const MOST_QUESTIONS = 100;

export class Answers {
  #child: ChildProcess | null = null;
  #asked = 0;

  /** The answer, or how the process ended instead of answering. */
  async to(question: Question): Promise<Answer | string> {
    if (this.#asked >= MOST_QUESTIONS) await this.end();
    const child = this.#child ?? this.#begin();
    this.#asked++;
    return new Promise((resolve) => {
      const finish = (result: Answer | string) => {
        clearTimeout(timer);
        child.off('message', finish).off('exit', lose);
        resolve(result);
      };
      const lose = (status: number | null, signal: string | null) => {
        this.#child = null;
        finish(`the process ended with ${signal ?? status}: ${errors.slice(0, 2000)}`);
      };
      let errors = '';
      child.stderr?.removeAllListeners('data').on('data', (bytes) => {
        errors += bytes;
      });
      const timer = setTimeout(() => {
        errors = `no answer for ${HANGS_AFTER_MS / 1000} s`;
        child.kill('SIGKILL');
      }, HANGS_AFTER_MS);
      child.on('message', finish).on('exit', lose);
      child.send(question);
    });
  }

  #begin(): ChildProcess {
    const path = fileURLToPath(new URL('answering.js', import.meta.url));
    this.#child = fork(path, [], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: ['--enable-source-maps'] });
    this.#asked = 0;
    return this.#child;
  }

  async end(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
}
