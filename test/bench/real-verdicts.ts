/**
 * Verdicts on a real disk: how often the gate calls equal things different, and how often it finds a slow-down that was
 * put into the engine, where the statistics cannot see it.
 *
 *   node dist/test/bench/real-verdicts.js [--families 100] [--injected 40] [--sessions 12] [--rounds 2]
 *        [--runtime 50] [-t DIR] [--recordings FILE] [--out FILE] [--minutes N] [--quick]
 *
 * A family is one run of four cells: reads of 4 KiB and of 1 MiB, from the page cache and O_DIRECT. Every family measures
 * one target twice, as a and b: the A/A pair. Of every five families two also measure it slowed down by 5 % and by
 * 10 %, until there are as many as wanted; there all sides run through the same slowable loop. Sessions are processes,
 * as in every run of feedrate.
 *
 * Each family is appended to the recordings as it ends. A benchmark that was stopped goes on where it was, and one whose
 * recordings are whole only scores them anew. Nothing is asserted: rates come with their 95 % Clopper-Pearson intervals.
 */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeWhole } from './results-file.js';
import { type Recording, record, type Shape } from './verdict-recording.js';
import { verdictReport } from './verdict-report.js';

const FULL = { families: 100, injected: 40, sessions: 12, rounds: 2, runtime: 50 };
/** Half a minute: that it works, never how well. */
const QUICK = { families: 2, injected: 1, sessions: 7, rounds: 1, runtime: 20 };
const PARTS = [0.05, 0.1];

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    families: text,
    injected: text,
    sessions: text,
    rounds: text,
    runtime: text,
    minutes: text,
    target: { ...text, short: 't', default: tmpdir() },
    recordings: text,
    out: text,
    quick: { type: 'boolean', default: false },
  },
});

function numberOf(name: keyof typeof FULL | 'minutes', otherwise: number): number {
  const value = values[name] === undefined ? otherwise : Number(values[name]);
  if (value > 0) return value;
  throw new Error(`--${name} ${values[name]}: expected a number above 0`);
}

/** The first line says what was measured: other recordings are not added to. */
function readRecordings(path: string, shape: Omit<Shape, 'parts'>): Recording[] {
  if (!existsSync(path)) writeFileSync(path, `${JSON.stringify(shape)}\n`);
  const [first = '', ...lines] = readFileSync(path, 'utf8').split('\n');
  if (first !== JSON.stringify(shape)) throw new Error(`${path}: is of ${first}, not of ${JSON.stringify(shape)}`);
  return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as Recording);
}

/** Two of five, so that a benchmark which ends early has some of both. */
function slowedFamilies(families: number, wanted: number): Set<number> {
  const all = Array.from({ length: families }, (_, i) => i + 1);
  const first = all.filter((family) => family % 5 < 2);
  return new Set([...first, ...all.filter((family) => !first.includes(family))].slice(0, wanted));
}

async function main(): Promise<void> {
  const basis = values.quick ? QUICK : FULL;
  const families = numberOf('families', basis.families);
  const shape = {
    sessions: numberOf('sessions', basis.sessions),
    rounds: numberOf('rounds', basis.rounds),
    runtimeMs: numberOf('runtime', basis.runtime),
  };
  const slowed = slowedFamilies(families, numberOf('injected', basis.injected));
  const until = Date.now() + numberOf('minutes', Infinity) * 60_000;
  // Each trial's record is made durable, which on the measured disk would take longer than the trials.
  const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'feedrate-verdicts-'));
  const target = mkdtempSync(join(values.target, 'feedrate-verdicts-'));
  try {
    const path = values.recordings ?? join(directory, 'recordings.jsonl');
    const recordings = readRecordings(path, shape);
    for (let family = 1; family <= families && Date.now() < until; family++) {
      if (recordings.some((kept) => kept.family === family)) continue;
      const parts = slowed.has(family) ? PARTS : [];
      const recording = await record(family, { ...shape, parts }, { directory, target });
      appendFileSync(path, `\n${JSON.stringify(recording)}`);
      recordings.push(recording);
      process.stderr.write(`family ${family} of ${families}\n`);
    }
    const report = verdictReport(recordings, {
      shape: { ...shape, parts: PARTS },
      wanted: families,
      target,
    });
    process.stdout.write(report);
    if (values.out !== undefined) writeWhole(values.out, report);
  } finally {
    for (const made of [directory, target]) rmSync(made, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (thrown) {
  process.stderr.write(`NOT RUN: ${(thrown as Error).message}\n`);
  process.exitCode = 1;
}
