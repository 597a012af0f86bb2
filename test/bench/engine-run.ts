/**
 * One run of feedrate's engine, in a process of its own: started by `runEngineProcess`, which hands the cell over as
 * an argument and reads the measures from stdout. A fresh process each time, so that feedrate pays for its start and
 * its cold code in every round, as fio does.
 */
import { fileURLToPath } from 'node:url';
import { chooseEngine } from '../../src/engine/choose.js';
import { WorkerPool } from '../../src/engine/pool.js';
import { quantileNs } from '../../src/histogram/histogram.js';
import { decodeHistogram } from '../../src/histogram/sparse-counts.js';
import { assembleClient } from '../../src/trial/assemble.js';
import { type EngineRun, runEngineWell } from '../support/engine.js';
import { ioJob } from '../support/jobs.js';
import { type Cell, extentsOf, jobOf, type Setting } from './cell.js';
import type { Measures } from './measures.js';
import { runProgram } from './program.js';

const OWN_PATH = fileURLToPath(import.meta.url);

/** Throws when the process or one of its workers failed. */
export async function runEngineProcess(cell: Cell, setting: Setting, signal?: AbortSignal): Promise<Measures> {
  const args = [OWN_PATH, JSON.stringify(cell), JSON.stringify(setting)];
  const env = cell.fsCalls ? { ...process.env, FEEDRATE_NO_KOFFI: '1' } : process.env;
  return JSON.parse(await runProgram(process.execPath, args, { env, signal })) as Measures;
}

function measuresOf({ window, latency, reports }: EngineRun): Measures {
  const ops = window.totalReadOps + window.totalWriteOps;
  const lat = latency.read ?? latency.write;
  const { workerCpuNs } = assembleClient(reports, { maxNs: 0, p99Ns: 0 });
  if (lat === undefined || workerCpuNs === null) throw new Error('nothing was measured');
  const histogram = decodeHistogram(lat);
  return {
    iops: ops / (window.lastDoneNs / 1e9),
    bytes: window.totalReadBytes + window.totalWriteBytes,
    cpuPerOpNs: workerCpuNs / ops,
    p50Ns: quantileNs(histogram, 0.5),
    p99Ns: quantileNs(histogram, 0.99),
    p999Ns: quantileNs(histogram, 0.999),
    collections: reports.reduce((sum, { gcCount }) => sum + gcCount, 0),
  };
}

async function runHere(cell: Cell, setting: Setting): Promise<Measures> {
  const pool = new WorkerPool(cell.numjobs);
  try {
    const { path, fileBytes, contentSeed, seed } = setting;
    const files = [{ path, bytes: fileBytes, contentSeed }];
    const job = ioJob(jobOf(cell, setting));
    const run = await runEngineWell(pool, job, {
      files,
      extents: extentsOf(cell, setting),
      seed,
    });
    const { calls } = chooseEngine(job, setting);
    if (cell.engine === 'psync' && calls !== (cell.fsCalls ? 'fs' : 'koffi'))
      throw new Error(`system calls went through ${calls}, which is not what ${cell.name} compares`);
    return measuresOf(run);
  } finally {
    await pool.close();
  }
}

if (process.argv[1] === OWN_PATH) {
  const [cell, setting] = process.argv.slice(2).map((text) => JSON.parse(text)) as [Cell, Setting];
  process.stdout.write(JSON.stringify(await runHere(cell, setting)));
}
