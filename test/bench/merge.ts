/**
 * How long rank 0 takes to merge the runs of 1,000 ranks, and how much memory.
 *
 *   node dist/test/bench/merge.js [--ranks 1000] [--trials 10] [--strict]
 *
 * Each rank has a run directory of its own, whose trials are as long as real ones: 10 s, 50,000 operations in a few hundred
 * bins of latencies. A process of its own merges them as at the end of a run: it reads every rank, writes the merged trials and
 * the tables durably, and reads the run that it made. Time is from the start of the merge; memory is the most that the process
 * ever had. Exits 1 with --strict when it takes more than 5 s or 1 GB.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeRun, encodeTrial } from '../../src/record/codec.js';
import type { GroupRecord } from '../../src/record/group-record.js';
import type { RunRecord } from '../../src/record/run-record.js';
import { endGroupRun } from '../../src/run/merge-runs.js';
import { RUN_FILES, rankDirectory } from '../../src/store/run-files.js';
import { createRun } from '../../src/store/run-store.js';
import { madeRun, madeTrials } from './made-run.js';

const SECONDS_MAX = 5;
const MEMORY_BYTES_MAX = 1e9;

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    ranks: { ...text, default: '1000' },
    trials: { ...text, default: '10' },
    strict: { type: 'boolean', default: false },
    within: text,
  },
});
const ranks = Number(values.ranks);
const made = { cells: 1, sessions: 1, rounds: Number(values.trials) / 2, seconds: 10, operations: 50_000 };

interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  readonly trials: number;
}

/** The run of the group, which has no trials yet, and those of its ranks. */
function prepared(results: string): RunRecord & { readonly group: GroupRecord } {
  const members = Array.from({ length: ranks }, (_, rank) => ({
    rank,
    host: `node${Math.floor(rank / 8)}`,
    clockOffsetNs: rank * 1000,
    clockErrorNs: 50_000,
  }));
  const group: GroupRecord = { launcher: 'files', size: ranks, files: null, members };
  return {
    ...madeRun(made),
    group,
    status: 'running',
    startedAt: new Date().toISOString(),
    pid: process.pid,
    id: results,
  };
}

function writeParts(directory: string, run: RunRecord): number {
  let bytes = 0;
  const host = (rank: number) => `node${Math.floor(rank / 8)}`;
  const trials = [...madeTrials(run, made)];
  for (let rank = 0; rank < ranks; rank++) {
    const own = join(directory, rankDirectory(rank));
    mkdirSync(own);
    writeFileSync(join(own, RUN_FILES.run), encodeRun({ ...run, status: 'complete' }));
    // Each rank begins a little later, and has other latencies.
    const lines = trials.map((trial, index) => {
      const { latency } = trials[(index + rank) % trials.length] as (typeof trials)[number];
      return `${encodeTrial({ ...trial, latency, rank, host: host(rank), beganNs: 1e18 + index * 2e10 + rank * 1e4 })}\n`;
    });
    writeFileSync(join(own, RUN_FILES.trials), lines.join(''));
    bytes += statSync(join(own, RUN_FILES.trials)).size;
  }
  return bytes;
}

/** Merges in this process, which has done nothing else before. */
function merge(results: string): Cost {
  const record = prepared(results);
  const whole = createRun(results, record);
  const bytes = spawnSync(
    process.execPath,
    [fileURLToPath(import.meta.url), ...process.argv.slice(2), '--within', whole.directory],
    {
      encoding: 'utf8',
    },
  );
  if (bytes.status !== 0) throw new Error(bytes.stderr);
  const startMs = performance.now();
  const cpu = process.cpuUsage();
  const { run } = endGroupRun(
    whole,
    { over: null, isBroken: false },
    {
      note: (problem) => process.stderr.write(`${problem}\n`),
    },
  );
  const { user, system } = process.cpuUsage(cpu);
  return {
    seconds: (performance.now() - startMs) / 1000,
    cpuSeconds: (user + system) / 1e6,
    memoryBytes: process.resourceUsage().maxRSS * 1024,
    trials: run.trials.length,
  };
}

if (values.within === undefined) {
  const results = mkdtempSync(join(tmpdir(), 'feedrate-bench-'));
  try {
    const cost = merge(results);
    const { seconds, cpuSeconds, memoryBytes } = cost;
    console.log(
      `${ranks} ranks × ${cost.trials} trials merged in ${seconds.toFixed(2)} s (CPU ${cpuSeconds.toFixed(2)} s), at most ${(memoryBytes / 1e6).toFixed(0)} MB`,
    );
    const isMissed = seconds > SECONDS_MAX || memoryBytes > MEMORY_BYTES_MAX;
    if (isMissed) console.log(`demanded: ${SECONDS_MAX} s and ${MEMORY_BYTES_MAX / 1e6} MB`);
    if (isMissed && values.strict) process.exitCode = 1;
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
} else writeParts(values.within, prepared(values.within));
