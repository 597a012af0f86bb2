/** Checks that a target without a mount supports what a plan uses. */
import { FeedrateError } from '../base/errors.js';
import { nfsWriteRefusal } from '../host/libnfs/nfs-target.js';
import type { Arm, ArmFiles, Target } from '../plan/plan.js';

/** Each unsupported use, with a message. */
const REFUSALS: readonly (readonly [(arm: Arm, files: ArmFiles) => boolean, string])[] = [
  [
    ({ spec }) => spec.direct || spec.cache === 'direct',
    'direct is not supported: libnfs has no page cache to bypass; remove direct and use cache: cold',
  ],
  [
    ({ spec }) => spec.cache === 'warm',
    'cache: warm is not supported: libnfs has no page cache, so all bytes come from the server; use cache: cold or as-is',
  ],
  [
    (_, { place, files }) => place !== 'existing' && files.rule.fallocate !== 'none',
    'fallocate is not supported by libnfs; remove it',
  ],
];

/**
 * Throws `FeedrateError('target')` when an arm uses something on an `nfs://` target that only the kernel's client supports,
 * or that the installed libnfs does not support.
 */
export function refuseWithoutMount(
  target: Target,
  uses: readonly { readonly arm: Arm; readonly files: ArmFiles }[],
  isWritten: boolean,
): void {
  const refuse = (why: string) =>
    new FeedrateError('target', `target ${target.name}: ${target.path} is not a mount: ${why}`);
  for (const { arm, files } of uses) {
    const refusal = REFUSALS.find(([applies]) => applies(arm, files));
    if (refusal !== undefined) throw refuse(`${arm.id}: ${refusal[1]}`);
  }
  const writing = isWritten ? nfsWriteRefusal(target.path) : null;
  if (writing !== null) throw refuse(writing);
}
