/** The jobs of kind `training` that a configuration of DLIO asks for. */
import type { DataFormat } from '../data-formats.js';
import type { Located } from '../document.js';
import type { DlioSource, ImportedField } from './dlio-source.js';
import { spread, TIMES } from './dlio-times.js';

/** DLIO's formats, with what is different about ours. */
const FORMATS: Readonly<Record<string, { readonly format: DataFormat; readonly loss?: string }>> = {
  npz: { format: 'npz' },
  npy: { format: 'npy' },
  jpeg: { format: 'jpeg' },
  png: { format: 'jpeg', loss: 'read as JPEG files' },
  tfrecord: { format: 'tfrecord' },
  csv: { format: 'csv' },
  hdf5: { format: 'hdf5' },
  hdf5_opt: { format: 'hdf5', loss: 'read as hdf5' },
  parquet: { format: 'parquet' },
  indexed_binary: { format: 'raw', loss: 'read as raw records, without an index file' },
  mmap_indexed_binary: { format: 'megatron' },
};

/** Storage that is reached through a mounted directory. */
const MOUNTED = ['local_fs', 'parallel_fs', 'direct_fs'];

const ELEMENT_BYTES = /^(?:u?int|float|complex)(8|16|32|64|128)$/;

/** Returns the fields of the training job. `ranks`: accelerators. */
export function trainingFields(source: DlioSource, ranks: number): ImportedField[] {
  checkStorage(source);
  if (TIMES.every((name) => !source.has(`train.computation_time.${name}`)))
    source.fault(
      'train.computation_time',
      'is missing; give the seconds of a step: ++workload.train.computation_time=0.1',
    );
  const { format, recordBytes, columns } = dataFields(source);
  return [
    ...format,
    ...given('num_files_train', source.number('dataset.num_files_train', 1), source, 'dataset.num_files_train', 8),
    ...given(
      'num_samples_per_file',
      source.number('dataset.num_samples_per_file', 1),
      source,
      'dataset.num_samples_per_file',
    ),
    ...recordBytes,
    ...given(
      'num_subfolders_train',
      source.number('dataset.num_subfolders_train'),
      source,
      'dataset.num_subfolders_train',
    ),
    ...columns,
    ...(ranks === 1 ? [] : [{ word: 'accelerators', value: ranks, place: null }]),
    ...loaderFields(source),
    ...given('batch_size', source.number('reader.batch_size', 1), source, 'reader.batch_size'),
    ...spread(source, 'train.computation_time', 'computation_time'),
    ...given('epochs', source.number('train.epochs', 1), source, 'train.epochs'),
    ...stepFields(source),
    ...given('randseed', source.number('train.seed'), source, 'train.seed'),
  ];
}

/** Returns the fields of the evaluation, a job of its own; none if there is none. */
export function evaluationFields(source: DlioSource, training: readonly ImportedField[]): ImportedField[] {
  const own: ImportedField[] = [
    ...given('num_files_train', source.number('dataset.num_files_eval', 1), source, 'dataset.num_files_eval'),
    ...given('batch_size', source.number('reader.batch_size_eval', 1), source, 'reader.batch_size_eval', 1),
    ...spread(source, 'evaluation.eval_time', 'computation_time'),
    { word: 'epochs', value: 1, place: null },
  ];
  const replaced = new Set([...own.map(({ word }) => word), 'total_training_steps', 'num_subfolders_train']);
  return [...training.filter(({ word }) => !replaced.has(word)), ...own];
}

function checkStorage(source: DlioSource): void {
  const storage = source.word('storage.storage_type') ?? MOUNTED[0];
  if (!MOUNTED.some((each) => each === storage))
    source.fault('storage.storage_type', `${storage} is not a mounted directory, which feedrate needs`);
}

interface DataFields {
  readonly format: readonly ImportedField[];
  readonly recordBytes: readonly ImportedField[];
  readonly columns: readonly ImportedField[];
}

function dataFields(source: DlioSource): DataFields {
  const name = source.word('dataset.format') ?? 'tfrecord';
  const found = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  const place = source.placeOf('dataset.format');
  if (found === undefined)
    source.fault(
      'dataset.format',
      `feedrate has no format ${name}; expected one of ${Object.keys(FORMATS).join(', ')}`,
    );
  else if (found.loss !== undefined) source.lose('dataset.format', found.loss);
  const isParquet = found?.format === 'parquet';
  const groups = source.number('dataset.parquet.row_group_size', 1);
  return {
    format: found === undefined ? [] : [{ word: 'format', value: found.format, place }],
    recordBytes: recordFields(source),
    columns: isParquet
      ? [...given('row_group_size', groups, source, 'dataset.parquet.row_group_size'), ...columnFields(source)]
      : [],
  };
}

/** Bytes of a record: as they are given, or from the shape of an array. DLIO's default is 64 KiB. */
function recordFields(source: DlioSource): ImportedField[] {
  const length = source.number('dataset.record_length_bytes', 0);
  const dims = source.list('dataset.record_dims');
  const type = source.word('dataset.record_element_type') ?? 'uint8';
  const element = ELEMENT_BYTES.exec(type)?.[1];
  const stdev = given(
    'record_length_bytes_stdev',
    source.number('dataset.record_length_bytes_stdev'),
    source,
    'dataset.record_length_bytes_stdev',
  );
  if (dims === null || dims.length === 0) {
    if (length !== null && !Number.isInteger(length))
      source.lose('dataset.record_length_bytes', `rounded to ${Math.round(length)} bytes`);
    const bytes = length === null ? null : Math.round(length);
    return [...given('record_length_bytes', bytes, source, 'dataset.record_length_bytes', 64 * 1024), ...stdev];
  }
  const sizes = dims.map((dim) => scalarOf(dim)).filter((dim): dim is number => typeof dim === 'number' && dim > 0);
  if (sizes.length < dims.length) source.fault('dataset.record_dims', 'expected numbers above 0');
  if (element === undefined)
    source.fault('dataset.record_element_type', `expected a type such as uint8, found ${type}`);
  const bytes = sizes.reduce((product, dim) => product * dim, Number(element ?? 8) / 8);
  return given('record_length_bytes', bytes, source, 'dataset.record_dims');
}

/** Columns of Parquet files. feedrate's have one width, so what they differ by is lost. */
function columnFields(source: DlioSource): ImportedField[] {
  const columns = source.list('dataset.parquet.columns');
  if (columns === null || columns.length === 0) return [];
  const read = columns.filter((column) => memberOf(column, 'read') !== false).length;
  if (read === 0) source.fault('dataset.parquet.columns', 'no column is read; set read: true for one');
  const place = source.placeOf('dataset.parquet.columns');
  const widths = new Set(columns.map((column) => `${memberOf(column, 'dtype')} ${memberOf(column, 'size')}`));
  if (widths.size > 1 && read < columns.length)
    source.lose('dataset.parquet.columns', `all columns have the same width here, and the first ${read} are read`);
  return [
    { word: 'num_columns', value: columns.length, place },
    ...(read === columns.length ? [] : [{ word: 'columns_read', value: read, place }]),
  ];
}

/** Returns a member of a list's item, which is a map; undefined if it has none. */
function memberOf(item: Located, key: string): unknown {
  if (item.content.type !== 'map') return undefined;
  const member = item.content.entries().find((entry) => entry.key === key);
  return member === undefined ? undefined : scalarOf(member.value);
}

function scalarOf({ content }: Located): unknown {
  return content.type === 'scalar' ? content.value : undefined;
}

function loaderFields(source: DlioSource): ImportedField[] {
  const framework = source.word('framework');
  const loader = source.word('reader.data_loader') ?? framework ?? 'tensorflow';
  if ([framework, loader].includes('pytorch') && [framework, loader].includes('tensorflow'))
    source.fault('reader.data_loader', `does not go with framework: ${framework}`);
  else if (loader === 'tensorflow')
    source.lose(
      source.has('reader.data_loader') ? 'reader.data_loader' : 'framework',
      'tf.data reads ahead in its own way; feedrate deals out batches as PyTorch’s DataLoader does',
    );
  else if (loader !== 'pytorch')
    source.lose('reader.data_loader', 'feedrate deals out batches as PyTorch’s DataLoader does');
  const transfer = source.number('reader.transfer_size', 1);
  const isTf = source.word('dataset.format') === 'tfrecord';
  if (transfer !== null && !isTf) source.lose('reader.transfer_size', 'only readers of TFRecord files use it');
  return [
    ...given('read_threads', source.number('reader.read_threads'), source, 'reader.read_threads'),
    // DLIO's default, which it passes to PyTorch as well.
    ...given('prefetch_size', source.number('reader.prefetch_size'), source, 'reader.prefetch_size', 2),
    ...(isTf ? given('transfer_size', transfer, source, 'reader.transfer_size') : []),
    ...shuffleField(source, 'file_shuffle'),
    ...(isStream(source) ? passedShuffle(source) : shuffleField(source, 'sample_shuffle')),
    ...spread(source, 'reader.preprocess_time', 'preprocess_time'),
  ];
}

/** Formats whose files are read from start to end. */
function isStream(source: DlioSource): boolean {
  return ['tfrecord', 'csv', 'parquet'].includes(source.word('dataset.format') ?? 'tfrecord');
}

function passedShuffle(source: DlioSource): [] {
  const shuffle = source.word('reader.sample_shuffle') ?? 'off';
  if (shuffle !== 'off')
    source.lose('reader.sample_shuffle', 'it changes no read of files that are read from start to end');
  return [];
}

/** DLIO's default is no shuffle; feedrate's is a new order in each epoch. */
function shuffleField(source: DlioSource, word: 'file_shuffle' | 'sample_shuffle'): ImportedField[] {
  const key = `reader.${word}`;
  const shuffle = source.word(key) ?? 'off';
  // YAML 1.1, which DLIO uses, reads `off` as false.
  const value = shuffle === 'false' ? 'off' : shuffle;
  if (!['off', 'seed', 'random'].includes(value)) source.fault(key, `expected off, seed or random, found ${shuffle}`);
  if (value === 'random') source.lose(key, 'seed instead of random, so that a run can be repeated');
  return [{ word, value: value === 'off' ? 'off' : 'seed', place: source.placeOf(key) }];
}

function stepFields(source: DlioSource): ImportedField[] {
  const key = 'train.total_training_steps';
  const steps = source.number(key, 1);
  if (steps !== null && (source.number('train.epochs', 1) ?? 1) > 1)
    source.lose(key, 'in DLIO each epoch ends after so many steps, here the training does');
  return given('total_training_steps', steps, source, key);
}

/** Returns the field if a value is given, or with DLIO's default where feedrate's differs. */
function given(
  word: string,
  value: number | null,
  source: DlioSource,
  key: string,
  otherwise?: number,
): ImportedField[] {
  if (value !== null) return [{ word, value, place: source.placeOf(key) }];
  return otherwise === undefined ? [] : [{ word, value: otherwise, place: null }];
}
