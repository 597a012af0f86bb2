/** A process of test files: `node file-entry.js LIMIT_MS FILE…`. Runs their suites and reports on REPORT_FD. */
import { readFileSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { END_OF_FILE, type Message, REPORT_FD } from './protocol.js';
import type { journal as Journal } from './strict-uvu.js';

/** What uvu returns of a suite: its printed errors (or true), passed, skipped, all. */
type UvuRun = () => Promise<[errors: string | true, passed: number, skipped: number, total: number]>;

function send(message: Message): void {
  writeSync(REPORT_FD, `${JSON.stringify(message)}\n`);
}

/** CPU time of this process and of its children that have ended, in the kernel's ticks of 10 ms. */
function cpuSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // utime, stime, cutime and cstime are fields 14 to 17; the name in field 2 may have spaces in it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

async function runFile(file: string, journal: typeof Journal): Promise<{ passed: number; failed: number }> {
  const queue: UvuRun[] = [];
  // uvu's own interface to its command line: `.run()` then queues a suite instead of starting it.
  Object.assign(globalThis, { UVU_DEFER: 1, UVU_INDEX: 0, UVU_QUEUE: [queue] });
  Object.assign(journal, { suites: [], skips: [], faults: [] });
  await import(pathToFileURL(file).href);
  let passed = 0;
  let failed = 0;
  for (const run of queue) {
    const [errors, passedHere, , total] = await run();
    passed += passedHere;
    failed += total - passedHere;
    if (errors !== true) console.log(`\n${errors}`);
  }
  for (const { name, pending, runs } of journal.suites) {
    if (pending > 0 || (runs === 0 && name !== '')) journal.faults.push(`suite "${name}": .run() was forgotten`);
  }
  if (passed + failed === 0 && journal.faults.length === 0) journal.faults.push('no test in this file');
  for (const fault of journal.faults) console.log(`  FAIL  ${fault}`);
  return { passed: passed - journal.skips.length, failed: failed + journal.faults.length };
}

async function main(limitMs: number, files: readonly string[]): Promise<void> {
  // uvu takes its suites from here as soon as it is loaded.
  Object.assign(globalThis, { UVU_DEFER: 1, UVU_INDEX: 0, UVU_QUEUE: [[]] });
  const { journal } = await import('./strict-uvu.js');
  journal.limitMs = limitMs;
  journal.onStart = (test) => send({ type: 'start', test });
  let cpuBefore = 0;
  for (const file of files) {
    const counts = await runFile(file, journal);
    if (file !== files.at(-1)) for (const stream of [process.stdout, process.stderr]) stream.write(END_OF_FILE);
    const cpuNow = cpuSeconds();
    const { skips, overran } = journal;
    send({ type: 'report', ...counts, skips, overran, cpuSeconds: cpuNow - cpuBefore });
    cpuBefore = cpuNow;
    // What overran may hold the process for ever. Everything else must let go of it: the runner watches that.
    if (overran) process.exit(1);
  }
}

const [limitMs = '', ...files] = process.argv.slice(2);
await main(Number(limitMs), files);
