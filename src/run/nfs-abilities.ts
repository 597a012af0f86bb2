/** What a target without a mount cannot do for a plan. */
import { FeedrateError } from '../base/errors.js';
import { nfsWriteRefusal } from '../host/libnfs/nfs-target.js';
import type { Arm, ArmFiles, Target } from '../plan/plan.js';

/** Each with what it takes the place of. */
const REFUSALS: readonly (readonly [(arm: Arm, files: ArmFiles) => boolean, string])[] = [
  [
    ({ spec }) => spec.direct || spec.cache === 'direct',
    'direct goes around the page cache, and libnfs has none to go around: leave direct out, cache: cold claims as much',
  ],
  [
    ({ spec }) => spec.cache === 'warm',
    'cache: warm cannot be: libnfs has no page cache, so that all bytes come from the server; use cache: cold or as-is',
  ],
  [
    (_, { files }) => files.some(({ fallocate = 'none' }) => fallocate !== 'none'),
    'fallocate cannot be: libnfs has none; leave it out',
  ],
];

/**
 * Throws `FeedrateError('target')` when an arm asks an `nfs://` target for what only the kernel has, or for what this
 * libnfs cannot do.
 */
export function refuseWithoutMount(
  target: Target,
  uses: readonly { readonly arm: Arm; readonly files: ArmFiles }[],
  isWritten: boolean,
): void {
  const refuse = (why: string) =>
    new FeedrateError('target', `target ${target.name}: ${target.path} has no mount: ${why}`);
  for (const { arm, files } of uses) {
    const refusal = REFUSALS.find(([applies]) => applies(arm, files));
    if (refusal !== undefined) throw refuse(`${arm.id}: ${refusal[1]}`);
  }
  const writing = isWritten ? nfsWriteRefusal(target.path) : null;
  if (writing !== null) throw refuse(writing);
}
