import { EXIT, FeedrateError } from '../../base/errors.js';
import type { MountProbe } from '../../doctor/host-facts.js';
import { isNfsUrl } from '../../host/libnfs/nfs-url.js';
import type { Diagnosis } from '../../record/finding.js';
import { parseTargets } from '../options/arguments.js';
import { collect, formatOption } from '../options/common-options.js';
import { exits, type Subcommand } from '../options/subcommand.js';

/** The options of `doctor` as commander hands them over. */
interface DoctorOptions {
  readonly target: readonly string[];
  readonly format: 'table' | 'json';
  readonly strict?: boolean;
  /** False with --no-measure. */
  readonly measure: boolean;
}

export const doctor: Subcommand = {
  name: 'doctor',
  description: 'look at mounts: what is bad about them, and the line that mends it',
  configure(command) {
    command
      .requiredOption('-t, --target <path>', 'directory to look at, or name=directory; repeat for more', collect)
      .addOption(formatOption(['table', 'json']))
      .option('--no-measure', 'only look; do not write and read 64 MiB')
      .option('--strict', 'exit 1 when anything is bad')
      .action(exits(examine));
  },
  examples: '\nExample:\n  feedrate doctor -t /mnt/train --strict\n',
};

/**
 * Looks at targets and says what is bad about them. The status is `pass`, but with `--strict`
 * `regression` when anything is bad. Throws `FeedrateError` when a target cannot be used.
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
  const [{ untilTargetsAnswer }, { renderDiagnoses }, { stdoutOptions }] = await Promise.all([
    import('../../run/first-touch.js'),
    import('../../report/render-diagnosis.js'),
    import('../terminal/output.js'),
  ]);
  const named = parseTargets(options.target);
  for (const { path } of named) if (isNfsUrl(path)) throw withoutMount(path);
  await untilTargetsAnswer(named, (text) => process.stderr.write(`${text}\n`));
  const targets = named.map(({ name, path }) => openTarget(name, path, { write: options.measure }));
  const diagnoses = captureEnvironment(targets).targets.map((target): Diagnosis => {
    const facts = gatherFacts(target, options.measure ? probed(target, probeMount) : null);
    return { target: { name: target.name, path: target.path }, findings: diagnose(facts, CHECKS) };
  });
  process.stdout.write(renderDiagnoses(diagnoses, options.format, stdoutOptions()));
  const isBad = diagnoses.some(({ findings }) => findings.some(({ severity }) => severity === 'bad'));
  return options.strict && isBad ? EXIT.regression : EXIT.pass;
}

function withoutMount(path: string): FeedrateError {
  return new FeedrateError(
    'usage',
    `-t ${path}: the doctor looks at mounts, and this is none; feedrate run measures it`,
  );
}

function probed(
  { name, path }: { readonly name: string; readonly path: string },
  probeMount: (path: string) => MountProbe,
): MountProbe {
  try {
    return probeMount(path);
  } catch (cause) {
    const message = `target ${name}: cannot measure ${path}: ${(cause as Error).message}; --no-measure only looks`;
    throw new FeedrateError('target', message, { cause });
  }
}
