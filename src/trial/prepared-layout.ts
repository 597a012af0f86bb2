/** Lays out the data files of a plan before a run. */
import { randomUUID } from 'node:crypto';
import { createOwnDirectory, ownDirectoryPath, removeOwnDirectory } from '../host/files/own-directory.js';
import { HeldTarget } from '../host/held-target.js';
import type { FileUnion } from '../plan/file-union.js';
import { dataFilesOf } from '../plan/filesets.js';
import type { Plan, Target } from '../plan/plan.js';
import type { PlannedDataset } from '../plan/planned-dataset.js';
import type { TieringPolicyName } from '../record/volume-record.js';
import type { SessionEvent, WorkProgress } from './events.js';
import { keepDataset, missingOfDataset, readHead, verifyDataset } from './kept-dataset.js';
import { dataDirectory, holdData, isKept, layOutMissing, missingFilesOf } from './layout.js';
import type { MissingFiles } from './missing-files.js';
import { WorkMeter } from './work-meter.js';

export interface LayoutTotals {
  readonly writtenBytes: number;
  readonly reusedBytes: number;
}

/** A preparation of data files. */
interface Preparing {
  readonly runId: string;
  readonly emit: (event: SessionEvent) => void;
  readonly stopped: () => boolean;
  readonly policyOf: PolicyOf;
}

/** Returns the tiering policy of a target's volume; null: not known. */
type PolicyOf = (target: string) => TieringPolicyName | null;

/**
 * Writes the plan's data files that its targets do not have yet, and returns the bytes written and reused. Throws
 * `FeedrateError('measurement')` when a file cannot be written or a target changes meanwhile, and `LayoutStopped` after a stop request. Complete
 * files stay for the next run.
 */
export async function layOutPlan(
  plan: Plan,
  dataset: PlannedDataset | null,
  emit: (event: SessionEvent) => void,
  stopped: () => boolean,
  policyOf: PolicyOf = () => null,
): Promise<LayoutTotals> {
  const preparing: Preparing = { runId: `prepare-${randomUUID().slice(0, 8)}`, emit, stopped, policyOf };
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
  const { runId, emit, stopped } = preparing;
  const held = new HeldTarget(target, true, undefined);
  const data = holdData(target, runId);
  const scratch = ownDirectoryPath(target, runId, 'scratch');
  try {
    const totals = isKept(target)
      ? await keep(target, files, preparing)
      : await layOutUnkept(target, files, runId, emit, stopped);
    held.requireUnchanged();
    return totals;
  } finally {
    data.release();
    removeOwnDirectory(scratch, runId);
    held.release();
  }
}

async function layOutUnkept(
  target: Target,
  files: FileUnion,
  runId: string,
  emit: (event: SessionEvent) => void,
  stopped: () => boolean,
): Promise<LayoutTotals> {
  const missing = await missingFilesOf(target, files, stopped);
  if (missing.length > 0) createOwnDirectory(target, runId, 'scratch');
  await layOutMissing(target, runId, missing, { progress: told(target, emit), stopped });
  return totalsOf(missing);
}

/** Returns what reports the progress of a target's layout. */
function told(target: Target, emit: (event: SessionEvent) => void): (work: WorkProgress) => void {
  return (work) => emit({ type: 'layout', target: target.name, ...work });
}

function totalsOf(missing: MissingFiles): LayoutTotals {
  return { writtenBytes: missing.bytes, reusedBytes: missing.reusedBytes };
}

/** Prepares a dataset that is kept for later days. One that is complete is verified by its checksums. */
async function keep(
  target: Target,
  files: FileUnion,
  { runId, emit, stopped, policyOf }: Preparing,
): Promise<LayoutTotals> {
  const directory = dataDirectory(target, runId);
  const { files: totalFiles, bytes: totalBytes } = files.count();
  const meter = new WorkMeter({ totalFiles, totalBytes });
  let readBytes = 0;
  const handled = (bytes: number) => {
    readBytes += bytes;
    // Files are read in their order, and are of similar sizes.
    const doneFiles = Math.floor((readBytes / totalBytes) * totalFiles);
    told(target, emit)(meter.at(doneFiles, readBytes));
  };
  if (readHead(directory) !== null) {
    await verifyDataset(target, directory, files, { handled, stopped });
    return { writtenBytes: 0, reusedBytes: totalBytes };
  }
  const scratch = createOwnDirectory(target, runId, 'scratch');
  const missing = await missingOfDataset(directory, files, { handled, stopped });
  await layOutMissing(target, runId, missing, { progress: told(target, emit), stopped });
  await keepDataset(directory, files, scratch, stopped, policyOf(target.name));
  return totalsOf(missing);
}
