/** Runs a program under strace, and makes a trace of what it did. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { INTERRUPTIONS } from '../base/interruptions.js';
import { TRACED_CALLS } from '../training/trace/strace-import.js';
import { readCall, StraceClock } from '../training/trace/strace-line.js';
import type { Overhead } from '../training/trace/tracer-time.js';
import { makeTemporary } from './temporary.js';

/**
 * All threads; only the calls that a trace needs, chosen in the kernel; names of descriptors; no content. Times in ns are
 * those since 1970.
 */
const OPTIONS = [
  '-f',
  '--seccomp-bpf',
  '-qq',
  '--absolute-timestamps=format:unix,precision:ns',
  '--syscall-times=ns',
  '-y',
  '-s0',
  '-e',
  `trace=${TRACED_CALLS.map((name) => `?${name}`).join(',')}`,
  '-e',
  'signal=none',
];
/** Times that dd runs to see what a stop costs, and single bytes that it copies. Each is a read and a write. */
const [PROBES, PROBE_COPIES] = [5, 400];

export interface Recording {
  /** The log of strace. */
  readonly log: string;
  readonly logBytes: number;
  /** The program's own status; 128 and the signal if that ended it. */
  readonly status: number;
  /** What recording adds to each call of a short program here; null: unknown. */
  readonly probe: Overhead | null;
  /** From the start of the program to its end. */
  readonly wallNs: number;
  /** Removes the log. */
  readonly discard: () => void;
}

/**
 * Runs a program with this terminal, and records it. Its output, its input and signals of the terminal are its own. Throws
 * `FeedrateError('usage')` when strace is missing or may not trace here.
 */
export async function recordProgram(command: readonly string[]): Promise<Recording> {
  const directory = makeTemporary('recording', 'set TMPDIR to a directory that you may write to');
  const discard = () => rmSync(directory, { recursive: true, force: true });
  try {
    const probe = probed(join(directory, 'probe'));
    const log = join(directory, 'strace');
    const startMs = performance.now();
    const status = await traced(command, log);
    const wallNs = Math.round((performance.now() - startMs) * 1e6);
    const logBytes = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    return { log, logBytes, status, probe, wallNs, discard };
  } catch (thrown) {
    discard();
    throw thrown;
  }
}

/** Runs the program to its end. Ctrl-C reaches it through the terminal; other signals are passed on to it. */
function traced(command: readonly string[], log: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const strace = spawn('strace', [...OPTIONS, '-o', log, '--', ...command], { stdio: 'inherit' });
    const pass = (signal: NodeJS.Signals) => {
      for (const pid of childrenOf(strace.pid)) {
        try {
          process.kill(pid, signal);
        } catch {}
      }
    };
    const passed = INTERRUPTIONS.filter((signal) => signal !== 'SIGINT');
    for (const signal of passed) process.on(signal, pass);
    const end = () => {
      for (const signal of passed) process.off(signal, pass);
    };
    strace.once('error', (cause) => {
      end();
      reject(new FeedrateError('usage', `record: cannot start strace: ${cause.message}`, { cause }));
    });
    strace.once('exit', (code, signal) => {
      end();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** Returns the processes that strace has started. */
function childrenOf(pid: number | undefined): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Copies single bytes with dd, which takes no time worth mentioning. Returns the medians of what strace saw; null: unknown. */
function probed(log: string): Overhead | null {
  const copy = ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=1', `count=${PROBE_COPIES}`, 'status=none'];
  const costs: Overhead[] = [];
  for (let probe = 0; probe < PROBES; probe++) {
    const { error, status, stderr } = spawnSync('strace', [...OPTIONS, '-o', log, '--', ...copy], { encoding: 'utf8' });
    if (error !== undefined) throw withoutStrace(error);
    if (/not permitted|PTRACE_|seccomp/i.test(stderr)) throw refused(stderr);
    const cost = status === 0 ? costIn(log) : null;
    if (cost !== null) costs.push(cost);
  }
  if (costs.length === 0) return null;
  const middle = (of: (cost: Overhead) => number) =>
    costs.map(of).sort((a, b) => a - b)[Math.floor(costs.length / 2)] as number;
  return { inCallNs: middle(({ inCallNs }) => inCallNs), inGapNs: middle(({ inGapNs }) => inGapNs) };
}

/** Returns the mean durations of the copies' calls and of the gaps between them, which are nothing but overhead. */
function costIn(log: string): Overhead | null {
  const clock = new StraceClock();
  let [calls, inCallsNs, inGapsNs, endNs] = [0, 0, 0, Number.NaN];
  for (const line of readFileSync(log, 'latin1').split('\n')) {
    const { atNs, body } = clock.read(line);
    const call = readCall(body);
    if (call === null || call.tookNs === null || atNs === null || call.result !== 1) continue;
    calls++;
    inCallsNs += call.tookNs;
    inGapsNs += Number.isNaN(endNs) ? 0 : Math.max(0, atNs - endNs);
    endNs = atNs + call.tookNs;
  }
  return calls < PROBE_COPIES ? null : { inCallNs: inCallsNs / calls, inGapNs: inGapsNs / (calls - 1) };
}

function withoutStrace(cause: Error): FeedrateError {
  const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
  const message = isMissing
    ? 'record needs strace, which is not installed; install it (apt-get install strace, or dnf install strace), or record elsewhere and use: feedrate import trace FILE'
    : `record: cannot start strace: ${cause.message}`;
  return new FeedrateError('usage', message, { cause });
}

function refused(text: string): FeedrateError {
  const [reason = ''] = text.trim().split('\n');
  const message = `record: strace may not trace here (${reason})`;
  return new FeedrateError(
    'usage',
    `${message}; in a container, add the capability SYS_PTRACE; on a host, set kernel.yama.ptrace_scope below 2`,
  );
}
