/** Checks that the targets support what a plan uses, before any file is created or measured. */
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { ALIGNMENT_BYTES } from '../engine/content/buffers.js';
import { DIRECT_PROBE_BYTES, type DirectAlignment, directAlignment } from '../host/files/direct-io.js';
import { withOwnFile } from '../host/files/own-file.js';
import { withProbeFile } from '../host/files/probe-file.js';
import { below } from '../host/files/store-of.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { codeOf } from '../host/system/libc.js';
import { preallocate, preallocationRefusal, preallocationRemedy } from '../host/system/preallocation.js';
import { filesOf, touchesFiles } from '../plan/arm-files.js';
import { directMisfit } from '../plan/direct-misfit.js';
import type { JobFiles } from '../plan/file-list.js';
import { filesetsByArm } from '../plan/filesets.js';
import { FoundFiles } from '../plan/found-files.js';
import type { Arm, ArmFiles, Plan, Target } from '../plan/plan.js';
import type { PlannedDataset } from '../plan/planned-dataset.js';
import { dataDirectory } from '../trial/data-directory.js';
import { refuseWithoutMount } from './nfs-abilities.js';

interface Use {
  readonly arm: Arm;
  readonly files: ArmFiles;
}

/**
 * Throws `FeedrateError('target')` when a target does not support direct I/O with the block sizes of an arm that uses it,
 * or the preallocation that an arm uses.
 * @param written names of the targets that the plan writes to. They are checked with a small temporary file; on the others
 *   all data files exist already, and one of them is checked
 */
export function refuseWhatTargetsCannot(
  plan: Plan,
  dataset: PlannedDataset | null,
  written: ReadonlySet<string>,
): void {
  // File sets differ only in position and content, but only those that are read exist and can be checked.
  const firstSets = new Map(filesetsByArm(plan).map(([fileset], index) => [plan.arms[index], fileset]));
  for (const target of plan.targets) {
    const uses = plan.arms
      .filter((arm) => arm.target === target.name && touchesFiles(arm))
      .map((arm): Use => ({ arm, files: filesOf(arm, dataset, firstSets.get(arm)) }));
    const isWritten = written.has(target.name);
    if (isNfsUrl(target.path)) {
      refuseWithoutMount(target, uses, isWritten);
      continue;
    }
    refuseMisfits(
      target,
      uses.filter(({ arm }) => arm.spec.direct),
      isWritten,
    );
    if (isWritten) refusePreallocation(target, uses);
  }
}

function refuseMisfits(target: Target, uses: readonly Use[], isWritten: boolean): void {
  const [first] = uses;
  if (first === undefined) return;
  const alignment = alignmentOf(target, uses, isWritten);
  const mend = 'remove direct and cache: direct, or use another target';
  if (alignment === null) {
    const why = `its file system rejects O_DIRECT, which ${first.arm.id} uses`;
    throw new FeedrateError(
      'target',
      `target ${target.name}: ${target.path} does not support direct I/O: ${why}; ${mend}`,
    );
  }
  const { offsetBytes, memoryBytes } = alignment;
  if (memoryBytes > ALIGNMENT_BYTES) {
    const why = `requires buffers aligned to ${memoryBytes} bytes, but feedrate aligns to ${ALIGNMENT_BYTES}`;
    throw new FeedrateError('target', `target ${target.name}: direct I/O on ${target.path} ${why}; ${mend}`);
  }
  for (const { arm, files } of uses) {
    const misfit = directMisfit(arm.spec, files, offsetBytes);
    if (misfit === null) continue;
    throw new FeedrateError(
      'target',
      `target ${target.name}: direct I/O on ${target.path} requires multiples of ${offsetBytes} bytes, but ${arm.id} has ` +
        `${misfit.what}; set ${misfit.word} to a multiple, or remove direct and cache: direct`,
    );
  }
}

function alignmentOf(target: Target, uses: readonly Use[], isWritten: boolean): DirectAlignment | null {
  try {
    if (isWritten)
      return withProbeFile(target.path, new Uint8Array(DIRECT_PROBE_BYTES), (path) => directAlignment(path));
    const { files, place } = longestOf(uses);
    const isFound = files instanceof FoundFiles;
    const directory = isFound ? target.path : dataDirectory(target, 'none');
    return directAlignment(below(directory, files.pathOf(place)), isFound ? files.opening : undefined);
  } catch (cause) {
    const why = `${codeOf(cause) ?? 'EUNKNOWN'}: ${systemFaultOf(cause).message}`;
    throw new FeedrateError('target', `target ${target.name}: cannot check direct I/O on ${target.path} (${why})`, {
      cause,
    });
  }
}

function longestOf(uses: readonly Use[]): { readonly files: JobFiles; readonly place: number } {
  const lists = uses.map(({ files }): JobFiles => files.files);
  const [first, ...others] = lists as [JobFiles, ...JobFiles[]];
  const list = others.reduce((most, other) => (other.sums.longestBytes > most.sums.longestBytes ? other : most), first);
  return { files: list, place: list.sums.longest };
}

/** Enough for any file system to allocate space. */
const PREALLOCATED_BYTES = 4096;

function refusePreallocation(target: Target, uses: readonly Use[]): void {
  for (const mode of ['native', 'keep'] as const) {
    const use = uses.find(({ files }) => files.place !== 'existing' && files.files.rule.fallocate === mode);
    if (use === undefined) continue;
    const refuse = (why: string, cause?: unknown) =>
      new FeedrateError('target', `target ${target.name}: fallocate: ${mode} (${use.arm.id}): ${why}`, { cause });
    const missing = preallocationRefusal();
    if (missing !== null) throw refuse(missing);
    try {
      withProbeFile(target.path, new Uint8Array(), (path) => tryPreallocation(path, mode));
    } catch (cause) {
      throw refuse(`${codeOf(cause)}: ${preallocationRemedy(cause)}`, cause);
    }
  }
}

function tryPreallocation(path: string, mode: 'native' | 'keep'): void {
  withOwnFile(path, (fd) => preallocate(fd, path, mode, PREALLOCATED_BYTES), { write: true });
}
