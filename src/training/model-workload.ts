/** Workloads of models at full size. */
import { formatBytes, formatWhole } from '../base/units.js';
import type { AcceleratorModel } from './accelerator-model.js';

/** Returns the workload of one accelerator, as its edition of MLPerf Storage describes it, in YAML. */
export function modelWorkload(model: AcceleratorModel): string {
  const { name, files, samplesPerFile, recordBytes, recordStdevBytes } = model;
  const bytes = formatBytes(files * samplesPerFile * recordBytes);
  const lines = [
    `# ${model.model} on ${model.accelerator} at full size: ${formatWhole(files)} files, ${bytes}. From ${model.round}`,
    `# (${model.source}).`,
    '# MLPerf Storage wants 5 times the memory of the clients, and 500 steps for each accelerator. For another size:',
    `#   feedrate run ${name} -t DIRECTORY --set num_files_train=N --set accelerators=N`,
    '# MLPerf-Storage-shaped, not an MLPerf result.',
    `name: ${name}`,
    `description: ${model.model} on ${model.accelerator} at full size (MLPerf-Storage-shaped)`,
    'trials: {rounds: 1}',
    '',
    'jobs:',
    '  train:',
    '    kind: training',
    ...fieldsOf(model).map(([word, value]) => `    ${word}: ${value}`),
    // Its clients drop their caches before each epoch. One epoch a trial is cold, and a round more is another one.
    '    cache: cold',
    `    thresholds: [au >= ${Math.round(model.leastAu * 100)}%]`,
  ];
  return `${lines.join('\n')}\n`;

  function fieldsOf({
    format,
    readThreads,
    prefetchSize,
    batchSize,
    computeNs,
  }: AcceleratorModel): [string, unknown][] {
    return [
      ['format', format],
      ['num_files_train', files],
      ...(samplesPerFile === 1 ? [] : [['num_samples_per_file', samplesPerFile] as [string, unknown]]),
      ['record_length_bytes', recordBytes],
      ...(recordStdevBytes === 0 ? [] : [['record_length_bytes_stdev', recordStdevBytes] as [string, unknown]]),
      ['batch_size', batchSize],
      ['read_threads', readThreads],
      ['prefetch_size', prefetchSize],
      ['computation_time', `${computeNs / 1e6}ms`],
    ];
  }
}
