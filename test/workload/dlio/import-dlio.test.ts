/** Configurations of DLIO and MLPerf Storage become workloads. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../../src/base/errors.js';
import { type ImportedWorkload, importDlio } from '../../../src/workload/dlio/import-dlio.js';

const test = suite('workload/dlio');

/** The keys of MLPerf Storage 2.0. */
const UNET3D = `model:
  name: unet3d
  type: cnn
  model_size: 499153191
framework: pytorch
workflow:
  generate_data: False
  train: True
  checkpoint: False
dataset:
  data_folder: data/unet3d/
  format: npz
  num_files_train: 168
  num_samples_per_file: 1
  record_length_bytes: 146600628
  record_length_bytes_stdev: 68341808
  record_length_bytes_resize: 2097152
reader:
  data_loader: pytorch
  batch_size: 7
  read_threads: 4
  file_shuffle: seed
  sample_shuffle: seed
train:
  epochs: 5
  computation_time: 0.323
checkpoint:
  checkpoint_folder: checkpoints/unet3d
metric:
  au: 0.90
`;

function imported(text: string, overrides: readonly string[] = [], ranks: number | null = null): ImportedWorkload {
  return importDlio({ files: [{ text, path: 'a/x.yaml' }], overrides, ranks, reader: 'format' });
}

type Word =
  | 'format'
  | 'num_files_train'
  | 'record_length_bytes'
  | 'record_length_bytes_stdev'
  | 'row_group_size'
  | 'num_columns'
  | 'columns_read'
  | 'accelerators'
  | 'read_threads'
  | 'file_shuffle'
  | 'sample_shuffle'
  | 'batch_size'
  | 'computation_time'
  | 'preprocess_time'
  | 'epochs'
  | 'total_training_steps'
  | 'randseed'
  | 'numjobs'
  | 'shard_size'
  | 'checkpoints'
  | 'interval'
  | 'fsync';

/** Returns the fields of a job of the workload, as written. */
function fieldsOf({ source }: ImportedWorkload, job = 'x'): { readonly [W in Word]?: string } {
  const lines = source.split('\n');
  const start = lines.indexOf(`  ${job}:`);
  assert.ok(start >= 0, source);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^ {0,2}\S/.test(line));
  const own = rest.slice(0, end < 0 ? rest.length : end);
  return Object.fromEntries(
    own.flatMap((line) => [...line.matchAll(/^ {4}(\w+): (.+)$/g)].map(([, word, value]) => [word, value])),
  );
}

function issuesOf(text: string, overrides: readonly string[] = []): string[] {
  try {
    imported(text, overrides);
  } catch (thrown) {
    if (thrown instanceof FeedrateError) return thrown.issues.map(({ where, message }) => `${where}: ${message}`);
    throw thrown;
  }
  return [];
}

test('a configuration of MLPerf Storage becomes a training job, and what it loses has its place', () => {
  const { losses, ...workload } = imported(UNET3D);
  assert.equal(fieldsOf({ losses, ...workload }), {
    kind: 'training',
    format: 'npz',
    num_files_train: '168',
    num_samples_per_file: '1',
    record_length_bytes: '146600628',
    record_length_bytes_stdev: '68341808',
    read_threads: '4',
    prefetch_size: '2',
    file_shuffle: 'seed',
    sample_shuffle: 'seed',
    batch_size: '7',
    computation_time: '323ms',
    epochs: '5',
    reader: 'format',
    cache: 'cold',
  });
  assert.match(workload.source, /thresholds:\n {6}- au >= 90%/);
  assert.match(workload.source, /MLPerf-Storage-shaped, not an MLPerf result/);
  assert.equal(losses, [
    {
      where: 'a/x.yaml:17:3',
      message: 'dataset.record_length_bytes_resize: feedrate sends no batches to another process',
    },
  ]);
});

test('keys of the earlier generation, defaults of DLIO and distributions of times', () => {
  const old = `model: unet3d
framework: pytorch
dataset: {format: npy, record_length: 1_000, record_length_stdev: 10, file_access: multi}
data_reader: {data_loader: pytorch, batch_size: 4, preprocess_time: 0.002, read_threads: 0}
train: {computation_time: 4.59, computation_time_stdev: 0.5, total_training_steps: -1}
`;
  const fields = fieldsOf(imported(old));
  assert.is(fields.record_length_bytes, '1000');
  assert.is(fields.record_length_bytes_stdev, '10');
  assert.is(fields.num_files_train, '8');
  assert.is(fields.read_threads, '0');
  assert.is(fields.file_shuffle, 'off');
  assert.is(fields.computation_time, 'normal:4.59s:500ms');
  assert.is(fields.preprocess_time, '2ms');
  assert.is(fields.total_training_steps, undefined);
  const times = {
    '{type: normal, mean: 0.1, stdev: 0}': '100ms',
    '{type: uniform, min: 0.00035, max: 1.5}': 'uniform:350us:1.5s',
    '{type: gamma, shape: 2.5, scale: 0.1}': 'gamma:2.5:100ms',
    '{type: exponential, scale: 0.1}': 'exponential:100ms',
  };
  for (const [written, expected] of Object.entries(times)) {
    const read = fieldsOf(imported(UNET3D, [`++workload.train.computation_time=${written.replaceAll(': ', ':')}`]));
    assert.is(read.computation_time, expected, written);
  }
});

test('overrides replace, add and remove values, and ranks are accelerators', () => {
  const overrides = ['++workload.dataset.num_files_train=21', 'reader.batch_size=3', '+train.seed=9', '~metric.au'];
  const workload = imported(UNET3D, overrides, 4);
  const fields = fieldsOf(workload);
  assert.equal(
    [fields.num_files_train, fields.batch_size, fields.randseed, fields.accelerators],
    ['21', '3', '9', '4'],
  );
  assert.not.match(workload.source, /thresholds/);
  // The override of a key of the other generation replaces it.
  assert.is(fieldsOf(imported(UNET3D, ['++workload.dataset.record_length=5'])).record_length_bytes, '5');
  assert.match(issuesOf(UNET3D, ['workload=unet3d_h100']).join(), /give the path of its file/);
  assert.match(issuesOf(UNET3D, ['++x']).join(), /expected an override such as/);
  assert.match(issuesOf(UNET3D, ['++workload.reader.batch_size=0']).join(), /^\+\+workload\.reader\.batch_size=0: /);
});

test('records of arrays, columns of Parquet, and formats by other names', () => {
  const dims = UNET3D.replace(/ {2}record_length_bytes.*\n/g, '').replace('npz', 'npy');
  assert.is(
    fieldsOf(imported(dims, ['++workload.dataset.record_dims=[64,64,3]', '++dataset.record_element_type=float32']))
      .record_length_bytes,
    '49152',
  );
  const parquet = UNET3D.replace('npz', 'parquet').replace(
    'num_files_train',
    'parquet: {row_group_size: 64, columns: [{name: a, dtype: float32, read: false}, {name: b, dtype: int8}]}\n  num_files_train',
  );
  const read = imported(parquet);
  const { row_group_size, num_columns, columns_read, sample_shuffle } = fieldsOf(read);
  assert.equal([row_group_size, num_columns, columns_read, sample_shuffle], ['64', '2', '1', undefined]);
  assert.equal(
    read.losses.map(({ message }) => message.split(':')[0]),
    ['dataset.parquet.columns', 'reader.sample_shuffle', 'dataset.record_length_bytes_resize'],
  );
  assert.is(fieldsOf(imported(UNET3D.replace('npz', 'mmap_indexed_binary'))).format, 'megatron');
  assert.match(
    imported(UNET3D.replace('npz', 'png'))
      .losses.map(({ message }) => message)
      .join(),
    /read as JPEG/,
  );
});

test('an evaluation becomes a job of its own, and a training saves its own checkpoints', () => {
  const text = `${UNET3D.replace('checkpoint: False', 'checkpoint: True\n  evaluation: True')}evaluation: {eval_time: 0.5, eval_after_epoch: 2}\n`;
  const workload = imported(text, ['++workload.dataset.num_files_eval=42', '++workload.reader.batch_size_eval=1']);
  const evaluation = fieldsOf(workload, 'x-eval');
  assert.equal([evaluation.num_files_train, evaluation.batch_size, evaluation.epochs], ['42', '1', '1']);
  assert.is(evaluation.computation_time, '500ms');
  assert.match(workload.source, /\n {4}epochs_between_checkpoints: 1\n {4}model_size: 499153191\n/);
  assert.not.match(workload.source, /x-save/);
  const steps = '++workload.checkpoint.steps_between_checkpoints=20';
  const often = imported(text, [steps, '++workload.checkpoint.checkpoint_after_epoch=3']);
  assert.match(often.source, /steps_between_checkpoints: 20\n.*\n {4}checkpoint_after_epoch: 3\n/);
  assert.equal(
    often.losses.filter(({ message }) => /^workload\.checkpoint|^checkpoint/.test(message)),
    [],
  );
  assert.match(
    workload.losses.map(({ message }) => message).join(),
    /eval_after_epoch: the evaluation is a job of its own/,
  );
});

test('a transformer’s checkpoint has the bytes that MLPerf Storage publishes', () => {
  const llama = `model:
  type: transformer
  num_layers: 32
  parallelism: {pipeline: 1, tensor: 1, zero_stage: 3}
  transformer: {vocab_size: 128256, hidden_size: 4096, ffn_hidden_size: 14336, num_attention_heads: 32, num_kv_heads: 8}
workflow: {train: False, checkpoint: True}
checkpoint: {time_between_checkpoints: 5, num_checkpoints_write: 10, num_checkpoints_read: 10, fsync: True}
`;
  const workload = imported(llama, [], 8);
  const { numjobs, shard_size = '', checkpoints, interval, fsync } = fieldsOf(workload, 'x-save');
  assert.equal([numjobs, checkpoints, interval, fsync], ['8', '10', '5s', 'true']);
  assert.is(((Number(shard_size) * 8) / 2 ** 30).toFixed(1), '104.7');
  assert.is(fieldsOf(workload, 'x-restore').shard_size, shard_size);
});

test('what makes no sense is refused at its place', () => {
  const refused = {
    'batch_size: 7': ['batch_size: 0', 'a/x.yaml:20:3: reader.batch_size: expected a number from 1 on'],
    'format: npz': ['format: synthetic', 'a/x.yaml:12:3: dataset.format: feedrate has no format synthetic'],
    'num_samples_per_file: 1': ['num_samples_per_file: 4', 'a/x.yaml:14:3: num_samples_per_file: '],
    'framework: pytorch': ['framework: tensorflow', 'a/x.yaml:19:3: reader.data_loader: does not go with'],
    'computation_time: 0.323': ['computation_time: soon', 'a/x.yaml:26:3: train.computation_time: expected a number'],
    'record_length_bytes: 146600628': [
      'record_length: 1\n  record_length_bytes: 2',
      'is dataset.record_length by another name',
    ],
    'epochs: 5': ['epochs: $' + '{other}', 'refers to another value'],
    'train: True': ['train: False', 'so there is nothing to measure'],
    'file_shuffle: seed': ['file_shuffle: maybe', 'reader.file_shuffle: expected off, seed or random'],
    'au: 0.90': ['au: 90', 'metric.au: expected a number'],
  };
  for (const [before, [after = '', expected = '']] of Object.entries(refused)) {
    const issues = issuesOf(UNET3D.replace(before, after)).join('\n');
    assert.ok(issues.includes(expected), `${after}: ${issues}`);
  }
  assert.match(issuesOf('jobs: {a: {rw: read}}').join(), /expected a configuration of DLIO/);
  assert.match(issuesOf('').join(), /expected a configuration of DLIO/);
  assert.match(issuesOf(`${UNET3D}storage: {storage_type: s3}`).join(), /s3 is not a mounted directory/);
});

test('a key that DLIO does not have is named', () => {
  const { losses } = imported(UNET3D.replace('read_threads: 4', 'read_threads: 4\n  read_tread: 4'));
  assert.ok(
    losses.some(({ message }) => message === 'reader.read_tread: unknown; did you mean reader.read_threads?'),
    JSON.stringify(losses),
  );
});

test.run();
