/** The reference of the workload language, made from the field table: `workloads/README.md`. */
import { METRICS } from '../../src/base/metrics.js';
import { DATASET_ROWS, EXISTING_ROWS, HEAD_ROWS, TRACED_ROWS, TRIALS_ROWS } from '../../src/workload/file-fields.js';
import { JOB_ROWS, KIND_ROW, KINDS } from '../../src/workload/job-fields.js';
import type { Fallback, Row } from '../../src/workload/row.js';

const INTRODUCTION = `# Workloads

A workload is a YAML file that describes the I/O to measure, in the words of fio. \`feedrate run FILE -t DIRECTORY\`
measures it in a directory.

\`\`\`yaml
# yaml-language-server: $schema=./schema.json
name: loader
description: Random reads as a shuffling data loader makes them
trials: {rounds: 10}
dataset: {nrfiles: 16, filesize: 256MiB}
defaults: {runtime: 10s, time_based: true}
jobs:
  shuffle:
    rw: randread
    bs: [64k, 1MiB]
    numjobs: [4, 16]
    cache: direct
thresholds:
  - p99(latency) < 20ms
  - throughput > 1GiB/s
\`\`\`

- **A list of values is a factor.** \`shuffle\` above has two factors with two values each, so it has four arms: one for
  each combination. Every round runs each arm once, in a new random order. Factors of different jobs are not combined.
- **\`defaults\` sets fields of every job that has them.** A value in the job itself takes precedence. A default is left
  out of jobs where it has no effect: \`rwmixread\` applies only to jobs that read and write, \`fsync\` only to jobs that
  write.
- **The command line can change any value.** \`--set trials.rounds=3\` and \`--set shuffle.numjobs=8\` replace one value.
  \`--set runtime=2s\` replaces it in every job that has the field. \`-P bs=4k,64k\` makes \`bs\` a factor.
- **feedrate reports every error at once**, with line and column. A setting without effect is an error, too.
- **Editors check and complete the file as you type**, if it starts with the first line of the example.

## Units

| value | how to write it |
|---|---|
| size | \`4k\` and \`4KiB\` are 4096 bytes, because k, m, g, t and p count in steps of 1024, as in fio. \`4kB\` is 4000 bytes. A number without a unit is bytes. \`4kb\`, \`4KB\` and \`4Kb\` are errors, because programs disagree on their meaning. |
| time | \`10s\`, \`500ms\`, \`100us\`, \`5ns\`, \`2m\`, \`1h\`, \`1d\`. A number without a unit is seconds; for \`thinktime\` it is µs, as in fio. |
| rate | A size per second: \`100MiB/s\`, \`1GB/s\`, or \`100m\` as in fio. |
| true or false | \`true\` and \`false\`, or \`1\` and \`0\` as in fio. |
`;

const HEAD = '| word | meaning | value | default |\n|---|---|---|---|\n';
const JOB_HEAD = '| word | meaning | value | default | kinds |\n|---|---|---|---|---|\n';

/** The whole page, as Markdown. */
export function referenceMarkdown(): string {
  const parts = [
    INTRODUCTION,
    section(
      'The file',
      `${HEAD}${linesOf(HEAD_ROWS)}
| \`trials\` | How often each arm is measured. | map | |
| \`dataset\` | The files that jobs read which have none of their own: generated once below a target, or files that exist. | map | none |
| \`defaults\` | Fields for all jobs. | map | none |
| \`jobs\` | Jobs by name: letters, digits, \`_\`, \`.\` and \`-\`. | map | required |
| \`thresholds\` | Limits that every arm must meet. | list | none |`,
    ),
    section('trials', HEAD + linesOf(TRIALS_ROWS)),
    section(
      'dataset',
      `feedrate generates files of incompressible content once in each target, and uses them again if they are identical:

${HEAD}${linesOf(DATASET_ROWS)}

With \`path\` or \`manifest\`, jobs read files that exist in each target already. feedrate only reads them: it creates,
changes and removes nothing there, and asks the kernel to leave their times of access. Random and direct reads leave out
files shorter than a block, and \`verify\` is not possible.

${HEAD}${linesOf(EXISTING_ROWS)}

With \`trace\`, jobs of \`kind: replay\` make the calls of a recorded program again. \`path\` and the words after it may follow:

${HEAD}${linesOf(TRACED_ROWS)}`,
    ),
    section('jobs', `Every value may also be a list of values, except \`kind\` and \`thresholds\`.\n\n${jobTable()}`),
    thresholds(),
    '_Generated from the field table of the parser by `UPDATE_GOLDENS=1 npm test`._\n',
  ];
  return parts.join('\n');
}

function section(title: string, body: string): string {
  return `## ${title}\n\n${body}\n`;
}

function linesOf(rows: Readonly<Record<string, Row>>): string {
  return Object.values(rows).map(lineOf).join('\n');
}

function lineOf(row: Row): string {
  return `| \`${row.word}\` | ${row.meaning} | ${row.type.name} | ${fallbackText(row.fallback)} |`;
}

function fallbackText(fallback: Fallback): string {
  if (fallback === 'required') return 'required';
  if ('absent' in fallback) return fallback.absent;
  return fallback.written === '' ? '' : `\`${fallback.written}\``;
}

function jobTable(): string {
  const lines = JOB_ROWS.map((row) => {
    const kinds = row.kinds.length === KINDS.length ? 'all' : row.kinds.join(', ');
    return `${lineOf(row)} ${kinds} |`;
  });
  const thresholdsLine = '| `thresholds` | Limits that every arm of this job must meet. | list | none | all |';
  return [`${JOB_HEAD}${lineOf(KIND_ROW)} all |`, ...lines, thresholdsLine].join('\n');
}

function thresholds(): string {
  const keys = (distribution: boolean): string =>
    METRICS.filter((metric) => metric.distribution === distribution)
      .map(({ key, label }) => (key === label ? `\`${key}\`` : `\`${key}\` (${label})`))
      .join(', ');
  const body = `A threshold is \`METRIC < LIMIT\`, with \`<\`, \`<=\`, \`>\` or \`>=\`. The limit has a unit. If an arm does not meet a
threshold, \`feedrate run\` exits with status 1.

- Metrics with one number per trial: ${keys(false)}. Examples: \`throughput > 1GiB/s\`, \`iops >= 1000\`, \`cpu < 5us\`.
- Metrics with a distribution: ${keys(true)}. Examples: \`p99(latency) < 20ms\`, \`p99.9(fsync) <= 5ms\`,
  \`mean(read) < 3ms\`, \`max(open) < 1s\`.`;
  return section('thresholds', body);
}
