import { statfsSync } from 'node:fs';
import { EXIT, FeedrateError } from '../../base/errors.js';
import { diagnose } from '../../host/doctor.js';
import type { Patient } from '../../host/doctor-check.js';
import { captureEnvironment } from '../../host/environment.js';
import { isNfsUrl } from '../../host/libnfs/nfs-url.js';
import { type MountProbe, probeMount } from '../../host/mount-probe.js';
import { readNfs } from '../../host/nfs/read-nfs.js';
import { openTarget } from '../../host/target.js';
import type { Diagnosis } from '../../record/finding.js';
import { renderDiagnoses } from '../../report/render-diagnosis.js';
import { untilTargetsAnswer } from '../../run/first-touch.js';
import { parseTargets } from '../options/arguments.js';
import { stdoutOptions } from '../terminal/output.js';

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
  const environment = captureEnvironment(targets);
  const diagnoses = environment.targets.map((target): Diagnosis => {
    const probe = options.measure ? probed(target) : null;
    const patient: Patient = {
      ...{ target, probe, memoryBytes: environment.memoryBytes },
      ...{ stats: readNfs(target.path)?.stats ?? null, files: filesOf(target.path) },
    };
    return { target: { name: target.name, path: target.path }, findings: diagnose(patient) };
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

/** Inodes; file systems that make them as they need them count none. */
function filesOf(path: string): Patient['files'] {
  const { files, ffree } = statfsSync(path);
  return files > 0 ? { used: files - ffree, total: files } : null;
}
