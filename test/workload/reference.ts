/** The reference of the workload language, made from the field table: `workloads/README.md`. */
import { METRICS } from '../../src/base/metrics.js';
import { DATASET_ROWS, HEAD_ROWS, TRIALS_ROWS } from '../../src/workload/file-fields.js';
import { JOB_ROWS, KIND_ROW, KINDS } from '../../src/workload/job-fields.js';
import type { Fallback, Row } from '../../src/workload/row.js';

const INTRODUCTION = `# Workloads

A workload file says what I/O to do, in YAML and in fio's words. \`feedrate run FILE -t DIRECTORY\` does it.

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

- **A list makes a factor.** \`shuffle\` above has 2 × 2 arms, one for each combination. Each round runs every arm
  once, in a new shuffled order. Fields of different jobs are not combined.
- **\`defaults\`** holds fields for every job that takes them; a job's own value wins. A default goes only where
  it has an effect: \`rwmixread\` to jobs that mix, \`fsync\` to jobs that write.
- **On the command line**, \`--set trials.rounds=3\` and \`--set shuffle.numjobs=8\` replace one value,
  \`--set runtime=2s\` replaces it in every job that takes it, and \`-P bs=4k,64k\` makes it a factor.
- **Every mistake is reported at once**, with line and column. A setting that would have no effect is a mistake too.
  With the first line above, editors check and complete the file as you type.

## Units

| value | spelling |
|---|---|
| size | \`4k\` and \`4KiB\` are 4096 bytes: a bare k, m, g, t, p counts by 1024, as in fio. \`4kB\` is 4000 bytes. A bare number is bytes. \`4kb\`, \`4KB\` and \`4Kb\` are refused, as they are read in too many ways. |
| time | \`10s\`, \`500ms\`, \`100us\`, \`5ns\`, \`2m\`, \`1h\`, \`1d\`. A bare number is seconds, but µs for \`thinktime\`, as in fio. |
| rate | a size a second: \`100MiB/s\`, \`1GB/s\`, or \`100m\` as in fio. |
| true or false | \`true\`, \`false\`, or fio's \`1\`, \`0\`. |
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
| \`dataset\` | Files of incompressible content, generated once below a target and reused when identical. | map | none |
| \`defaults\` | Fields for all jobs. | map | none |
| \`jobs\` | Jobs by name: letters, digits, \`_\`, \`.\` and \`-\`. | map | required |
| \`thresholds\` | Bounds that every arm must keep. | list | none |`,
    ),
    section('trials', HEAD + linesOf(TRIALS_ROWS)),
    section('dataset', HEAD + linesOf(DATASET_ROWS)),
    section('jobs', `Every value may also be a list of values, except \`kind\` and \`thresholds\`.\n\n${jobTable()}`),
    thresholds(),
    '_This page is generated from the field table of the parser: `UPDATE_GOLDENS=1 npm test` writes it._\n',
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
  const thresholdsLine = '| `thresholds` | Bounds that every arm of this job must keep. | list | none | all |';
  return [`${JOB_HEAD}${lineOf(KIND_ROW)} all |`, ...lines, thresholdsLine].join('\n');
}

function thresholds(): string {
  const keys = (distribution: boolean): string =>
    METRICS.filter((metric) => metric.distribution === distribution)
      .map(({ key, label }) => (key === label ? `\`${key}\`` : `\`${key}\` (${label})`))
      .join(', ');
  const body = `\`METRIC < BOUND\` with \`<\`, \`<=\`, \`>\` or \`>=\`; the bound bears its unit. A bound that is not kept makes
\`feedrate run\` exit with status 1.

- One number for each trial: ${keys(false)}. Such as \`throughput > 1GiB/s\`, \`iops >= 1000\`, \`cpu < 5us\`.
- Distributions: ${keys(true)}. Such as \`p99(latency) < 20ms\`, \`p99.9(fsync) <= 5ms\`, \`mean(read) < 3ms\`,
  \`max(open) < 1s\`.`;
  return section('thresholds', body);
}
