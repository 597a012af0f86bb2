/**
 * One run of feedrate's engine, in a process of its own: started by `runEngineProcess`, which hands the cell over as
 * an argument and reads the measures from stdout. A fresh process each time, so that feedrate pays for its start and
 * its cold code in every round, as fio does.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { WorkerPool } from '../../src/engine/pool.js';
import { decodeHistogram } from '../../src/histogram/codec.js';
import { quantileNs } from '../../src/histogram/histogram.js';
import { assembleClient } from '../../src/trial/assemble.js';
import { type EngineRun, runEngineWell } from '../support/engine.js';
import { ioJob } from '../support/jobs.js';
import { type Cell, jobOf, type Measures, type Setting } from './cell.js';

const OWN_PATH = fileURLToPath(import.meta.url);

/** Throws when the process or one of its workers failed. */
export function runEngineProcess(cell: Cell, setting: Setting): Measures {
  const args = [OWN_PATH, JSON.stringify(cell), JSON.stringify(setting)];
  const env = cell.fsCalls ? { ...process.env, FEEDRATE_NO_KOFFI: '1' } : process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`feedrate's engine ended with status ${status}\n${stderr}`);
  return JSON.parse(stdout) as Measures;
}

function measuresOf({ window, latency, reports }: EngineRun): Measures {
  const ops = window.readOps + window.writeOps;
  const seconds = (window.endNs - window.startNs) / 1e9;
  const lat = latency.read ?? latency.write;
  const { workerCpuNs } = assembleClient(reports, { maxNs: 0, p99Ns: 0 });
  if (lat === undefined || workerCpuNs === null) throw new Error('nothing was measured');
  const histogram = decodeHistogram(lat);
  return {
    iops: ops / seconds,
    bytes: window.totalReadBytes + window.totalWriteBytes,
    cpuPerOpNs: workerCpuNs / (window.totalReadOps + window.totalWriteOps),
    p50Ns: quantileNs(histogram, 0.5),
    p99Ns: quantileNs(histogram, 0.99),
    p999Ns: quantileNs(histogram, 0.999),
    collections: reports.reduce((sum, { gcCount }) => sum + gcCount, 0),
  };
}

async function runHere(cell: Cell, setting: Setting): Promise<Measures> {
  const pool = new WorkerPool(cell.numjobs);
  try {
    const { path, bytes, contentSeed, seed } = setting;
    return measuresOf(
      await runEngineWell(pool, ioJob(jobOf(cell, setting)), { files: [{ path, bytes, contentSeed }], seed }),
    );
  } finally {
    await pool.close();
  }
}

if (process.argv[1] === OWN_PATH) {
  const [cell, setting] = process.argv.slice(2).map((text) => JSON.parse(text)) as [Cell, Setting];
  process.stdout.write(JSON.stringify(await runHere(cell, setting)));
}
