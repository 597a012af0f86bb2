/** `feedrate fsx describe`: the volume, the file system and their settings behind a target. */
import { EXIT, FeedrateError } from '../../../base/errors.js';
import type { Candidate } from '../../../fsx/candidates.js';
import type { TargetVolume } from '../../../fsx/target-volumes.js';
import type { Diagnosis } from '../../../record/finding.js';
import { parseTargets } from '../../options/arguments.js';
import { collect, formatOption, targetsOption } from '../../options/common-options.js';
import type { Subcommand } from '../../options/subcommand.js';
import { print, printJson, tell } from '../../output/print.js';
import { exitsOnSignal } from '../../terminal/exits.js';
import { stdoutOptions } from '../../terminal/output.js';

/** The options as commander returns them. */
interface DescribeOptions {
  readonly target?: readonly string[];
  readonly volume?: readonly string[];
  readonly region?: string;
  readonly format: 'table' | 'json';
}

/** What is described: a target, or a volume by its id. */
interface Subject extends Candidate {
  readonly path: string;
}

interface Described extends Diagnosis {
  readonly volume: TargetVolume | undefined;
}

export const describe: Subcommand = {
  name: 'describe',
  description: 'show the FSx for ONTAP volume behind a mount, with its settings and problems',
  configure(command) {
    command
      .addOption(targetsOption('directory on the volume, name=directory or nfs://server/path; repeat for more'))
      .option('--volume <id>', 'volume to describe without a mount, fsvol-…; repeat for more', collect)
      .option('--region <region>', 'region of --volume and of mounts by address or alias (default: as the AWS CLI)')
      .addOption(formatOption(['table', 'json']))
      .action(exitsOnSignal(describeVolumes));
  },
  examples: `
Examples:
  feedrate fsx describe -t /mnt/train
  feedrate fsx describe -t a=/mnt/a -t b=/mnt/b --format json
  feedrate fsx describe --volume fsvol-0123456789abcdef0 --region us-east-1

Needs the permissions fsx:DescribeFileSystems, fsx:DescribeStorageVirtualMachines
and fsx:DescribeVolumes. If one is missing, feedrate prints the statement that
grants it and shows the rest.
`,
};

/** Prints what AWS says. Returns `pass`, or `measurementFailed` if a volume could not be found. */
async function describeVolumes(options: DescribeOptions): Promise<number> {
  const [{ askAboutTargets, DESCRIBING, placeOfThisMachine }, { statedVolume }, { diagnose }, { VOLUME_CHECKS }] =
    await Promise.all([
      import('../../../fsx/target-volumes.js'),
      import('../../../fsx/stated-volume.js'),
      import('../../../doctor/check.js'),
      import('../../../doctor/volume-checks.js'),
    ]);
  const subjects = [...(await targetsOf(options)), ...volumesOf(options)];
  if (subjects.length === 0) throw new FeedrateError('usage', 'name a target with -t, or a volume with --volume');
  const asking = Object.assign({}, DESCRIBING, { region: options.region ?? null });
  const [found, machine] = await Promise.all([askAboutTargets(subjects, asking)(), placeOfThisMachine()]);
  const nowMs = Date.now();
  const described = subjects.map(({ name, path }) => {
    const volume = found.get(name);
    return { target: { name, path }, volume, findings: diagnose(statedVolume(volume, machine, nowMs), VOLUME_CHECKS) };
  });
  await printDescribed(described, options.format);
  const isFound = (volume: TargetVolume | undefined) => volume && 'answer' in volume && volume.answer.volume !== null;
  return described.every(({ volume }) => isFound(volume)) ? EXIT.pass : EXIT.measurementFailed;
}

/** Returns the targets, which must be on NFS. Waits until they respond. */
async function targetsOf({ target = [] }: DescribeOptions): Promise<Subject[]> {
  const targets = parseTargets(target);
  const [{ nfsCandidates }, { touchableOf, untilTouched }] = await Promise.all([
    import('../../../fsx/candidates.js'),
    import('../../../run/first-touch.js'),
  ]);
  await untilTouched(touchableOf(targets), tell);
  return targets.map(({ name, path }) => {
    const [candidate] = nfsCandidates([{ name, path }]);
    if (candidate !== undefined) return Object.assign({}, candidate, { path, likeness: 'fsx' as const });
    const expected = 'name a directory on an NFS mount of FSx for ONTAP, or nfs://server/path';
    throw new FeedrateError('usage', `-t ${path}: it is not on an NFS mount; ${expected}`);
  });
}

function volumesOf({ volume = [] }: DescribeOptions): Subject[] {
  return [...new Set(volume)].map((volumeId) => {
    if (/^fsvol-[0-9a-f]{17,}$/.test(volumeId))
      return { name: volumeId, path: 'asked by its id', place: { volumeId }, likeness: 'fsx' };
    throw new FeedrateError('usage', `--volume ${volumeId}: expected fsvol- and 17 hexadecimal digits`);
  });
}

async function printDescribed(described: readonly Described[], format: DescribeOptions['format']): Promise<void> {
  if (format === 'json') {
    printJson(described.map(({ target, volume, findings }) => ({ target, ...fieldsOf(volume), findings })));
    return;
  }
  const { renderDiagnoses } = await import('../../../report/render-diagnosis.js');
  print(renderDiagnoses(described, 'table', stdoutOptions()));
}

const NOTHING = { askedAt: null, region: null, accountId: null, fileSystem: null, svm: null, volume: null, below: [] };

function fieldsOf(found: TargetVolume | undefined): object {
  if (found !== undefined && 'answer' in found) return found.answer;
  return Object.assign({}, NOTHING, { problems: [found?.unknown ?? 'it is no volume of FSx for ONTAP'] });
}
