/** The command line that mounts a target again with the same options. */
import { shellWord } from '../../base/shell-word.js';
import { type Mount, mergedOptions } from '../system/mountinfo.js';

/** Returns the `mount …` command for a mount as it is, with all options that the kernel shows. */
export function mountLine(mount: Mount): string {
  const { fileSystem, source, mountPoint } = mount;
  return ['mount', '-t', fileSystem, '-o', mergedOptions(mount), source, mountPoint].map(shellWord).join(' ');
}
