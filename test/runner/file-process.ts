/** Runs one test file in a process of its own, and ends that process when it hangs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Message, REPORT_FD, type Skip } from './protocol.js';

export interface FileResult {
  readonly passed: number;
  readonly failed: number;
  readonly skips: readonly Skip[];
  /** Of the file's process and of those that it waited for; 0 when it did not get to its end. */
  readonly cpuSeconds: number;
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

export function runFile(file: string, limitMs: number): Promise<FileResult> {
  const entry = fileURLToPath(new URL('./file-entry.js', import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, entry, file, String(limitMs)], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
    env: testEnvironment(),
  });
  running.add(child);
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));

  let lastTest = 'loading the file';
  let report: Extract<Message, { type: 'report' }> | undefined;
  let fault: string | undefined;
  const giveUpAfter = (waitMs: number): NodeJS.Timeout =>
    setTimeout(() => {
      fault = report === undefined ? `hung: ${lastTest}` : 'its tests are over, but something holds the process open';
      killGroup(child);
    }, waitMs);
  let watchdog = giveUpAfter(START_LIMIT_MS);
  createInterface({ input: child.stdio[REPORT_FD] as Readable }).on('line', (line) => {
    const message = JSON.parse(line) as Message;
    if (message.type === 'start') lastTest = message.test;
    else report = message;
    clearTimeout(watchdog);
    // The process fails an overrunning test itself, unless it is stuck in a loop that never yields.
    watchdog = giveUpAfter(report === undefined ? limitMs + Math.min(limitMs, 5_000) : END_LIMIT_MS);
  });

  return new Promise((resolve) => {
    child.on('exit', () => killGroup(child));
    child.on('close', (code, signal) => {
      clearTimeout(watchdog);
      running.delete(child);
      if (report === undefined) fault ??= `ended (${signal ?? `exit ${code}`}) in the midst of: ${lastTest}`;
      else if (report.failed === 0 && code !== 0) fault ??= `exit status ${signal ?? code} after its tests had passed`;
      const output = Buffer.concat(chunks).toString();
      resolve({
        passed: report?.passed ?? 0,
        failed: (report?.failed ?? 0) + (fault === undefined ? 0 : 1),
        skips: report?.skips ?? [],
        cpuSeconds: report?.cpuSeconds ?? 0,
        output: fault === undefined ? output : `${output}\n  FAIL  ${fault}\n`,
      });
    });
  });
}
