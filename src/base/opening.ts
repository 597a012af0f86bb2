/** How files are opened that are not feedrate's. They are only read. */
export interface Opening {
  /** Whether links on the way and in the place of a file are followed. */
  readonly follow: boolean;
  /** Whether to ask for `O_NOATIME`: the kernel allows it only to a file's owner and to root. */
  readonly noAtime: boolean;
  /** Whether a block device is expected instead of files. */
  readonly device: boolean;
}
