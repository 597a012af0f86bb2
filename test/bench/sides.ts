/** The sides of a cell, each given the same state of the file and of the caches. */
import { open } from 'node:fs/promises';
import { evict } from '../../src/host/files/page-cache.js';
import { residentBytes } from '../support/resident.js';
import { warm } from '../support/warm.js';
import { type BareLoop, runBareLoop } from './bare-run.js';
import { type Cell, isWrite, type Setting } from './cell.js';
import { deviceBytesWritten, leastDeviceBytes } from './device-bytes.js';
import { runEngineProcess } from './engine-run.js';
import { runFio } from './fio-run.js';
import { type Measures, type Round, SIDES, type Side } from './measures.js';

/** A round in which the page cache lost the file is repeated this often. */
const ATTEMPTS = 3;

export interface Bench {
  readonly bareLoop: BareLoop | null;
  readonly signal?: AbortSignal | undefined;
  readonly say: (line: string) => void;
}

function runSide(side: Side, cell: Cell, setting: Setting, { bareLoop, signal }: Bench): Promise<Measures | null> {
  switch (side) {
    case 'feedrate':
      return runEngineProcess(cell, setting, signal);
    case 'defaults':
    case 'tuned':
      return runFio(cell, setting, side, signal);
    case 'bare':
      return runBareLoop(bareLoop, cell, setting, signal);
  }
}

/** Dirty pages of one side must not be written back in another's time. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Null where nothing can tell (no koffi). */
function isResident({ path, fileBytes }: Setting): boolean | null {
  const resident = residentBytes([path]);
  return resident === null ? null : resident.bytes >= fileBytes;
}

function prepareCache(cell: Cell, setting: Setting): void {
  if (cell.medium === 'cache' && isResident(setting) !== true) warm([setting.path]);
  if (cell.medium === 'direct') evict([setting.path], { dropCaches: false });
}

/** The side's run, or the reason why it does not count: what it wrote has not reached the device. */
async function runArriving(side: Side, cell: Cell, setting: Setting, bench: Bench): Promise<Measures | string | null> {
  if (!isWrite(cell)) return runSide(side, cell, setting, bench);
  await flush(setting.path);
  const before = deviceBytesWritten(setting.path);
  const measures = await runSide(side, cell, setting, bench);
  // What promises that its bytes have arrived is not helped.
  if (!cell.endFsync && cell.medium !== 'direct') await flush(setting.path);
  const after = deviceBytesWritten(setting.path);
  if (measures === null || before === null || after === null) return measures;
  const least = leastDeviceBytes(cell, setting, measures.bytes);
  if (after - before >= least) return measures;
  return `${side} wrote ${measures.bytes} bytes, of which at least ${Math.round(least)} had to reach the device: ${after - before} did`;
}

/** All sides once. */
async function runOnce(cell: Cell, setting: Setting, order: readonly Side[], bench: Bench): Promise<Round> {
  const sides: Record<Side, Measures | null> = { feedrate: null, defaults: null, tuned: null, bare: null };
  const discarded: string[] = [];
  prepareCache(cell, setting);
  for (const side of order) {
    const measured = await runArriving(side, cell, setting, bench);
    if (typeof measured === 'string') discarded.push(measured);
    else sides[side] = measured;
  }
  return { round: setting.seed, sides, discarded };
}

/**
 * All sides once, in an order that rotates with the round (`setting.seed`). Repeated when the page cache lost the
 * file meanwhile, because then they were not given the same; throws when it never keeps it.
 */
export async function runRound(cell: Cell, setting: Setting, bench: Bench): Promise<Round> {
  const first = (setting.seed - 1) % SIDES.length;
  const order = [...SIDES.slice(first), ...SIDES.slice(0, first)];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const round = await runOnce(cell, setting, order, bench);
    for (const line of round.discarded) bench.say(`${cell.name}, round ${round.round}: ${line}: not counted`);
    if (cell.medium !== 'cache' || isResident(setting) !== false) return round;
    bench.say(`${cell.name}: the page cache lost the file; the round is repeated`);
  }
  throw new Error(`the page cache does not keep ${setting.path}: choose a smaller --size`);
}
