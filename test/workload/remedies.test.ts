/**
 * What messages about a workload advise, followed to the letter: each row has a faulty workload, what its message says, and
 * the workload that follows it, which must be planned without that message. The last test finds every advice in the
 * sources of the rooms that a plan passes, and fails for one that no row follows.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FeedrateError } from '../../src/base/errors.js';
import { filesOf } from '../../src/plan/arm-files.js';
import { imbalancesOf } from '../../src/plan/balance.js';
import { createPattern } from '../../src/plan/patterns.js';
import type { PlannedDataset } from '../../src/plan/planned-dataset.js';
import { rampNotes } from '../../src/plan/ramps.js';
import { sampleSearchOf } from '../../src/plan/sample-search.js';
import { buildPlan } from '../../src/plan/schedule.js';
import { skippedEndsNotes } from '../../src/plan/skipped-ends.js';
import { FIO_OPTIONS } from '../../src/workload/fio-words.js';
import { parseOverride } from '../../src/workload/override-text.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { resolveJob } from '../../src/workload/resolve.js';
import type { GeneratedDataset } from '../../src/workload/workload.js';
import { foundFiles, type Listed } from '../support/file-index.js';
import { textsOf } from '../support/message-texts.js';
import { sourceFilesBelow, withStrings } from '../support/source.js';

const test = suite('workload/remedies');

/** A workload in which `a` has these fields. */
const job = (fields: string, head = '') => `name: w\n${head}jobs:\n  a: {${fields}}\n`;
const io = (fields: string, head = '') => job(`rw: read, size: 1m, ${fields}`, head);
const DATASET = 'dataset: {nrfiles: 2, filesize: 8k}\n';
const FOUND = 'dataset: {path: images}\n';
const META = 'kind: metadata, nrfiles: 4';
const TRAIN = 'kind: training, num_files_train: 4, record_length_bytes: 1k, computation_time: 10ms';
const SAVED = 'kind: checkpoint-write';

/** Two jobs, and what each runs beside. */
const pair = (besideOfA: string, besideOfB: string, fields = '', head = '') =>
  `name: w\n${head}jobs:\n  a: {rw: read, size: 1m, ${fields}beside: ${besideOfA}}\n  b: {rw: read, size: 1m, ${fields}beside: ${besideOfB}}\n`;

/** More than a hundred block sizes, too many for several jobs. */
const BLOCKS = Array.from({ length: 1000 }, (_, i) => 512 * (i + 1)).join(', ');

type Row = readonly [wrong: string, says: RegExp, ...right: string[]];

const ROWS: readonly Row[] = [
  // Values
  [io('bs: 4k/x:8k'), /write SIZE\/PERCENT:SIZE\/PERCENT, such as 4k\/60:64k\/40/, io('bs: 4k/60:64k/40')],
  [
    io("bs: '4k,8k'"),
    /write \[4k, 8k\] or use -P; for reads and writes apart, write bs: 4k and bs_write: 8k/,
    io('bs: [4k, 8k]'),
    job('rw: rw, size: 1m, bs: 4k, bs_write: 8k'),
  ],
  [io('bs: 4k/0:8k/100'), /gives .* a share of 0; leave it out/, io('bs: 8k')],
  [
    job('rw: read, size: 0%', DATASET),
    /is too small; write more than 0%/,
    job('rw: read, size: 50%, bs: 512', DATASET),
  ],
  [
    job('rw: randread, size: 1m, random_distribution: 5'),
    /is not a distribution; write one of random, zipf, pareto/,
    job('rw: randread, size: 1m, random_distribution: random'),
  ],
  [
    job('rw: randread, size: 1m, random_distribution: hotband:80'),
    /write hotband:80\/20/,
    job('rw: randread, size: 1m, random_distribution: hotband:80/20'),
  ],
  [io('bs: 64k-4k'), /is an empty range; write the smaller size first/, io('bs: 4k-64k')],
  [io('bs: 4kb'), /write 4k or 4KiB \(4096 bytes\) or 4kB/, io('bs: 4KiB'), io('bs: 4kB')],
  [io('bs: 4x'), /write bytes, such as 4k, 1MiB or 1000/, io('bs: 4k'), io('bs: 1MiB'), io('bs: 1000')],
  [
    io('rate: 4x/s'),
    /write bytes per second, such as 100MiB\/s or 100MB\/s/,
    io('rate: 100MiB/s'),
    io('rate: 100MB/s'),
  ],
  [io('runtime: 5x'), /is not a time; write/, io('runtime: 5s')],
  [io("numjobs: '2'"), /is not a whole number; write it without quotes/, io('numjobs: 2')],
  [io('', 'description: 5\n'), /is not text; put it in quotes/, io('', "description: '5'\n")],
  [
    job('rw: read', 'dataset: {path: 5}\n'),
    /is not a path; put it in quotes/,
    job('rw: read', "dataset: {path: '5'}\n"),
  ],
  [job('rw: read', "dataset: {path: ''}\n"), /is empty; write the path of a directory or file/, job('rw: read', FOUND)],
  [
    job('rw: read', 'dataset: {path: images, include: 5}\n'),
    /is not a pattern; put it in quotes/,
    job('rw: read', "dataset: {path: images, include: '5'}\n"),
  ],
  [
    job('rw: read', "dataset: {path: images, include: ''}\n"),
    /is empty; write a pattern such as \*\*\/\*\.jpeg/,
    job('rw: read', "dataset: {path: images, include: '**/*.jpeg'}\n"),
  ],
  [
    job('rw: read', "dataset: {path: images, include: '{9..1}'}\n"),
    /write the smaller number first/,
    job('rw: read', "dataset: {path: images, include: '{1..9}'}\n"),
  ],
  ['name: 5\njobs: {a: {size: 1m}}\n', /is not a name; put it in quotes/, "name: '5'\njobs: {a: {size: 1m}}\n"],
  [
    'name: a b\njobs: {a: {size: 1m}}\n',
    /is not a valid name; use letters, digits, _ \. and -/,
    'name: a-b\njobs: {a: {size: 1m}}\n',
  ],
  ['name: w\njobs: {a b: {size: 1m}}\n', /is not a valid job name; use letters/, 'name: w\njobs: {a-b: {size: 1m}}\n'],
  [io('bs: 10%'), /is a percentage, which only size and io_size take; write a size, such as 1GiB/, io('bs: 1MiB')],
  [io('bs: []'), /the list is empty; give at least one value/, io('bs: [4k]')],
  [job('rw: read', 'dataset: {path: images, include: []}\n'), /is an empty list; leave it out/, job('rw: read', FOUND)],
  [
    io('', 'thresholds: [fast]\n'),
    /is not a threshold; write METRIC < BOUND, such as p99\(latency\) < 20ms/,
    io('', "thresholds: ['p99(latency) < 20ms']\n"),
  ],
  [
    io('', 'thresholds: [5]\n'),
    /is not a threshold; write text such as/,
    io('', "thresholds: ['throughput > 100MiB/s']\n"),
  ],
  [
    io('', "thresholds: ['p99(throughput) > 1MiB/s']\n"),
    /is one number per trial; write throughput without p99\( \)/,
    io('', "thresholds: ['throughput > 1MiB/s']\n"),
  ],
  [
    io('', "thresholds: ['latency < 20ms']\n"),
    /is a distribution; choose a statistic, such as p99\(latency\) or mean\(latency\)/,
    io('', "thresholds: ['p99(latency) < 20ms', 'mean(latency) < 20ms']\n"),
  ],
  [
    io('', "thresholds: ['avg(latency) < 20ms']\n"),
    /is not a statistic; write p50, p99, p99\.9 …, mean or max/,
    io('', "thresholds: ['p99.9(latency) < 20ms', 'max(latency) < 1s']\n"),
  ],
  [
    io('', "thresholds: ['p99(latency) < 20']\n"),
    /is not a bound of latency; write/,
    io('', "thresholds: ['p99(latency) < 20ms']\n"),
  ],
  [
    job(TRAIN.replace('10ms', "'normal:1ms'")),
    /is incomplete; write normal:MEAN:STDEV/,
    job(TRAIN.replace('10ms', "'normal:10ms:1ms'")),
  ],
  [
    job(`${SAVED}, writer: torch-save, params: many`),
    /is not a number of parameters; write 7B or 350M/,
    job(`${SAVED}, writer: torch-save, params: 350M`),
  ],
  [
    job(`${META}, operations: 5`),
    /is not a list of operations; write create:stat:unlink/,
    job(`${META}, operations: create:stat:unlink`),
  ],
  [
    'name: w\njobs:\n\ta: {size: 1m}\n',
    /YAML cannot be indented with tabs; use spaces/,
    'name: w\njobs:\n  a: {size: 1m}\n',
  ],
  [
    'name: w\ndescription: a: b\njobs: {a: {size: 1m}}\n',
    /put it on a line of its own, or quote text that contains ": "/,
    'name: w\ndescription: "a: b"\njobs: {a: {size: 1m}}\n',
  ],
  // Fields of a workload
  [
    'name: w\ndefaults: {kind: io}\njobs: {a: {size: 1m}}\n',
    /cannot be a default; set it in each job/,
    'name: w\njobs: {a: {kind: io, size: 1m}}\n',
  ],
  [
    "name: w\ndefaults: {thresholds: ['p99(latency) < 20ms']}\njobs: {a: {size: 1m}}\n",
    /cannot be a default; put it at the top of the file/,
    "name: w\nthresholds: ['p99(latency) < 20ms']\njobs: {a: {size: 1m}}\n",
  ],
  [
    io('', 'trials: {order: abba, rounds: 1}\n'),
    /has no effect with one round; set rounds to an even number/,
    io('', 'trials: {order: abba, rounds: 2}\n'),
  ],
  [
    io('', 'trials: {order: abba, rounds: 3}\n'),
    /use an even number of rounds/,
    io('', 'trials: {order: abba, rounds: 4}\n'),
  ],
  [
    io('', 'trials: {filesets: 2, sessions: 3}\n'),
    /some file sets are read in more sessions than others; make sessions 4/,
    io('', 'trials: {filesets: 2, sessions: 4}\n'),
  ],
  [
    `name: w\ndefaults: {size: 1m, bs: [${BLOCKS}], numjobs: [1, 2, 3, 4, 5, 6, 7, 8]}\njobs: {a: {}, b: {rw: randread}}\n`,
    /at most 10,?000 in all; use shorter lists or fewer jobs/,
    io(`bs: [${BLOCKS}]`),
  ],
  [
    io('', 'trials: {sessions: 1000, rounds: 1000}\n'),
    /use fewer rounds, sessions or arms/,
    io('', 'trials: {rounds: 1}\n'),
    io('', 'trials: {sessions: 1}\n'),
  ],
  [
    pair('[none, b]', 'a'),
    /b never runs alone; add none to its own beside, as in \[none, a\]/,
    pair('[none, b]', '[none, a]'),
  ],
  [
    pair('b', 'none', 'ioengine: simulated, '),
    /whose time is not real; use another engine for both jobs/,
    pair('b', 'none', 'ioengine: psync, '),
  ],
  [
    pair('[none, b]', 'none', '', 'trials: {order: read-once}\n'),
    /starts over when it has read its files; run it beside no other job/,
    pair('none', 'none', '', 'trials: {order: read-once}\n'),
  ],
  [
    job('rw: read, size: 1m, time_based: true, runtime: 1s', 'trials: {order: read-once}\n'),
    /remove time_based/,
    job('rw: read, size: 1m, runtime: 1s', 'trials: {order: read-once}\n'),
  ],
  [
    job('rw: read, size: 1m, cache: warm', 'trials: {order: read-once}\n'),
    /use another cache than warm/,
    job('rw: read, size: 1m, cache: cold', 'trials: {order: read-once}\n'),
  ],
  // Jobs
  [
    io('rate: 1m, rate_iops: 5'),
    /cannot be combined with rate; remove one of them/,
    io('rate: 1m'),
    io('rate_iops: 5'),
  ],
  [io('direct: false, cache: direct'), /contradicts cache: direct; leave it out/, io('cache: direct')],
  [io('direct: true, cache: cold'), /contradicts cache: cold; use cache: direct/, io('direct: true, cache: direct')],
  [
    job('rw: read, fallocate: native', DATASET.replace('}', ', fallocate: none}')),
    /set it in the dataset/,
    job('rw: read', DATASET.replace('}', ', fallocate: native}')),
  ],
  [
    job('rw: write, size: 50%', DATASET),
    /has files of its own; write a size, such as 1GiB/,
    job('rw: write, size: 1GiB'),
  ],
  [
    job('rw: read, size: 50%'),
    /write a size, such as 1GiB, or add a dataset/,
    job('rw: read, size: 1GiB'),
    job('rw: read, size: 50%', 'dataset: {filesize: 1m}\n'),
  ],
  [job('rw: read, bs: 1m', DATASET), /blocks do not fit into the smallest file/, job('rw: read, bs: 4k', DATASET)],
  [
    job('rw: read, bs: 4k, size: 10%, numjobs: 2', DATASET),
    /use a larger percentage, a smaller bs or fewer numjobs/,
    job('rw: read, bs: 4k, size: 100%, numjobs: 2', DATASET),
    job('rw: read, bs: 512, size: 10%, numjobs: 2', DATASET),
    job('rw: read, bs: 1k, size: 10%', DATASET),
  ],
  [
    job('rw: read, bs: 8k, numjobs: 3', 'dataset: {nrfiles: 1, filesize: 8k}\n'),
    /use fewer numjobs, a smaller bs or a larger dataset/,
    job('rw: read, bs: 8k', DATASET),
    job('rw: read, bs: 512, numjobs: 3', DATASET),
    job('rw: read, bs: 8k, numjobs: 3', 'dataset: {nrfiles: 3, filesize: 8k}\n'),
  ],
  [
    job('kind: small-files, numjobs: 3', DATASET),
    /use fewer numjobs or more nrfiles in the dataset/,
    job('kind: small-files, numjobs: 2', DATASET),
    job('kind: small-files, numjobs: 3', 'dataset: {nrfiles: 3, filesize: 8k}\n'),
  ],
  [
    io('ramp_time: 1m, bs: 1m'),
    /use time_based with a runtime, or a shorter ramp_time/,
    io('ramp_time: 1m, bs: 1m, time_based: true, runtime: 1s'),
    io('bs: 1m, ramp_time: 1ms'),
  ],
  [
    io('ramp_time: 1s'),
    /likely to end within its ramp_time of 1 s and measure nothing; use time_based/,
    io('ramp_time: 1s, time_based: true, runtime: 1s'),
    io('ramp_time: 1ms'),
  ],
  [
    job('rw: read, size: 5k, bs: 4k, cache: direct'),
    /use a bs that divides every file size, or no direct I\/O/,
    job('rw: read, size: 5k, bs: 1k, cache: direct'),
    job('rw: read, size: 5k, bs: 4k'),
  ],
  [
    job(`${SAVED}, shard_size: 1m, interval: 1s, checkpoints: 1`),
    /with a single checkpoint; set checkpoints/,
    job(`${SAVED}, shard_size: 1m, interval: 1s, checkpoints: 2`),
  ],
  [
    job(`${SAVED}, writer: torch-save, params: 1M, bs: 1m`),
    /use chunk to limit its calls/,
    job(`${SAVED}, writer: torch-save, params: 1M, chunk: 1m`),
  ],
  [
    job(`${SAVED}, writer: torch-save`),
    /writes the state of a model; add model or params/,
    job(`${SAVED}, writer: torch-save, params: 1M`),
  ],
  [
    job(`${SAVED}, writer: torch-save, shard_size: 1m`),
    /does not fit writer: torch-save; use model or params/,
    job(`${SAVED}, writer: torch-save, params: 1M`),
  ],
  [
    job(`${META}, ioengine: mmap`),
    /does not work on directory entries; leave ioengine out, or use/,
    job(META),
    job(`${META}, ioengine: psync`),
  ],
  [
    job(`${META}, depth: 3, branch: 10`),
    /use more nrfiles, or a smaller branch or depth/,
    job('kind: metadata, nrfiles: 1000, depth: 3, branch: 10'),
    job(`${META}, depth: 2, branch: 2`),
  ],
  [job(`${TRAIN}, cache: direct`), /whose readers use the page cache; use cache: cold/, job(`${TRAIN}, cache: cold`)],
  [job(`${TRAIN}, ioengine: mmap`), /leave ioengine out, or use/, job(TRAIN), job(`${TRAIN}, ioengine: psync`)],
  [
    job(`${TRAIN}, prefetch_factor: 2, prefetch_size: 2`),
    /cannot be combined with prefetch_factor; remove one of them/,
    job(`${TRAIN}, prefetch_factor: 2`),
    job(`${TRAIN}, prefetch_size: 2`),
  ],
  [
    job(`${TRAIN}, batch_size: 100, drop_last: true`),
    /use a smaller batch_size \(--batch of feed\), or more files/,
    job(`${TRAIN}, batch_size: 1, drop_last: true`),
    job(`${TRAIN.replace('train: 4', 'train: 400')}, batch_size: 100, drop_last: true`),
  ],
  [
    job(`${TRAIN}, steps_between_checkpoints: 1, model_size: 1m, params: 1M`),
    /use only one of model_size, model and params/,
    job(`${TRAIN}, steps_between_checkpoints: 1, params: 1M`),
  ],
  [
    job(`${TRAIN}, sample_shuffle: random`),
    /write seed: feedrate repeats the same orders with the same randseed/,
    job(`${TRAIN}, sample_shuffle: seed`),
  ],
  [job(`${TRAIN.replace('1k', '1B')}, format: csv`), /use a larger record_length_bytes/, job(`${TRAIN}, format: csv`)],
  [
    job(`${TRAIN.replace('1k', '3GiB')}, format: parquet`),
    /use a smaller record_length_bytes/,
    job(`${TRAIN}, format: parquet`),
  ],
  [
    job(`${TRAIN.replace('1k', '1GiB')}, num_samples_per_file: 9, format: mds`),
    /use a smaller num_samples_per_file/,
    job(`${TRAIN.replace('1k', '1GiB')}, num_samples_per_file: 1, format: mds`),
  ],
  [
    job('kind: replay, numjobs: 1, ioengine: mmap', 'dataset: {trace: x.gz}\n'),
    /cannot make the calls of a replay; leave ioengine out/,
    job('kind: replay, numjobs: 1', 'dataset: {trace: x.gz}\n'),
  ],
  [
    job(`${META}, cache: cold`),
    /compare mount options \(actimeo=0, lookupcache=none\), or use an nfs:\/\/ target/,
    job(META),
  ],
  [
    job('rw: read, size: 8k, nrfiles: 3, bs: [4k]'),
    /use a larger size, a smaller bs or fewer nrfiles|do not fit/,
    job('rw: read, size: 12k, nrfiles: 3, bs: [4k]'),
    job('rw: read, size: 8k, nrfiles: 3, bs: 2k'),
    job('rw: read, size: 8k, nrfiles: 2, bs: 4k'),
  ],
  [
    job('rw: randread, size: 2TiB, bs: 512'),
    /use a larger bs, a smaller size or more workers/,
    job('rw: randread, size: 2TiB, bs: 4k'),
    job('rw: randread, size: 1m, bs: 512'),
  ],
];

/** What a plan is made of besides its workload. */
interface Around {
  readonly override?: string;
  readonly targets?: readonly string[];
  /** Files that exist in every target. */
  readonly files?: readonly Listed[];
}

/** Plans a workload as a run does. Returns what it says: an error, or the notes before the run. */
function said(text: string, { override, targets = ['t'], files }: Around = {}): string {
  try {
    const overrides = override === undefined ? [] : [parseOverride('-P', override)];
    const workload = parseWorkload(text, 'w.yaml', overrides);
    const places = targets.map((name) => ({ name, path: `/${name}` }));
    const plan = buildPlan(workload, places, resolveJob, 1);
    sampleSearchOf(workload);
    const { dataset: declared } = workload;
    const found = () => new Map(targets.map((name) => [name, foundFiles(files ?? [])]));
    const dataset: PlannedDataset | null =
      declared?.kind === 'existing'
        ? { kind: 'scanned', declared, filesets: plan.filesets, found: found() }
        : (declared as GeneratedDataset | null);
    // Files and traces that exist are not there to be planned with.
    if (declared?.kind === 'traced' || (declared?.kind === 'existing' && files === undefined)) return '';
    for (const arm of plan.arms) {
      const { extents } = filesOf(arm, dataset);
      const [first = []] = extents;
      if (arm.spec.kind === 'io' && plan.arms.length === 1) createPattern(arm.spec, [...first], 1, 0, true);
    }
    return [...rampNotes(plan, dataset), ...skippedEndsNotes(plan, dataset), ...imbalancesOf(plan)].join('\n');
  } catch (thrown) {
    const { message, issues = [] } = thrown as FeedrateError;
    return issues.length > 0 ? issues.map((issue) => issue.message).join('\n') : message;
  }
}

const observed: string[] = [];

test('what a message about a workload advises is accepted, and helps', () => {
  for (const [wrong, says, ...right] of ROWS) {
    const message = said(wrong);
    observed.push(message);
    assert.match(message, says);
    for (const text of right) assert.is(said(text), '', `${wrong} → ${text}`);
  }
});

const SMALL: readonly Listed[] = [
  ['a', 100],
  ['b', 5000],
];

/** Workloads over files that exist, or for several targets. */
const AROUND: readonly (readonly [
  wrong: string,
  around: Around,
  says: RegExp,
  ...right: (readonly [string, Around?])[],
])[] = [
  [
    job('rw: read, bs: 4k, min_filesize: 1m', FOUND),
    { files: SMALL },
    /less than min_filesize; use a smaller min_filesize/,
    [job('rw: read, bs: 4k, min_filesize: 4k', FOUND), { files: SMALL }],
  ],
  [
    job('rw: randread, bs: 1m', FOUND),
    { files: SMALL },
    /use a smaller bs, kind: small-files or other files/,
    [job('rw: randread, bs: 4k', FOUND), { files: SMALL }],
    [job('kind: small-files', FOUND), { files: SMALL }],
  ],
  [
    job('rw: read, bs: 4k', `trials: {filesets: 3, sessions: 3}\n${FOUND}`),
    { files: SMALL },
    /use fewer filesets, rounds or sessions/,
    [job('rw: read, bs: 4k', `trials: {filesets: 2, sessions: 2}\n${FOUND}`), { files: SMALL }],
  ],
  [
    `name: w\n${FOUND}jobs:\n  a: {${TRAIN}}\n  b: {${TRAIN.replace('1k', '2k')}}\n`.replaceAll(
      'num_files_train: 4, ',
      '',
    ),
    {},
    /use the same format, record_length_bytes, columns_read and npz_samples, or a workload for each/,
    [`name: w\n${FOUND}jobs:\n  a: {${TRAIN}}\n  b: {${TRAIN}}\n`.replaceAll('num_files_train: 4, ', '')],
  ],
  [
    io(`bs: [${BLOCKS}]`),
    { targets: Array.from({ length: 11 }, (_, i) => `t${i}`) },
    /use shorter lists or fewer targets/,
    [io('bs: 4k'), { targets: ['a', 'b'] }],
    [io(`bs: [${BLOCKS}]`), { targets: ['a', 'b'] }],
  ],
  [
    'name: w\ndefaults: {size: 1m}\njobs: {a: {}, "a@x": {}}\n',
    { targets: ['x', 'y'] },
    /give jobs and targets different names|is not a valid job name/,
    ['name: w\ndefaults: {size: 1m}\njobs: {a: {}, b: {}}\n', { targets: ['x', 'y'] }],
  ],
  [io(''), { override: 'trials.rounds=3' }, /-P can only vary a field of a job; use --set/],
];

test('what a message about existing files or several targets advises is accepted, and helps', () => {
  for (const [wrong, around, says, ...right] of AROUND) {
    const message = said(wrong, around);
    observed.push(message);
    assert.match(message, says);
    for (const [text, more] of right) assert.is(said(text, more), '', `${wrong} → ${text}`);
  }
});

/** Workloads that follow what is said of an option of fio, by the advice. */
const INSTEAD_OF_FIO: Readonly<Record<string, string>> = {
  'write bs': io('bs: 4k'),
  'write the range as bs: 4k-64k': io('bs: 4k-64k'),
  'write the mix as bs: 4k/60:64k/40': io('bs: 4k/60:64k/40'),
  'write one job for each': 'name: w\njobs: {a: {rw: read, size: 1m}, b: {rw: randread, size: 1m}}\n',
  'write rw': job('rw: randrw, size: 1m'),
  'write rwmixread, the percentage of reads': job('rw: randrw, size: 1m, rwmixread: 30'),
  'write io_size': io('io_size: 2m'),
  'write io_size, the bytes of each worker': io('io_size: 2m'),
  'write size': job('rw: write, size: 1m'),
  'write size, the bytes of all files of a worker, and nrfiles': io('nrfiles: 2'),
  'write direct': io('direct: true'),
  'write cache: cold': io('cache: cold'),
  'write cache: warm': io('cache: warm'),
  'write fsync: 1': job('rw: write, size: 1m, fsync: 1'),
  'write end_fsync': job('rw: write, size: 1m, end_fsync: true'),
  'write norandommap': job('rw: randread, size: 1m, norandommap: true'),
  'write randseed': io('randseed: 7'),
  'write verify: true': io('verify: true'),
  'write madvise for files that are mapped; others are read without advice': io('ioengine: mmap, madvise: random'),
  'name targets on the command line with -t; to read files that exist, use dataset: {path: …} or feedrate read': job(
    'rw: read',
    FOUND,
  ),
  'use time_based, or io_size larger than size': io('time_based: true, runtime: 1s'),
  'write ramp_time': io('time_based: true, runtime: 1s, ramp_time: 1s'),
  'use a comment': io('bs: 4k # small'),
  'write defaults': 'name: w\ndefaults: {bs: 4k}\njobs: {a: {size: 1m}}\n',
  'write thresholds, such as p99(latency) < 20ms': io('', "thresholds: ['p99(latency) < 20ms']\n"),
};

test('what is said of an option of fio can be written', () => {
  const advices = new Map([...FIO_OPTIONS].map(([option, advice]) => [advice, option]));
  for (const [advice, text] of Object.entries(INSTEAD_OF_FIO)) {
    const option = advices.get(advice);
    assert.ok(option !== undefined, advice);
    const message = said(io(`${option}: 1`));
    observed.push(message);
    // A word that is a field of another kind of job, such as filesize, has both.
    assert.ok(message.endsWith(`; ${advice}`), `${option}: ${message}`);
    assert.is(said(text.replace(' # small}', '} # small')), '', advice);
  }
  for (const [engine, instead] of [
    ['libaio', 'io_uring'],
    ['sync', 'psync'],
    ['libpmem', 'mmap'],
    ['cpp_null', 'null'],
  ]) {
    const message = said(io(`ioengine: ${engine}`));
    observed.push(message);
    assert.match(message, `use ${instead}`);
    assert.is(said(io(`ioengine: ${instead}`)), '');
  }
  const metadata = said(io('ioengine: filestat'));
  observed.push(metadata);
  assert.match(metadata, /use a job of kind metadata, whose operations are create, stat, readdir, rename and unlink/);
  assert.is(said(job('kind: metadata, nrfiles: 10, operations: create:stat:readdir:rename:unlink')), '');
});

/** Where an advice is followed that this file cannot follow, or why nothing can. */
const ELSEWHERE: readonly (readonly [advice: RegExp, where: string])[] = [
  [/^(?:use feedrate gate --adaptive|choose columns of the report)/, 'cli/remedies and house/remedies: commands'],
  [/^(?:start feedrate with (?:io)?nice|run the command before or after)/, 'other programs'],
  [/^name the server as target/, 'cli/nfs-target: a server'],
  [/^(?:use --set|list each level once)/, 'cli/remedies: other places refuse it first'],
  [/^use a smaller bs or larger files/, 'plan/patterns: other places refuse it first'],
  [
    /^(?:use a smaller bs or a larger filesize|use a larger size, a smaller bs|add size to the job)/,
    'the rules of the job refuse it first',
  ],
  [/^give jobs and targets different names/, 'plan/arms'],
  [/^(?:use numjobs: INSERTED|leave path out to replay)/, 'cli/replay: a trace'],
  [/^(?:name jobname|name description|list of patterns)/, 'no advice'],
  [/^make a workload from it: feedrate import/, 'workload/fio-file'],
];

/** The beginning of an advice: the imperative of a verb, at the start of a text or of a clause. */
const ADVICE =
  /(?:^|[;:,] |\bor )((?:write|use|set|give|leave|remove|put|add|list|make|quote|choose|name|start|run) [^.;]+)/g;

test('no advice in the sources of workload and plan is left out', () => {
  assert.ok(observed.length > 80, 'the tests above have run');
  const rooms = ['src/workload', 'src/plan'];
  const texts = rooms
    .flatMap((room) => sourceFilesBelow(room))
    // workload/fio/import-fio follows the advice of imports.
    .filter(({ path }) => !/dlio|fio\/|starters|read-workload|mount-plan|index-image|schema/.test(path))
    .flatMap(({ path, text }) => textsOf(withStrings(text)).map((found) => ({ path, text: found })));
  const everything = observed.join('\n');
  const left: string[] = [];
  for (const { path, text } of texts) {
    // Help and reference are sentences, and end with a full stop.
    if (/[.?]$/.test(text) || text.length > 300) continue;
    for (const [, advice = ''] of text.matchAll(ADVICE)) {
      const pattern = advice.trim().split('INSERTED').map(escaped).join('.*');
      if (new RegExp(pattern).test(everything) || ELSEWHERE.some(([known]) => known.test(advice))) continue;
      left.push(`${path}: ${advice}`);
    }
  }
  assert.equal(left, []);
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^$()[\]{}|\\/]/g, '\\$&');
}

test.run();
