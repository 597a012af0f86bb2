import { EXIT, FeedrateError } from '../../base/errors.js';
import type { ExportedRun } from '../../store/bucket-export.js';
import { formatOption, resultsOption } from '../options/common-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { printJson, printLines, tell } from '../output/print.js';
import { exitsOnSignal } from '../terminal/exits.js';
import { onSignal } from '../terminal/signals.js';

interface ExportCommandOptions {
  /** The results directory. */
  readonly output: string;
  readonly kmsKey?: string;
  readonly force?: boolean;
  readonly format: 'table' | 'json';
}

export const exportRuns: Subcommand = {
  name: 'export',
  description: 'copy runs to a bucket of Amazon S3, where show, compare and gate read them',
  completes: 'runs',
  configure(command) {
    command
      .argument('<url>', 's3://BUCKET/PREFIX; each run is saved below it under its name')
      .argument('[runs...]', 'runs to copy (default: the latest one)')
      .option(
        '--kms-key <key>',
        'id, alias or ARN of a KMS key to encrypt with (default: the encryption of the bucket)',
      )
      .option('--force', 'replace runs of the same name that differ')
      .addOption(resultsOption())
      .addOption(formatOption(['table', 'json']))
      .action(exitsOnSignal(exportAll));
  },
  examples: `
Examples:
  feedrate export s3://bucket/runs
  feedrate export s3://bucket/runs a1f3 7c20 --kms-key alias/results
  feedrate compare s3://bucket/runs/a1f3 s3://bucket/runs/7c20
  feedrate gate --baseline s3://bucket/runs/a1f3

The bucket may be the alias of an access point, or its ARN
(s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/runs). The permissions that
feedrate needs are written by: feedrate iam policy --for results
`,
};

/**
 * Copies runs one after the other, and prints each when all of it is there. Throws `FeedrateError` for the first one that
 * cannot be copied: `store` when it or the place refuses, `cloud` when the store does, `interrupted` after a signal.
 */
async function exportAll(url: string, specs: readonly string[], options: ExportCommandOptions): Promise<number> {
  const [{ S3Bucket }, { bucketPlaceOf, isBucketUrl, placeBelow }, { exportRun }, { basename }] = await Promise.all([
    import('../../store/bucket.js'),
    import('../../store/bucket-place.js'),
    import('../../store/bucket-export.js'),
    import('node:path'),
  ]);
  if (!isBucketUrl(url)) throw new FeedrateError('usage', `${url}: expected a bucket first: s3://BUCKET/PREFIX`);
  const place = bucketPlaceOf(url);
  const directories = await directoriesOf(options.output, specs);
  const stop = new AbortController();
  onSignal(() => stop.abort());
  const bucket = await S3Bucket.open(place);
  const done: ExportedRun[] = [];
  try {
    const wishes = { kmsKey: options.kmsKey, force: options.force === true, signal: stop.signal };
    for (const directory of directories) {
      const exported = await exportRun(bucket, placeBelow(place, basename(directory)), directory, wishes);
      done.push(exported);
      if (options.format === 'table') await printExported(exported);
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
