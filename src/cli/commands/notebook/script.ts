/** `feedrate notebook script`: writes the script that mounts exports when an instance starts. */
import { type Command, Option } from 'commander';
import { EXIT, FeedrateError } from '../../../base/errors.js';
import type { RawSettings } from '../../../notebook/script-settings.js';
import { collect } from '../../options/common-options.js';
import type { Subcommand } from '../../options/subcommand.js';
import { print, tell } from '../../output/print.js';
import { exits } from '../../terminal/exits.js';

/** The options of `notebook script` as commander returns them. */
interface ScriptOptions extends RawSettings {
  readonly target?: readonly string[];
  readonly export?: readonly string[];
  readonly mount?: readonly string[];
  readonly below?: string;
  readonly as: 'script' | 'fstab' | 'systemd';
  readonly stub?: string;
  readonly base64?: boolean;
  readonly out?: string;
}

export const script: Subcommand = {
  name: 'script',
  description: 'write a script that mounts NFS exports when a notebook or HyperPod instance starts',
  configure(command) {
    command
      .option('-t, --target <source>', 'mount [name=]server:/export[=/mount/point]; repeat for more', collect)
      .option(
        '--export <source>',
        'for a matrix, as in mount-matrix: server:/export; repeat for other addresses',
        collect,
      )
      .option('--mount <options>', 'mount options; repeat with --export for a matrix', collect)
      .option('--below <directory>', 'directory of the mount points (default: /home/ec2-user/SageMaker or /mnt)')
      .addOption(
        new Option('--for <start>', 'when SageMaker runs the script')
          .choices(['notebook', 'hyperpod-on-create', 'hyperpod-on-init-complete'])
          .default('notebook'),
      )
      .addOption(new Option('--as <kind>', 'what to write').choices(['script', 'fstab', 'systemd']).default('script'))
      .option('--user <name>', 'user that tests a write (default: ec2-user, on HyperPod ubuntu)')
      .option('--no-write-test', 'do not test a write')
      .option('--read-ahead <size>', 'read-ahead of the mounts, or none to leave it', '15MiB')
      .option('--tries <count>', 'attempts per mount, 1 to 10', '5')
      .option('--mount-timeout <duration>', 'time of an attempt, 1s to 300s', '60s');
    addBundleOptions(command).action(exits(writeScript));
  },
  examples: `
Examples:
  feedrate notebook script -t svm-1.fs-1.fsx.us-east-1.amazonaws.com:/train --out on-start.sh
  feedrate notebook script -t train=svm-1:/train=/home/ec2-user/SageMaker/train --base64
  feedrate notebook script --export svm-1:/train --export svm-2:/train \\
      --mount vers=3,nconnect=16 --mount vers=4.1,nconnect=1
  feedrate notebook script -t svm-1:/train --for hyperpod-on-create --as systemd

The script mounts in the background and never keeps the instance from starting.
feedrate doctor -t MOUNTPOINT shows what came of it.
`,
};

function addBundleOptions(command: Command): Command {
  return command
    .option('--feedrate <place>', 'also install feedrate from a directory or .tar.gz of npm run bundle, or s3://…')
    .option('--feedrate-hash <sha256>', 'SHA-256 that the archive must have')
    .option('--stub <place>', 'write a small script that fetches this one from s3://… or a file')
    .option('--base64', 'print the text for --on-start Content=…')
    .option('--out <file>', 'write to a file instead of stdout');
}

/** Writes the script. Throws `FeedrateError('usage')` for options that make none. */
async function writeScript(options: ScriptOptions): Promise<number> {
  const [
    { notebookMounts },
    { startScript },
    { stubScript },
    { fstabText, systemdText },
    { settingsOf, requirePlace },
    hashing,
  ] = await Promise.all([
    import('../../../notebook/notebook-mounts.js'),
    import('../../../notebook/start-script.js'),
    import('../../../notebook/stub-script.js'),
    import('../../../notebook/unit-text.js'),
    import('../../../notebook/script-settings.js'),
    import('node:crypto'),
  ]);
  const { packageVersion } = await import('../../../host/system/installation.js');
  const version = packageVersion();
  const isNotebook = options.for === 'notebook';
  const mounts = notebookMounts({
    targets: options.target ?? [],
    exports: options.export ?? [],
    optionLists: options.mount ?? [],
    below: options.below ?? (isNotebook ? '/home/ec2-user/SageMaker' : '/mnt'),
  });
  if (options.as !== 'script') {
    if (options.stub !== undefined || options.base64 || options.feedrate !== undefined)
      throw usage(`--as ${options.as}: --stub, --base64 and --feedrate belong to a script`);
    return deliver(options.as === 'fstab' ? fstabText(mounts, version) : systemdText(mounts, version), options);
  }
  const whole = startScript(mounts, settingsOf(options, version));
  if (options.stub === undefined) return deliver(whole, options);
  requirePlace('--stub', options.stub);
  const sha256 = hashing.createHash('sha256').update(whole).digest('hex');
  return deliver(stubScript(options.stub, sha256, version), options);
}

/** Prints the text, or writes it to a file. Refuses one that SageMaker would refuse, and warns of it otherwise. */
async function deliver(text: string, { out, base64, for: start }: ScriptOptions): Promise<number> {
  const { CONTENT_LIMIT } = await import('../../../notebook/stub-script.js');
  const encoded = Buffer.from(text).toString('base64');
  if (start === 'notebook' && encoded.length > CONTENT_LIMIT) {
    const message = `the script has ${encoded.length} characters as base64, and SageMaker accepts ${CONTENT_LIMIT}`;
    const remedy =
      'copy it to a bucket, and let a small script fetch it from there: the same command with --stub s3://…';
    if (base64) throw usage(`${message}; ${remedy}`);
    tell(`feedrate: ${message}; ${remedy}`);
  }
  const printed = base64 ? `${encoded}\n` : text;
  if (out === undefined) print(printed);
  else (await import('../../../store/output-file.js')).writeOutputFile(out, printed);
  return EXIT.pass;
}

function usage(message: string): FeedrateError {
  return new FeedrateError('usage', message);
}
