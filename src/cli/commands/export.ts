/** `feedrate export`: runs in a bucket, and in the formats of other programs. */
import { Option } from 'commander';
import { EXIT, FeedrateError } from '../../base/errors.js';
import { DEFAULT_RESULTS } from '../../base/results-command.js';
import type { ExportedRun } from '../../store/bucket-export.js';
import { EXPORT_FORMAT_NAMES, EXPORT_FORMATS, isExportFormat } from '../options/export-formats.js';
import type { Subcommand } from '../options/subcommand.js';
import { printJson, printLines, tell } from '../output/print.js';
import { exitsOnSignal } from '../terminal/exits.js';
import { onSignal } from '../terminal/signals.js';

interface ExportCommandOptions {
  /** Where to write; the results directory for copies in a bucket. */
  readonly output?: string;
  /** The results directory. */
  readonly results?: string;
  readonly kmsKey?: string;
  readonly force?: boolean;
  readonly table?: string;
  readonly format: string;
}

/** What is printed about copies in a bucket. */
const COPY_FORMATS = ['table', 'json'];

export const exportRuns: Subcommand = {
  name: 'export',
  description: 'write runs as fio JSON, HDR log, Parquet, CSV, OpenMetrics or tar, or copy them to Amazon S3',
  completes: 'runs',
  configure(command) {
    command
      .argument('[words...]', 'runs (default: the latest one); for copies, first s3://BUCKET/PREFIX')
      .addOption(
        new Option('--format <format>', 'format of the files; table or json: of the report on copies')
          .choices([...EXPORT_FORMAT_NAMES, ...COPY_FORMATS])
          .default('table'),
      )
      .option('-o, --output <path>', 'file, DIRECTORY/ or - for stdout (default: -); for copies, the same as --results')
      .option('--table <name>', 'for csv and parquet: arms, summary, evidence, timeseries or latency')
      .option('--results <directory>', `directory that runs are saved in (default: "${DEFAULT_RESULTS}")`)
      .option('--force', 'replace files, or copies of the same name that differ')
      .option('--kms-key <key>', 'for copies: id, alias or ARN of a KMS key (default: the encryption of the bucket)')
      .action(exitsOnSignal(exportWords));
  },
  examples: `
Formats:
${EXPORT_FORMAT_NAMES.map((name) => `  ${name.padEnd(12)}${EXPORT_FORMATS[name].help}`).join('\n')}

Examples:
  feedrate export --format fio-json -o fio/
  feedrate export a1f3 7c20 --format parquet -o tables/
  feedrate export --format csv --table timeseries > seconds.csv
  feedrate export a1f3 --format tar -o a1f3.tar
  feedrate export s3://bucket/runs
  feedrate export s3://bucket/runs a1f3 7c20 --kms-key alias/results
  feedrate compare s3://bucket/runs/a1f3 s3://bucket/runs/7c20
  feedrate gate --baseline s3://bucket/runs/a1f3

A file has all runs. A directory has one file for each arm (fio-json), table
(parquet, csv) or run. The bucket may be the alias of an access point, or its ARN
(s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/runs). The permissions that
feedrate needs are written by: feedrate iam policy --for results
`,
};

/** Writes files, or copies runs to the bucket that the first word names. Throws `FeedrateError('usage')` for neither. */
async function exportWords(words: readonly string[], options: ExportCommandOptions): Promise<number> {
  const { isBucketUrl } = await import('../../store/bucket-place.js');
  const [first, ...rest] = words;
  if (isExportFormat(options.format)) return exportFiles(words, options);
  if (first !== undefined && isBucketUrl(first)) return copyAll(first, rest, options);
  const ways = `expected a bucket first: s3://BUCKET/PREFIX, or --format with ${EXPORT_FORMAT_NAMES.join(', ')}`;
  throw new FeedrateError('usage', `${first ?? 'export'}: ${ways}`);
}

/** Writes runs in the format of another program. Throws `FeedrateError('store')` for a run that cannot be read. */
async function exportFiles(specs: readonly string[], options: ExportCommandOptions): Promise<number> {
  const [{ readExportedRuns }, { writeExports }] = await Promise.all([
    import('../options/exported-runs.js'),
    import('../terminal/write-exports.js'),
  ]);
  const { format, output = '-', results = DEFAULT_RESULTS, table, force = false, kmsKey } = options;
  if (!isExportFormat(format)) throw new Error(`no format ${format}`);
  if (kmsKey !== undefined)
    throw new FeedrateError(
      'usage',
      `--kms-key: has no effect with --format ${format}, which copies nothing to a bucket`,
    );
  const runs = await readExportedRuns(results, specs, EXPORT_FORMATS[format]);
  await writeExports(runs, { format, place: output, table, force });
  return EXIT.pass;
}

/**
 * Copies runs one after the other, and prints each when all of it is there. Throws `FeedrateError` for the first one that
 * cannot be copied: `store` when it or the place refuses, `cloud` when the store does, `interrupted` after a signal.
 */
async function copyAll(url: string, specs: readonly string[], options: ExportCommandOptions): Promise<number> {
  if (options.table !== undefined)
    throw new FeedrateError('usage', '--table: has no effect on copies in a bucket; choose --format csv or parquet');
  if (options.kmsKey?.trim() === '')
    throw new FeedrateError('usage', '--kms-key: is empty; name an id, ARN or alias (alias/NAME), or leave it out');
  const [{ S3Bucket }, { bucketPlaceOf, placeBelow }, { exportRun }, { basename }] = await Promise.all([
    import('../../store/bucket.js'),
    import('../../store/bucket-place.js'),
    import('../../store/bucket-export.js'),
    import('node:path'),
  ]);
  const place = bucketPlaceOf(url);
  const directories = await directoriesOf(options.results ?? options.output ?? DEFAULT_RESULTS, specs);
  const stop = new AbortController();
  onSignal(() => stop.abort());
  const bucket = await S3Bucket.open(place);
  const done: ExportedRun[] = [];
  try {
    const wishes = { kmsKey: options.kmsKey, force: options.force === true, signal: stop.signal };
    for (const directory of directories) {
      const exported = await exportRun(bucket, placeBelow(place, basename(directory)), directory, wishes);
      done.push(exported);
      if (options.format !== 'json') await printExported(exported);
    }
  } finally {
    bucket.close();
    if (options.format === 'json') printJson(done);
  }
  return EXIT.pass;
}

/** Returns the directories of the runs, each once. Tells which of them are not complete. */
async function directoriesOf(output: string, specs: readonly string[]): Promise<string[]> {
  const [{ resolveRun }, { readHeader }, { statusOf }] = await Promise.all([
    import('../../store/find-runs.js'),
    import('../../store/read-run.js'),
    import('../../store/run-content.js'),
  ]);
  const named = (specs.length === 0 ? ['latest'] : specs).map((spec) => resolveRun(output, spec, tell));
  const directories = [...new Set(named)];
  for (const directory of directories) {
    const { run, problems } = readHeader(directory);
    if (run === null) throw new FeedrateError('store', `${directory}: cannot be exported: ${problems[0]}`);
    const status = statusOf(run);
    if (status === 'running')
      tell(
        `${run.id} is still running: what it has measured so far is exported; export it again with --force at its end`,
      );
    else if (status !== 'complete') tell(`${run.id} is ${status}: what it measured is exported`);
  }
  return directories;
}

async function printExported({ url, files, encryption, keyArn, abortedUploads }: ExportedRun): Promise<void> {
  const [{ formatBytes }, { plural }] = await Promise.all([
    import('../../base/units.js'),
    import('../../report/table/format.js'),
  ]);
  const sent = files.filter(({ isSent }) => isSent);
  const bytes = sent.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const read = files.filter(({ verifiedBy }) => verifiedBy === 'reading').length;
  const moved =
    sent.length === 0
      ? `nothing: all ${plural(files.length, 'file')} are there already`
      : `${sent.length} of ${plural(files.length, 'file')}, ${formatBytes(bytes)}`;
  const checked = [
    ...(read < files.length ? [`${plural(files.length - read, 'file')} by the SHA-256 that the store keeps`] : []),
    ...(read > 0 ? [`${plural(read, 'file')} by reading them back, because the store keeps no SHA-256`] : []),
  ];
  printLines([
    url,
    `  sent       ${moved}`,
    `  verified   ${checked.join('; ')}`,
    `  encrypted  ${[encryption ?? 'the store does not say', keyArn].filter((part) => part !== null).join(' ')}`,
    ...(abortedUploads > 0 ? [`  removed    ${plural(abortedUploads, 'unfinished upload')} of an earlier export`] : []),
  ]);
}
