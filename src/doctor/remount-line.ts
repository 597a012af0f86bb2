/** Says how an NFS target is mounted with different options: by a command, or by the program that makes the mount. */
import { changeOptions, mountCommand, type OptionChange, optionName } from '../base/mount-command.js';
import { shellWord } from '../base/shell-word.js';
import type { Mounting } from './host-facts.js';

/** The options of which the server or an older kernel may refuse a value. The others are negotiated or always accepted. */
const CAN_BE_REFUSED: ReadonlySet<string> = new Set(['vers', 'nconnect']);

/** Sets an option, such as `rsize=1048576`, whichever of its names the mount uses. */
export function setOption(to: string, ...otherNames: readonly string[]): OptionChange {
  return { names: [optionName(to), ...otherNames], to };
}

/** Removes an option, whatever its value. */
export function removeOption(name: string): OptionChange {
  return { names: [name], to: null };
}

/**
 * Returns `umount … && mount …` with all options of the mount but those that change. If the new options can be refused,
 * the command then mounts it as before. If another program makes the mount, returns that program's way instead.
 */
export function remountLine(mounting: Mounting, changes: readonly OptionChange[]): string {
  const { options, mountPoint, managed } = mounting;
  if (managed !== null) return `${wishOf(mounting, changes)}: ${managed}`;
  const before = { ...mounting, fileSystem: 'nfs' };
  const after = mountCommand({ ...before, options: changeOptions(options, changes) });
  const canFail = changes.some(({ to }) => to !== null && CAN_BE_REFUSED.has(optionName(to)));
  const mount = canFail ? `{ ${after} || ${mountCommand(before)}; }` : after;
  return `umount ${shellWord(mountPoint)} && ${mount}`;
}

/** Returns `set vers=4.1`, `remove noac and sync`, or `mount it again` when nothing changes. */
function wishOf({ options }: Mounting, changes: readonly OptionChange[]): string {
  const set = changes.flatMap(({ to }) => to ?? []);
  const removed = changes.flatMap(({ names, to }) =>
    to === null ? options.filter((option) => names.includes(optionName(option))) : [],
  );
  const words = [
    ...(set.length === 0 ? [] : [`set ${set.join(',')}`]),
    ...(removed.length === 0 ? [] : [`remove ${removed.join(' and ')}`]),
  ];
  return words.join(' and ') || 'mount it again';
}
