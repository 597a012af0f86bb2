/** Composes the commands of mount(8) and umount(8) from the options that a mount has. */
import { shellWord } from './shell-word.js';

/** The fields of a mount that its command needs. The options are those that mount(8) accepts, in their order. */
export interface MountWords {
  readonly fileSystem: string;
  readonly options: readonly string[];
  readonly source: string;
  readonly mountPoint: string;
}

/** A change of one option. */
export interface OptionChange {
  /** Every name of the option. `vers` is also called `nfsvers`; `soft` and `hard` are values of one option. */
  readonly names: readonly string[];
  /** The new option with its name, such as `vers=4.1`. Null removes it. */
  readonly to: string | null;
}

/** Returns the options of a list. A comma inside double quotes separates nothing: `context="a:b:c0,c1"`. */
export function splitMountOptions(text: string): string[] {
  return [...text.matchAll(/(?:[^,"]|"[^"]*"?)+/g)].map(([option]) => option);
}

/** Returns the name of an option: `rsize` of `rsize=65536`. */
export function optionName(option: string): string {
  return option.split('=', 1)[0] as string;
}

/**
 * Returns the options with the changes, each at the place of the option that it replaces. An option that the mount does
 * not have is added at the end. All other options keep their place and their text.
 */
export function changeOptions(options: readonly string[], changes: readonly OptionChange[]): string[] {
  let list = [...options];
  for (const { names, to } of changes) {
    const isIt = (option: string) => names.includes(optionName(option));
    const at = list.findIndex(isIt);
    const others = list.filter((option) => !isIt(option));
    // Everything before the first of its names is among the others, so the place is the same.
    if (to !== null) others.splice(at < 0 ? others.length : at, 0, to);
    list = others;
  }
  return list;
}

/** Returns the `mount …` command, quoted for a shell. */
export function mountCommand({ fileSystem, options, source, mountPoint }: MountWords): string {
  return ['mount', '-t', fileSystem, '-o', options.join(','), source, mountPoint].map(shellWord).join(' ');
}
