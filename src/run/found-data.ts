/** Files that exist in the targets, as a run uses them. */
import { FeedrateError } from '../base/errors.js';
import type { Plan } from '../plan/plan.js';
import type { Found, PlannedDataset, ScannedDataset } from '../plan/planned-dataset.js';
import type { ExistingDataset, Workload } from '../workload/workload.js';
import type { PlanRequest } from './request.js';

/** What was found, by the name of the target. */
export type FoundByTarget = ReadonlyMap<string, Found>;

/** Looks for the files of a dataset in every target. */
export async function findFiles(
  dataset: ExistingDataset,
  _request: PlanRequest,
  _tell: { note?(text: string): void },
): Promise<FoundByTarget> {
  throw new FeedrateError('usage', `dataset.path: ${dataset.path}: not yet`);
}

/** Returns the dataset as the plan uses it. */
export function plannedDataset(workload: Workload, plan: Plan, found: FoundByTarget | null): PlannedDataset | null {
  const { dataset } = workload;
  if (dataset?.kind !== 'existing') return dataset;
  return { kind: 'scanned', declared: dataset, filesets: plan.filesets, found: found ?? new Map() };
}

/** Returns what to say of the files before a run begins. */
export function foundNotes(_plan: Plan, _dataset: ScannedDataset): string[] {
  return [];
}
