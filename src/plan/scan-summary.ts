import { formatWhole } from '../base/units.js';

/** What a scan found, besides the files themselves. Plain data. */
export interface ScanSummary {
  /** The files to read, after `limit`. */
  readonly files: number;
  readonly bytes: number;
  /** Directories that were read. */
  readonly directories: number;
  /** Files that include and exclude chose. More than `files` if `limit` left some of them out. */
  readonly matching: number;
  readonly emptyFiles: number;
  /** Files with fewer bytes on the storage than they have: with holes, or compressed. Their bytes, and those allocated to them alone. */
  readonly sparseFiles: number;
  readonly sparseBytes: number;
  readonly allocatedBytes: number;
  /** How many entries were left out, by the reason. Reasons without entries are absent. */
  readonly leftOut: Readonly<Partial<Record<LeftOut, number>>>;
  /** The first entries that may be missed, in the order of their paths. */
  readonly firstLeftOut: readonly { readonly path: string; readonly why: LeftOut; readonly code: string | null }[];
}

/** Why an entry was left out, with the words for one and for many. */
export const LEFT_OUT = {
  unreadable: ['file or directory that cannot be read', 'files or directories that cannot be read'],
  missing: ['listed file that does not exist', 'listed files that do not exist'],
  special: ['FIFO, socket or device', 'FIFOs, sockets or devices'],
  link: ['symbolic link', 'symbolic links'],
  outside: ['listed path outside the dataset', 'listed paths outside the dataset'],
  directory: ['listed directory', 'listed directories'],
  loop: ['link to a directory around it', 'links to directories around them'],
  mount: ['directory on another mount', 'directories on other mounts'],
  own: ['directory of feedrate', 'directories of feedrate'],
} as const;

export type LeftOut = keyof typeof LEFT_OUT;

/** Returns what was left out, in words: `3 symbolic links, 1 FIFO, socket or device`. */
export function leftOutText(leftOut: ScanSummary['leftOut']): string {
  const reasons = Object.keys(LEFT_OUT) as LeftOut[];
  const counted = reasons.flatMap((why) => {
    const count = leftOut[why] ?? 0;
    return count === 0 ? [] : [`${formatWhole(count)} ${LEFT_OUT[why][count === 1 ? 0 : 1]}`];
  });
  return counted.join(', ');
}
