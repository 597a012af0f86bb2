/** Lays out the data files of a plan before a run. */
import { randomUUID } from 'node:crypto';
import { createOwnDirectory, ownDirectoryPath, removeOwnDirectory } from '../host/files/own-directory.js';
import { HeldTarget } from '../host/held-target.js';
import type { FileUnion } from '../plan/file-union.js';
import { dataFilesOf } from '../plan/filesets.js';
import type { Plan, Target } from '../plan/plan.js';
import type { PlannedDataset } from '../plan/planned-dataset.js';
import type { TieringPolicyName } from '../record/volume-record.js';
import { dataDirectory, isKept } from './data-directory.js';
import type { SessionEvent, WorkProgress } from './events.js';
import { keepDataset, missingOfDataset, readHead, verifyDataset } from './kept-dataset.js';
import { awaitFilesOfOthers, holdData, layOutMissing, missingFilesOf } from './layout.js';
import type { MissingFiles } from './missing-files.js';
import { type LayoutPlace, type RankLayout, rankLayouts } from './rank-layouts.js';
import { WorkMeter } from './work-meter.js';

export interface LayoutTotals {
  readonly writtenBytes: number;
  readonly reusedBytes: number;
}

/** The ranks that lay out a plan's files together. */
export interface PreparingRank extends LayoutPlace {
  /** Waits until all ranks have laid out their parts on a target. Throws when one of them cannot go on. */
  readonly meet: () => Promise<void>;
}

/** A preparation of data files. */
interface Preparing {
  readonly plan: Plan;
  readonly dataset: PlannedDataset | null;
  readonly runId: string;
  readonly emit: (event: SessionEvent) => void;
  readonly stopped: () => boolean;
  readonly policyOf: PolicyOf;
  readonly rank: PreparingRank | null;
}

/** Returns the tiering policy of a target's volume; null: not known. */
export type PolicyOf = (target: string) => TieringPolicyName | null;

/**
 * Writes the plan's data files that its targets do not have yet, and returns the bytes written and reused. Throws
 * `FeedrateError('measurement')` when a file cannot be written or a target changes meanwhile, and `LayoutStopped` after a stop request. Complete
 * files stay for the next run.
 * @param rank this machine in a group, whose ranks all call this; null: it is alone
 */
export async function layOutPlan(
  plan: Plan,
  dataset: PlannedDataset | null,
  emit: (event: SessionEvent) => void,
  stopped: () => boolean,
  policyOf: PolicyOf = () => null,
  rank: PreparingRank | null = null,
): Promise<LayoutTotals> {
  const runId = `prepare-${randomUUID().slice(0, 8)}`;
  const preparing: Preparing = { plan, dataset, runId, emit, stopped, policyOf, rank };
  let writtenBytes = 0;
  let reusedBytes = 0;
  for (const target of plan.targets) {
    const files = dataFilesOf(plan, dataset, target);
    if (files.isEmpty) continue;
    const totals = await layOutTarget(target, files, preparing);
    writtenBytes += totals.writtenBytes;
    reusedBytes += totals.reusedBytes;
  }
  return { writtenBytes, reusedBytes };
}

async function layOutTarget(target: Target, files: FileUnion, preparing: Preparing): Promise<LayoutTotals> {
  const { runId } = preparing;
  const held = new HeldTarget(target, true, undefined);
  const data = holdData(target, runId);
  const scratch = ownDirectoryPath(target, runId, 'scratch');
  try {
    const totals = isKept(target) ? await keep(target, files, preparing) : await layOutUnkept(target, preparing);
    held.requireUnchanged();
    return totals;
  } finally {
    data.release();
    removeOwnDirectory(scratch, runId);
    held.release();
  }
}

async function layOutUnkept(target: Target, preparing: Preparing): Promise<LayoutTotals> {
  const { plan, dataset, runId, emit, stopped, rank } = preparing;
  let writtenBytes = 0;
  let reusedBytes = 0;
  for (const { files, share } of rankLayouts(plan, dataset, target, rank)) {
    const missing = await missingFilesOf(target, files, stopped, share);
    if (missing.length > 0) createOwnDirectory(target, runId, 'scratch');
    await layOutMissing(target, runId, missing, { progress: told(target, emit), stopped });
    writtenBytes += missing.bytes;
    reusedBytes += missing.reusedBytes;
  }
  await rank?.meet();
  return { writtenBytes, reusedBytes };
}

/** Returns what reports the progress of a target's layout. */
function told(target: Target, emit: (event: SessionEvent) => void): (work: WorkProgress) => void {
  return (work) => emit({ type: 'layout', target: target.name, ...work });
}

function totalsOf(missing: MissingFiles): LayoutTotals {
  return { writtenBytes: missing.bytes, reusedBytes: missing.reusedBytes };
}

/** Prepares a dataset that is kept for later days. One that is complete is verified by its checksums. */
async function keep(target: Target, files: FileUnion, preparing: Preparing): Promise<LayoutTotals> {
  const { plan, dataset, runId, emit, stopped, policyOf, rank } = preparing;
  const directory = dataDirectory(target, runId);
  const [{ share }] = rankLayouts(plan, dataset, target, rank) as [RankLayout];
  const handled = readTeller(files, share?.size ?? 1, told(target, emit));
  if (readHead(directory) !== null) {
    await verifyDataset(target, directory, files, { handled, stopped }, share);
    await rank?.meet();
    const isCounted = share === undefined || share.rank === 0;
    return { writtenBytes: 0, reusedBytes: isCounted ? files.count().bytes : 0 };
  }
  const scratch = createOwnDirectory(target, runId, 'scratch');
  const missing = await missingOfDataset(directory, files, { handled, stopped }, share);
  await layOutMissing(target, runId, missing, { progress: told(target, emit), stopped });
  await rank?.meet();
  // One manifest lists the files of all ranks.
  if (share === undefined || share.rank === 0) {
    if (share !== undefined) await awaitFilesOfOthers(target, files, stopped);
    await keepDataset(directory, files, scratch, stopped, policyOf(target.name));
  }
  return totalsOf(missing);
}

/** Returns what is called with the bytes that were read, of one of so many shares of the files, and tells the progress. */
function readTeller(files: FileUnion, shares: number, tell: (work: WorkProgress) => void): (bytes: number) => void {
  const count = files.count();
  const totalFiles = Math.ceil(count.files / shares);
  const totalBytes = Math.ceil(count.bytes / shares);
  const meter = new WorkMeter({ totalFiles, totalBytes });
  let readBytes = 0;
  return (bytes) => {
    readBytes = Math.min(totalBytes, readBytes + bytes);
    // Files are read in their order, and are of similar sizes.
    tell(meter.at(Math.floor((readBytes / totalBytes) * totalFiles), readBytes));
  };
}
