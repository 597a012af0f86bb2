/** All checks, in the order in which they are reported. */
import type { Check } from './check.js';
import { valuesOf } from './facts.js';
import { NFS } from './host-facts.js';
import { NFS_CHECKS } from './nfs-checks.js';
import { START_MOUNT_CHECKS } from './start-mount-checks.js';
import { TARGET_CHECKS } from './target-checks.js';
import { VOLUME_CHECKS } from './volume-checks.js';

export const CHECKS: readonly Check[] = [
  ...TARGET_CHECKS,
  ...START_MOUNT_CHECKS,
  ...NFS_CHECKS,
  ...VOLUME_CHECKS.map(onNfs),
];

function onNfs({ name, examine }: Check): Check {
  return { name, examine: (facts) => (valuesOf(facts, { nfs: NFS }) === null ? null : examine(facts)) };
}
