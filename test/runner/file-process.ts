/** Runs test files in a process, and ends that process when it hangs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { END_OF_FILE, type Message, REPORT_FD, type Skip } from './protocol.js';

export interface FileResult {
  readonly passed: number;
  readonly failed: number;
  readonly skips: readonly Skip[];
  /** Of the file's process and of those that it waited for; 0 when it did not get to its end. */
  readonly cpuSeconds: number;
  readonly elapsedMs: number;
  /** What the file printed, with its failures; one line at the end says why its process failed. */
  readonly output: string;
}

/** From the start of the process to its first message: loading modules, on a busy machine. */
const START_LIMIT_MS = 300_000;
/** A process whose tests are over must end by itself: what holds it open is a leak. */
const END_LIMIT_MS = 60_000;

/** Ends a process and those that it started, which are of its process group. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

/**
 * Node reads `NODE_EXTRA_CA_CERTS` in every process, which can take longer than the rest of its start, and tests start
 * hundreds. Those that need the certificates find the variable's value in `RUNNER_CA_CERTS`.
 */
function testEnvironment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: certificates, ...rest } = process.env;
  return certificates === undefined ? rest : { ...rest, RUNNER_CA_CERTS: certificates };
}

const running = new Set<ChildProcess>();

/** For an interrupted runner: nothing that a test started stays behind. */
export function killAll(): void {
  for (const child of running) killGroup(child);
}

/**
 * Runs test files in one process, one after the other, and returns a result for each. Files that follow one in which the
 * process ended are run in another.
 */
export async function runFiles(files: readonly string[], limitMs: number): Promise<FileResult[]> {
  const results = await runProcess(files, limitMs);
  const others = files.slice(results.length);
  return others.length === 0 ? results : [...results, ...(await runFiles(others, limitMs))];
}

/** The results of at least the first file, and of all until the process ended. */
function runProcess(files: readonly string[], limitMs: number): Promise<FileResult[]> {
  const entry = fileURLToPath(new URL('./file-entry.js', import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, entry, String(limitMs), ...files], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
    env: testEnvironment(),
  });
  running.add(child);
  const printed = [child.stdout, child.stderr].map((stream) => {
    const chunks: Buffer[] = [];
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
    return chunks;
  });

  let lastTest = 'loading the file';
  let startMs = performance.now();
  const reports: (Report & { readonly elapsedMs: number })[] = [];
  const isOver = () => reports.length === files.length;
  let fault: string | undefined;
  const giveUpAfter = (waitMs: number): NodeJS.Timeout =>
    setTimeout(() => {
      fault = isOver() ? 'its tests are over, but something holds the process open' : `hung: ${lastTest}`;
      killGroup(child);
    }, waitMs);
  let watchdog = giveUpAfter(START_LIMIT_MS);
  createInterface({ input: child.stdio[REPORT_FD] as Readable }).on('line', (line) => {
    const message = JSON.parse(line) as Message;
    clearTimeout(watchdog);
    if (message.type === 'start') {
      lastTest = message.test;
      // The process fails an overrunning test itself, unless it is stuck in a loop that never yields.
      watchdog = giveUpAfter(limitMs + Math.min(limitMs, 5_000));
      return;
    }
    lastTest = 'loading the file';
    const nowMs = performance.now();
    reports.push({ ...message, elapsedMs: nowMs - startMs });
    startMs = nowMs;
    watchdog = giveUpAfter(isOver() ? END_LIMIT_MS : START_LIMIT_MS);
  });

  return new Promise((resolve) => {
    child.on('exit', () => killGroup(child));
    child.on('close', (code, signal) => {
      clearTimeout(watchdog);
      running.delete(child);
      const last = reports.at(-1);
      if (!isOver() && last?.overran !== true) {
        fault ??= `ended (${signal ?? `exit ${code}`}) in the midst of: ${lastTest}`;
        reports.push({ ...NOT_REPORTED, elapsedMs: performance.now() - startMs });
      } else if (last?.failed === 0 && code !== 0) {
        fault ??= `exit status ${signal ?? code} after its tests had passed`;
      }
      if (fault !== undefined && files.length > 1)
        fault += ` (in a process with ${files.map((file) => basename(file)).join(', ')})`;
      const parts = printed.map((chunks) => Buffer.concat(chunks).toString().split(END_OF_FILE));
      const results = reports.map((report, index) => resultOf(report, parts.map((part) => part[index] ?? '').join('')));
      if (fault !== undefined) results.push(faulty(results.pop() as FileResult, fault));
      resolve(results);
    });
  });
}

type Report = Extract<Message, { type: 'report' }>;

/** Of a file in which the process ended. */
const NOT_REPORTED: Report = { type: 'report', passed: 0, failed: 0, skips: [], overran: false, cpuSeconds: 0 };

function resultOf(
  { passed, failed, skips, cpuSeconds, elapsedMs }: Report & { elapsedMs: number },
  output: string,
): FileResult {
  return { passed, failed, skips, cpuSeconds, elapsedMs, output };
}

function faulty(result: FileResult, fault: string): FileResult {
  return { ...result, failed: result.failed + 1, output: `${result.output}\n  FAIL  ${fault}\n` };
}
