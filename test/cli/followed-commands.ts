/** Commands that feedrate refuses, with an advice, and the commands that follow it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { makeArm } from '../support/records.js';
import { startOfDay } from '../support/stored-runs.js';
import { storeSessions } from '../support/stored-sessions.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

/** Arguments that are refused, what is said of them, and arguments that follow it. Spaces separate words. */
export const COMMANDS: readonly (readonly [wrong: string, says: RegExp, ...right: string[]])[] = [
  [
    'run --dry-run',
    /name one \(list them with: feedrate workloads\), or describe a job \(--rw randread --bs 4k\)/,
    'workloads',
    'run quick -t t --dry-run',
    'run --rw randread --bs 4k -t t --dry-run',
  ],
  [
    'run none --dry-run',
    /give the path of a \.yaml file, or a name from this list: feedrate workloads/,
    'workloads',
    'run w.yaml -t t --dry-run',
  ],
  ['run quick.yaml -t t --dry-run', /an installed workload has this name: use quick$/m, 'run quick -t t --dry-run'],
  ['run quick --bs 4k -t t --dry-run', /to change it, write --set bs=4k/, 'run quick --set bs=4k -t t --dry-run'],
  [
    'run w.yaml -t t -t t --dry-run',
    /give them different names: -t first=\S+ -t second=\S+/,
    'run w.yaml -t first=t -t second=t --dry-run',
  ],
  [
    'run w.yaml -t t --rank-files shared --dry-run',
    /this process has no group; leave it out/,
    'run w.yaml -t t --dry-run',
  ],
  ['run found.yaml --dry-run', /name the directory that has the files with -t/, 'run found.yaml -t t --dry-run'],
  ['prepare found.yaml -t t', /there is nothing to prepare; run the workload/, 'run found.yaml -t t --dry-run'],
  [
    'run found.yaml -t t --data none --dry-run',
    /name a directory or file of the target/,
    'run found.yaml -t t --data some --dry-run',
  ],
  [
    'run found.yaml -t t/some --data ../other --dry-run',
    /is outside \S+; use -t/,
    'run found.yaml -t t/other --dry-run',
  ],
  [
    'run flat.yaml -t t --dry-run',
    /patterns match whole paths: write \*\*\/\*\.bin for files in any directory/,
    'run deep.yaml -t t --dry-run',
  ],
  [
    'run own.yaml -t t --dry-run',
    /remove size, nrfiles and filesize from a job that shall read the files of the dataset/,
    'run found.yaml -t t --dry-run',
  ],
  [
    'read t/none --dry-run',
    /name a directory, a file or a block device/,
    'read t --dry-run',
    'read t/some/a.bin --dry-run',
  ],
  ['read t/empty --dry-run', /name files with content/, 'read t/some --dry-run'],
  [
    'read t/some/a.bin t/other/b.bin --dry-run',
    /name directories, or files with the same name/,
    'read t/some t/some2 --dry-run',
    'read x=t/some/a.bin y=t/some2/a.bin --dry-run',
  ],
  [
    'read t/some t/other --dry-run',
    /name copies of the same data, or read each target in a run of its own/,
    'read t/some t/some2 --dry-run',
    'read t/other --dry-run',
  ],
  ['init w.yaml --kind io', /choose another name, or replace it with --force/, 'init w2.yaml --kind io'],
  ['workloads quick --models', /--models lists all models; leave out the name/, 'workloads --models'],
  ['guide none', /the guide has no page .none.; choose one of: /, 'guide gate'],
  [
    'compare RUN1',
    /Name a second run, or measure two targets or values \(-P bs=4k,1m\)/,
    'compare RUN1 RUN2',
    'compare RUN3',
  ],
  ['compare RUN1 RUN1', /name two different runs/, 'compare RUN1 RUN2'],
  ['compare RUN1 RUN2 --cols run --rows run', /remove it from one of them/, 'compare RUN1 RUN2 --cols run'],
  ['compare RUN1 RUN2 --base none', /no such column; choose one of: /, 'compare RUN1 RUN2 --base RUN2'],
  ['show 20', /matches 3 runs .*; give more of the name/, 'show RUN1'],
  ['baseline save RUN1', /this names a run; choose another name, such as main/, 'baseline save main'],
  ['baseline save main none', /no run 'none'; it holds 3: see feedrate list$/m, 'list', 'baseline save main RUN1'],
  [
    'feed --model unet3d-h100 --dry-run',
    /name the directory to measure with -t, or your own files with --data$/m,
    'feed --model unet3d-h100 -t t --dry-run',
    'feed --model unet3d-h100 --data t/many --dry-run',
  ],
  [
    'feed -t t --dry-run',
    /name a model with --model, such as retinanet-b200, or describe one with --record 150KiB --batch 256 --compute 90ms$/m,
    'feed -t t --model retinanet-b200 --dry-run',
    'feed -t t --record 150KiB --batch 256 --compute 90ms --dry-run',
  ],
  [
    'feed -t t --record 150KiB --dry-run',
    /--batch and --compute are missing; a model needs them, or name one with --model$/m,
    'feed -t t --record 150KiB --batch 8 --compute 90ms --dry-run',
    'feed -t t --record 150KiB --model retinanet-b200 --dry-run',
  ],
  [
    'feed -t t --model retinanet-b200 --set read_threads=4 --dry-run',
    /feed sets read_threads itself; use --workers$/m,
    'feed -t t --model retinanet-b200 --workers 4 --dry-run',
  ],
  [
    'feed -t t --model retinanet-b200 --set batch_size=4 --dry-run',
    /feed sets batch_size itself; use --batch$/m,
    'feed -t t --model retinanet-b200 --batch 4 --dry-run',
  ],
  [
    'feed -t t --model retinanet-b200 --set trials.rounds=4 --dry-run',
    /feed chooses the trials; limit its time with --budget$/m,
    'feed -t t --model retinanet-b200 --budget 1m --dry-run',
  ],
  [
    'feed -t t --model retinanet-b200 --set dataset.path=many --dry-run',
    /feed sets dataset\.path itself; use --data$/m,
    'feed --data t/many --model retinanet-b200 --dry-run',
  ],
  [
    'export s3://bucket/x --table arms',
    /--table: has no effect on copies in a bucket; choose --format csv or parquet/,
    'export --format csv --table arms RUN1',
    'export --format parquet --table arms RUN1 -o arms.parquet',
  ],
  [
    'export --format tar s3://bucket/x/a1f3',
    /an archive is made of a run on this machine; copy it here first/,
    'export --format tar RUN1 -o run.tar',
  ],
  [
    'export --format csv RUN1 -o kept.csv',
    /is there already; to replace it, add --force/,
    'export --format csv RUN1 -o kept.csv --force',
  ],
  ['report RUN1 -o page.html --dark', /use it with --svg or --png/, 'report RUN1 -o page.html --svg pictures --dark'],
  ['report --history RUN1', /--history chooses the runs itself: name none/, 'report --history -o history.html'],
  [
    'report RUN1 -o t',
    /it is a directory; name a file, and the runs' directory with --results/,
    'report RUN1 -o other.html --results results',
  ],
  [
    'report RUN1 -o kept.csv',
    /it exists and is no report of feedrate; name another file, or use --force/,
    'report RUN1 -o third.html',
    'report RUN1 -o kept.csv --force',
  ],
  [
    'report RUN1 -o page.html --svg pictures --dark',
    /it exists; name another directory, or use --force/,
    'report RUN1 -o page.html --svg others',
    'report RUN1 -o page.html --svg pictures --force',
  ],
  ['import dlio ++workload.a=1', /the file is missing; give the YAML that DLIO reads/, 'import dlio dlio.yaml'],
  [
    'import found.yaml',
    /name the kind after import: fio, results, elbencho, dlio or trace/,
    'import dlio dlio.yaml',
    'import fio jobs.fio',
    'import trace trace.txt -o replayed.yaml',
  ],
  [
    'import trace trace.txt -o replayed.txt',
    /name a workload file that ends in \.yaml/,
    'import trace trace.txt -o again.yaml',
  ],
  ['history --workload none', /it holds runs of .*; see feedrate list/, 'list'],
  [
    'fsx tiering -t t --policies NONE,ALL',
    /is not on an NFS mount; name a directory on such a mount, or its volume with --volume t=fsvol-…/,
  ],
  [
    'notebook script -t svm:/a --mount vers=3 --mount vers=4.1',
    /use --export instead of -t, or a single --mount/,
    'notebook script -t svm:/a --mount vers=3',
  ],
];

/** Files of other programs. */
const INPUTS: Readonly<Record<string, string>> = {
  'kept.csv': 'a,b\n',
  'jobs.fio': '[a]\nrw=read\nsize=1m\n',
  'dlio.yaml': [
    'model: {name: m}',
    'workflow: {train: true}',
    'dataset: {num_files_train: 4, num_samples_per_file: 1, record_length_bytes: 1024, format: npz}',
    'reader: {batch_size: 1, read_threads: 1}',
    'train: {epochs: 1, computation_time: 0.01}',
    '',
  ].join('\n'),
  'trace.txt': [
    '7 1.000000 openat(AT_FDCWD, "/d/a.npz", O_RDONLY) = 3</d/a.npz> <0.000100>',
    '7 1.100000 read(3</d/a.npz>, ""..., 4096) = 4096 <0.000100>',
    '7 1.200000 close(3</d/a.npz>) = 0 <0.000010>',
    '',
  ].join('\n'),
};

/** Provokes what is said, and does it. @param rows of `COMMANDS` */
export function follow(rows: typeof COMMANDS): Promise<void> {
  return withTemporaryDirectory((directory) => {
    const levels = Array.from({ length: 12 }, () => 1e9);
    const results = join(directory, 'results');
    const runs = [1, 2].map((day) => storeSessions(results, { levels, run: startOfDay(day) }));
    const sizes = ['4KiB', '1MiB'].map((label) => makeArm('read', [{ name: 'bs', label }]));
    runs.push(storeSessions(results, { levels, arms: sizes, run: startOfDay(3) }));
    mkdirSync(join(directory, 't', 'many'), { recursive: true });
    for (let i = 0; i < 64; i++) writeFileSync(join(directory, 't', 'many', `${i}.npz`), Buffer.alloc(5000, 1));
    const files = { 'some/a.bin': 5000, 'some2/a.bin': 5000, 'other/b.bin': 7000, empty: 0 };
    for (const [path, bytes] of Object.entries(files)) {
      mkdirSync(join(directory, 't', path, '..'), { recursive: true });
      writeFileSync(join(directory, 't', path), Buffer.alloc(bytes, 1));
    }
    const found = (more: string, fields = '') => `name: w\ndataset: {path: .${more}}\njobs: {a: {rw: read${fields}}}\n`;
    const workloads = {
      w: 'name: w\njobs: {a: {rw: read, size: 1m}}\n',
      found: found(''),
      flat: found(", include: '*.bin'"),
      deep: found(", include: '**/*.bin'"),
      own: found('', ', size: 1m'),
    };
    for (const [name, text] of Object.entries(workloads)) writeFileSync(join(directory, `${name}.yaml`), text);
    for (const [name, text] of Object.entries(INPUTS)) writeFileSync(join(directory, name), text);
    const named = (text: string) => text.replaceAll(/RUN(\d)/g, (_, n) => basename(runs[n - 1] ?? ''));
    const call = (text: string) => feedrate(named(text).split(' '), directory);
    for (const [wrong, says, ...right] of rows) {
      const refused = call(wrong);
      assert.is.not(refused.status, 0, wrong);
      assert.match(refused.stderr, says);
      for (const text of right) {
        const { status, stderr } = call(text);
        assert.is(status, 0, `${wrong} → ${text}: ${stderr}`);
      }
    }
  });
}
