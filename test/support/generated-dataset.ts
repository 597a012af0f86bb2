import type { GeneratedDataset, Workload } from '../../src/workload/workload.js';

/** Returns a workload's dataset; null without one. Throws when its files exist already. */
export function generatedOf({ dataset }: Workload): GeneratedDataset | null {
  if (dataset === null || dataset.kind === 'generated') return dataset;
  throw new Error(`a dataset that is ${dataset.kind} is not generated`);
}
