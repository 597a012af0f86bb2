/** The command line that mounts a target again with the same options. */
import { mountCommand } from '../../base/mount-command.js';
import { type Mount, mountableOptions } from '../system/mountinfo.js';

/** Returns the `mount …` command for a mount as it is, with all options that the kernel shows. */
export function mountLine(mount: Mount): string {
  return mountCommand({ ...mount, options: mountableOptions(mount) });
}
