import { EXIT, FeedrateError, systemFaultOf } from '../../base/errors.js';
import type { StatedFact } from '../../doctor/facts.js';
import type { MountProbe } from '../../doctor/host-facts.js';
import type { OntapOptions } from '../../fsx/ontap-access.js';
import type { OntapConnection } from '../../fsx/ontap-connection.js';
import { isNfsUrl } from '../../host/libnfs/nfs-url.js';
import type { TargetPath } from '../../host/target.js';
import type { Diagnosis } from '../../record/finding.js';
import type { TargetEnvironment } from '../../record/run-record.js';
import { parseTargets } from '../options/arguments.js';
import { awsOption, collect, formatOption } from '../options/common-options.js';
import { addOntapOptions, ontapFrom } from '../options/ontap-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { print, tell } from '../output/print.js';
import { exitsOnSignal } from '../terminal/exits.js';
import { stdoutOptions } from '../terminal/output.js';

/** The options of `doctor` as commander returns them. */
interface DoctorOptions extends OntapOptions {
  readonly target: readonly string[];
  readonly format: 'table' | 'json';
  readonly strict?: boolean;
  /** False with --no-measure. */
  readonly measure: boolean;
  /** False with --no-aws. */
  readonly aws: boolean;
}

export const doctor: Subcommand = {
  name: 'doctor',
  description: 'check mounts for problems and print the command that fixes each one',
  configure(command) {
    command
      .requiredOption('-t, --target <path>', 'directory to check, or name=directory; repeat for more', collect)
      .addOption(formatOption(['table', 'json']))
      .option('--no-measure', 'skip the measurement, which writes and reads 64 MiB')
      .addOption(awsOption())
      .option('--strict', 'exit with status 1 if a check finds a problem');
    addOntapOptions(command, 'check the settings of the volume').action(exitsOnSignal(examine));
  },
  examples: '\nExample:\n  feedrate doctor -t /mnt/train --strict\n',
};

/**
 * Checks the targets and prints the findings. Returns `pass`, or `regression` when `--strict` is set and a check finds a
 * problem. Throws `FeedrateError` when a target cannot be used.
 */
async function examine(options: DoctorOptions): Promise<number> {
  const [{ diagnose }, { CHECKS }, { captureEnvironment }, { gatherFacts }, { probeMount }, { openTarget }] =
    await Promise.all([
      import('../../doctor/check.js'),
      import('../../doctor/checks.js'),
      import('../../host/environment.js'),
      import('../../host/gather-facts.js'),
      import('../../host/mount-probe.js'),
      import('../../host/target.js'),
    ]);
  const [{ touchableOf, untilTouched }, { renderDiagnoses }, { diagnosisNext }] = await Promise.all([
    import('../../run/first-touch.js'),
    import('../../report/render-diagnosis.js'),
    import('../../report/answer/diagnosis-answer.js'),
  ]);
  const ontap = await ontapFrom(options);
  const named = parseTargets(options.target);
  for (const { path } of named) if (isNfsUrl(path)) throw withoutMount(path);
  await untilTouched(touchableOf(named), tell);
  const targets = named.map(({ name, path }) =>
    opened(() => openTarget(name, path, { write: options.measure }), options),
  );
  const stated = await statedVolumes(targets, options.aws);
  const environments = captureEnvironment(targets).targets;
  const ofOntap = await statedByOntap(ontap, environments);
  const diagnoses = environments.map((target): Diagnosis => {
    const ofHost = gatherFacts(target, options.measure ? probed(target, probeMount) : null);
    const facts = [...ofHost, ...stated(target.name), ...ofOntap(target.name)];
    return { target: { name: target.name, path: target.path }, findings: diagnose(facts, CHECKS) };
  });
  const next = diagnosisNext(diagnoses, ['run', 'quick']);
  print(renderDiagnoses(diagnoses, options.format, stdoutOptions(), next));
  const isBad = diagnoses.some(({ findings }) => findings.some(({ severity }) => severity === 'bad'));
  return options.strict && isBad ? EXIT.regression : EXIT.pass;
}

/** Returns what AWS says of the volume behind a target, by the name of the target. */
async function statedVolumes(
  targets: readonly TargetPath[],
  isAsked: boolean,
): Promise<(name: string) => StatedFact[]> {
  const [{ likelyCandidates, nfsCandidates }, { VOLUME }] = await Promise.all([
    import('../../fsx/candidates.js'),
    import('../../doctor/volume-facts.js'),
  ]);
  const candidates = likelyCandidates(nfsCandidates(targets));
  if (candidates.length === 0) return () => [VOLUME.state(null)];
  if (!isAsked) {
    const names = new Set(candidates.filter(({ likeness }) => likeness !== 'unclear').map(({ name }) => name));
    return (name) => [names.has(name) ? VOLUME.missing('AWS was not asked (--no-aws)') : VOLUME.state(null)];
  }
  const [{ askAboutTargets, DESCRIBING, placeOfThisMachine }, { statedVolume }] = await Promise.all([
    import('../../fsx/target-volumes.js'),
    import('../../fsx/stated-volume.js'),
  ]);
  const [found, machine] = await Promise.all([askAboutTargets(candidates, DESCRIBING)(), placeOfThisMachine()]);
  return (name) => statedVolume(found.get(name), machine, Date.now());
}

/** Returns what ONTAP says of the volume behind a target, by the name of the target. */
async function statedByOntap(
  connection: OntapConnection | null,
  targets: readonly TargetEnvironment[],
): Promise<(name: string) => StatedFact[]> {
  if (connection === null) return () => [];
  const [{ ONTAP }, { ontapVolume }, { volumeLocatorOf }] = await Promise.all([
    import('../../doctor/ontap-checks.js'),
    import('../../fsx/ontap-volume.js'),
    import('../../fsx/ontap-locator.js'),
  ]);
  const stated = new Map<string, StatedFact[]>();
  for (const target of targets) {
    const locator = volumeLocatorOf(target);
    if (locator === null) continue;
    try {
      stated.set(target.name, [ONTAP.state(await ontapVolume(connection, locator))]);
    } catch (thrown) {
      if (!(thrown instanceof FeedrateError)) throw thrown;
      tell(`target ${target.name}: ${thrown.message}`);
    }
  }
  return (name) => stated.get(name) ?? [];
}

/** Opens a target. If it cannot be written to, the message also names the way to check it nevertheless. */
function opened<Target>(open: () => Target, { measure }: DoctorOptions): Target {
  try {
    return open();
  } catch (cause) {
    if (!measure || !(cause instanceof FeedrateError) || !cause.message.includes(': cannot write in ')) throw cause;
    throw new FeedrateError(cause.code, `${cause.message}; or use --no-measure, which writes nothing`, { cause });
  }
}

function withoutMount(path: string): FeedrateError {
  return new FeedrateError(
    'usage',
    `-t ${path}: doctor checks mounts, and an nfs:// URL is not one; measure it with feedrate run`,
  );
}

function probed(
  { name, path }: { readonly name: string; readonly path: string },
  probeMount: (path: string) => MountProbe,
): MountProbe {
  try {
    return probeMount(path);
  } catch (cause) {
    const message = `target ${name}: cannot measure ${path}: ${systemFaultOf(cause).message}; use --no-measure to skip the measurement`;
    throw new FeedrateError('target', message, { cause });
  }
}
