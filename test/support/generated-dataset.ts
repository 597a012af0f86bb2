import type { GeneratedDataset, Workload } from '../../src/workload/workload.js';

/** Returns a workload's dataset; null without one. Throws when its files exist already. */
export function generatedOf({ dataset }: Workload): GeneratedDataset | null {
  if (dataset?.kind === 'existing') throw new Error(`${dataset.path} is not generated`);
  return dataset;
}
