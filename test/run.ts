/**
 * `node --enable-source-maps dist/test/run.js [--root FOLDER] [--limit-ms N] [--all] [FILTER…]`
 *
 * Runs every test file below this folder but the long ones (or those whose path has one of the filters in it), each in a
 * process of its own, but those of some rooms several in one: as many processes at once as there are cores and one more,
 * which begins with those that mostly wait; last, alone, those that measure. Files that begin with `// ci` run with `CI=true`
 * or `--all` only; those left out are named. Prints a line per file, what failed, what was skipped and why, and last
 * `N passed, N failed`, with `, N skipped` where some were. Exits 1 when anything failed or nothing was found.
 *
 * A test that runs longer than the limit counts as hung. The limit is no expectation of speed: it is ten times what the
 * slowest test takes on a quiet machine of two cores, so that a machine with a tenth of that is fast enough.
 */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { byProcess, isLong, type Turn, testFilesBelow, turnOf, wordsOf } from './runner/discover.js';
import { type FileResult, killAll, runFiles } from './runner/file-process.js';
import type { Skip } from './runner/protocol.js';
import { placeStrictPackage } from './runner/strict-package.js';

const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    root: { type: 'string' },
    'limit-ms': { type: 'string', default: '1200000' },
    all: { type: 'boolean', default: false },
  },
});
const root = resolve(values.root ?? import.meta.dirname);
const limitMs = Number(values['limit-ms']);
const isCi = process.env['CI'] === 'true';
const toolsMustBeThere = isCi && process.env['FEEDRATE_ALLOW_SKIPS'] !== '1';

/** The lines of files that failed, and what they printed. They come last, where a log that is cut at its head has them. */
const failures: string[] = [];
const skips: Skip[] = [];
let passed = 0;
let failed = 0;

function countResult(file: string, result: FileResult): void {
  passed += result.passed;
  failed += result.failed;
  skips.push(...result.skips);
  const isBad = result.failed > 0;
  const counts = [`${result.passed} passed`];
  if (isBad) counts.push(`${result.failed} failed`);
  if (result.skips.length > 0) counts.push(`${result.skips.length} skipped`);
  const times = `${(result.elapsedMs / 1000).toFixed(1)} s, CPU ${result.cpuSeconds.toFixed(1)} s`;
  const line = `${isBad ? '✘' : '✔'} ${file}  ${counts.join(', ')}  (${times})`;
  console.log(line);
  if (isBad) failures.push(`${line}\n${result.output.replace(/^/gm, '  | ')}`);
}

async function runQueue(processes: string[][]): Promise<void> {
  for (let files = processes.shift(); files !== undefined; files = processes.shift()) {
    const paths = files.map((file) => join(root, file));
    for (const [index, result] of (await runFiles(paths, limitMs)).entries())
      countResult(files[index] as string, result);
  }
}

/** Prints why tests were skipped, and counts as failed those that had to run. Returns how many stay skipped. */
function judgeSkips(): number {
  let tolerated = 0;
  for (const { test, reason, kind } of skips) {
    const isFailure = kind === 'tool' && toolsMustBeThere;
    if (isFailure) failed++;
    else tolerated++;
    console.log(`${isFailure ? '✘ NOT RUN' : '! skipped'}  ${test}: ${reason}`);
  }
  return tolerated;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    killAll();
    process.exit(130);
  });
}

const found = testFilesBelow(root).filter((file) =>
  filters.length === 0 ? !isLong(file) : filters.some((filter) => file.includes(filter)),
);
const isLeftOut = (file: string) => filters.length === 0 && !isCi && !values.all && wordsOf(root, file).has('ci');
const leftOut = found.filter(isLeftOut);
const files = found.filter((file) => !isLeftOut(file));
if (files.length === 0) {
  console.log(`✘ no test file below ${root}${filters.length > 0 ? ` has ${filters.join(' or ')} in its path` : ''}`);
  failed++;
}
placeStrictPackage(root);
const withTurn = (turn: Turn) => byProcess(files.filter((file) => turnOf(root, file) === turn));
const parallel = withTurn('parallel');
const lanes = Array.from({ length: availableParallelism() }, () => runQueue(parallel));
// The others wait at times too: a sleep, a disk. Once the waiting ones are done, their lane takes what is left.
await Promise.all([...lanes, runQueue(withTurn('waits')).then(() => runQueue(parallel))]);
await runQueue(withTurn('serial'));

const skipped = judgeSkips();
for (const failure of failures) console.log(failure);
if (leftOut.length > 0) console.log(`not run: ${leftOut.join(', ')}, which CI runs, and --all`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
