/** The process of one test file: `node file-entry.js FILE LIMIT_MS`. Runs its suites and reports on REPORT_FD. */
import { readFileSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Message, REPORT_FD } from './protocol.js';

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

async function main(file: string, limitMs: number): Promise<void> {
  const queue: UvuRun[] = [];
  // uvu's own interface to its command line: `.run()` then queues a suite instead of starting it.
  Object.assign(globalThis, { UVU_DEFER: 1, UVU_INDEX: 0, UVU_QUEUE: [queue] });
  const { journal } = await import('./strict-uvu.js');
  journal.limitMs = limitMs;
  journal.onStart = (test) => send({ type: 'start', test });

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
  failed += journal.faults.length;
  const { skips } = journal;
  send({ type: 'report', passed: passed - skips.length, failed, skips, cpuSeconds: cpuSeconds() });
  // What overran may hold the process for ever. Everything else must let go of it: the runner watches that.
  if (journal.overran) process.exit(1);
}

const [file = '', limitMs = ''] = process.argv.slice(2);
await main(file, Number(limitMs));
