import { EXIT, FeedrateError } from '../base/errors.js';
import { diagnose } from '../doctor/check.js';
import { CHECKS } from '../doctor/checks.js';
import type { MountProbe } from '../doctor/host-facts.js';
import { captureEnvironment } from '../host/environment.js';
import { gatherFacts } from '../host/gather-facts.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { probeMount } from '../host/mount-probe.js';
import { openTarget } from '../host/target.js';
import type { Diagnosis } from '../record/finding.js';
import { renderDiagnoses } from '../report/render-diagnosis.js';
import { parseTargets } from './arguments.js';
import { untilTargetsAnswer } from './first-touch.js';
import { stdoutOptions } from './output.js';

/** The options of `doctor` as commander hands them over. */
export interface DoctorOptions {
  readonly target: readonly string[];
  readonly format: 'table' | 'json';
  readonly strict?: boolean;
  /** False with --no-measure. */
  readonly measure: boolean;
}

/**
 * `feedrate doctor`: looks at targets and says what is bad about them. The status is `pass`, but with `--strict`
 * `regression` when anything is bad. Throws `FeedrateError` when a target cannot be used.
 */
export async function doctor(options: DoctorOptions): Promise<number> {
  const named = parseTargets(options.target);
  for (const { path } of named) if (isNfsUrl(path)) throw withoutMount(path);
  await untilTargetsAnswer(named);
  const targets = named.map(({ name, path }) => openTarget(name, path, { write: options.measure }));
  const diagnoses = captureEnvironment(targets).targets.map((target): Diagnosis => {
    const facts = gatherFacts(target, options.measure ? probed(target) : null);
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

function probed({ name, path }: { readonly name: string; readonly path: string }): MountProbe {
  try {
    return probeMount(path);
  } catch (cause) {
    const message = `target ${name}: cannot measure ${path}: ${(cause as Error).message}; --no-measure only looks`;
    throw new FeedrateError('target', message, { cause });
  }
}
