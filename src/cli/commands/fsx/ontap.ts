/** `feedrate fsx ontap`: what ONTAP itself says about a volume, without CloudWatch's delay. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, FeedrateError } from '../../../base/errors.js';
import { parseDuration, quoted } from '../../../base/units.js';
import type { OntapOptions } from '../../../fsx/ontap-access.js';
import type { OntapConnection } from '../../../fsx/ontap-connection.js';
import type { VolumeLocator } from '../../../fsx/ontap-locator.js';
import type { DescribedVolume } from '../../../report/fsx/render-ontap.js';
import { parseTargets } from '../../options/arguments.js';
import { collect, formatOption, targetsOption } from '../../options/common-options.js';
import { addOntapOptions, ontapFrom } from '../../options/ontap-options.js';
import type { Subcommand } from '../../options/subcommand.js';
import { print, tell } from '../../output/print.js';
import { exitsOnSignal } from '../../terminal/exits.js';
import { stdoutOptions } from '../../terminal/output.js';

/** The options as commander returns them. */
interface AskOptions extends OntapOptions {
  readonly target?: readonly string[];
  readonly volume?: readonly string[];
  readonly during?: string;
  readonly format: 'table' | 'json';
}

/** A volume to ask about, as the user named it. */
interface AskedVolume {
  readonly name: string;
  readonly locator: VolumeLocator;
}

export const fsxOntap: Subcommand = {
  name: 'ontap',
  description: 'ask ONTAP where the data of a volume is, for its settings, and for the latency in the server',
  configure(command) {
    command
      .addOption(targetsOption('directory on the volume, or name=directory; repeat for more'))
      .option('--volume <svm/name>', 'volume to ask about without a mount; repeat for more', collect)
      .option('--during <time>', 'also measure the mean latency in the server for this long, such as 30s')
      .addOption(formatOption(['table', 'json']));
    addOntapOptions(command, 'ask').action(exitsOnSignal(askOntap));
  },
  examples: `
Examples:
  feedrate fsx ontap -t /mnt/train --ontap management.fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com
  feedrate fsx ontap --volume svm1/train --during 30s --ontap management.fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com

The password is sent only to a server with a trusted certificate. If yours is
not trusted, the first call prints the fingerprint to pin.
`,
};

/** Prints what ONTAP says. Throws `FeedrateError` when it cannot be asked, or does not show a volume. */
async function askOntap(options: AskOptions): Promise<number> {
  const duringMs = parseDuring(options.during);
  const connection = await ontapFrom(options);
  if (connection === null) throw new FeedrateError('usage', 'name the management endpoint of ONTAP with --ontap');
  const asked = [...volumesOf(options), ...(await targetsOf(options))];
  if (asked.length === 0) throw new FeedrateError('usage', 'name a target with -t, or a volume with --volume');
  const { renderOntap } = await import('../../../report/fsx/render-ontap.js');
  const described = await describeAll(connection, asked, duringMs);
  print(renderOntap(described, options.format, stdoutOptions()));
  return EXIT.pass;
}

function parseDuring(text: string | undefined): number | null {
  if (text === undefined) return null;
  const parsed = parseDuration(text);
  if (!parsed.ok) throw new FeedrateError('usage', `--during: ${parsed.message}`);
  if (parsed.value < 1e9) throw new FeedrateError('usage', `--during ${text}: expected at least 1s`);
  return parsed.value / 1e6;
}

function volumesOf({ volume = [] }: AskOptions): AskedVolume[] {
  return volume.map((text) => {
    const [, svm, name] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
    if (svm === undefined || name === undefined)
      throw new FeedrateError('usage', `--volume ${quoted(text)}: expected the SVM and the volume, such as svm1/train`);
    return { name: text, locator: { by: 'name', svm, name } };
  });
}

/** Returns the targets, which must be on NFS. Waits until they respond. */
async function targetsOf({ target = [] }: AskOptions): Promise<AskedVolume[]> {
  if (target.length === 0) return [];
  const [{ captureEnvironment }, { openTarget }, { touchableOf, untilTouched }, { volumeLocatorOf }] =
    await Promise.all([
      import('../../../host/environment.js'),
      import('../../../host/target.js'),
      import('../../../run/first-touch.js'),
      import('../../../fsx/ontap-locator.js'),
    ]);
  const named = parseTargets(target);
  await untilTouched(touchableOf(named), tell);
  const opened = named.map(({ name, path }) => openTarget(name, path, { write: false }));
  return captureEnvironment(opened).targets.map((environment) => {
    const locator = volumeLocatorOf(environment);
    if (locator !== null) return { name: environment.name, locator };
    throw new FeedrateError(
      'usage',
      `-t ${environment.path}: it is not on an NFS mount; name the volume with --volume`,
    );
  });
}

async function describeAll(
  connection: OntapConnection,
  asked: readonly AskedVolume[],
  duringMs: number | null,
): Promise<DescribedVolume[]> {
  const [{ ontapVolume }, { ontapCounters }, { latencyBetween }] = await Promise.all([
    import('../../../fsx/ontap-volume.js'),
    import('../../../fsx/ontap-counters.js'),
    import('../../../stats/ontap-latency.js'),
  ]);
  const volumes = await Promise.all(
    asked.map(async ({ name, locator }) => ({ name, record: await ontapVolume(connection, locator) })),
  );
  if (duringMs === null) return volumes.map((volume) => Object.assign({}, volume, { latency: null }));
  const look = () => Promise.all(volumes.map(({ name, record }) => ontapCounters(connection, name, record.uuid)));
  const before = await look();
  tell(`measuring the latency in the server for ${duringMs / 1000} s …`);
  await sleep(duringMs);
  const after = await look();
  return volumes.map((volume, index) => {
    const [first, last] = [before[index], after[index]];
    const latency = first === undefined || last === undefined ? null : latencyBetween(first, last);
    return Object.assign({}, volume, { latency });
  });
}
