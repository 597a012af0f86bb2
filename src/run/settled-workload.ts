/** Settles what a run measures: its workload, and the files of a user that it reads. */
import { assert } from '../base/assert.js';
import type { Plan } from '../plan/plan.js';
import type { PlannedDataset, ScannedDataset } from '../plan/planned-dataset.js';
import { sampleSearchOf } from '../plan/sample-search.js';
import { parseWorkload } from '../workload/parse.js';
import type { ExistingDataset, Workload } from '../workload/workload.js';
import { sameFiles } from './copies.js';
import { type FoundByTarget, findFiles, type ScanListener } from './found-data.js';
import type { PlanRequest, WorkloadText } from './request.js';
import { type ReadTrace, readTrace, traceFile } from './trace-image.js';

export interface SettledWorkload {
  readonly workload: Workload;
  /** The text of the workload. */
  readonly source: string;
  /** Null if the workload reads no files that exist. */
  readonly found: FoundByTarget | null;
  /** The trace that it replays. Absent: none. */
  readonly trace?: ReadTrace;
  /** What to say of it before the run, one line each. */
  readonly notes: readonly string[];
}

/** Parses the workload, or chooses it. Throws `FeedrateError` as the parser, `findFiles` and `sameFiles` do. */
export async function settleWorkload(request: PlanRequest, tell: ScanListener): Promise<SettledWorkload> {
  const asked = request.workload;
  if (!('choose' in asked)) {
    const workload = parsed(asked, request);
    const { dataset: declared } = workload;
    if (declared?.kind === 'traced') {
      const trace = readTrace(traceFile(declared.trace, asked.path));
      const settled = { workload, source: asked.source, trace };
      if (declared.existing === null) return { ...settled, found: null, notes: [] };
      return { ...settled, ...sameFiles(await findFiles(declared.existing, request, tell)) };
    }
    if (workload.dataset?.kind !== 'existing') return { workload, source: asked.source, found: null, notes: [] };
    return {
      workload,
      source: asked.source,
      ...sameFiles(await findFiles(workload.dataset, request, tell, sampleSearchOf(workload))),
    };
  }
  const first = sameFiles(await findFiles(asked.dataset, request, tell));
  const chosen = asked.choose(first.found);
  tell.note?.(chosen.words);
  const workload = parsed(chosen.workload, request);
  const dataset = workload.dataset as ExistingDataset;
  // The choice may limit the number of files, and --set may change everything.
  const search = sampleSearchOf(workload);
  const isSame = search === null && JSON.stringify(dataset) === JSON.stringify(asked.dataset);
  const again = isSame ? first : sameFiles(await findFiles(dataset, request, tell, search));
  return { workload, source: chosen.workload.source, ...again };
}

function parsed({ source, path, options }: WorkloadText, { overrides = [] }: PlanRequest): Workload {
  return parseWorkload(source, path, overrides, options);
}

/**
 * Returns the dataset as the plan uses it.
 * @param filesets the sets that the files which exist are divided into. Default: those of the plan
 */
export function plannedDataset(
  { workload, found, trace }: SettledWorkload,
  plan: Plan,
  filesets = plan.filesets,
): PlannedDataset | null {
  const { dataset } = workload;
  if (dataset === null || dataset.kind === 'generated') return dataset;
  const scannedOf = (declared: ExistingDataset): ScannedDataset => ({
    kind: 'scanned',
    declared,
    filesets,
    found: found ?? new Map(),
  });
  if (dataset.kind === 'existing') return scannedOf(dataset);
  assert(trace !== undefined, 'a trace is read before it is planned');
  const scanned = dataset.existing === null ? null : scannedOf(dataset.existing);
  return { kind: 'recorded', declared: dataset, ...trace, scanned };
}
