/** The line to type that mounts a target anew as it was. */
import { shellWord } from '../../base/shell-word.js';
import { type Mount, mergedOptions } from '../system/mountinfo.js';

/** `mount …` with all options that the kernel shows: the mount just as it is. */
export function mountLine(mount: Mount): string {
  const { fileSystem, source, mountPoint } = mount;
  return ['mount', '-t', fileSystem, '-o', mergedOptions(mount), source, mountPoint].map(shellWord).join(' ');
}
