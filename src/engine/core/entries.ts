/** How to create a file. */
export interface NewFile {
  /** With O_EXCL: nothing may have its name. */
  readonly exclusive: boolean;
  /** Whether something will be written to it. It must then be new in any case. */
  readonly isWritten: boolean;
}

/**
 * Operations on the entries of one directory at a time. Every method returns when its effect is complete, and throws
 * `IoFault` when it fails. No link is followed.
 */
export interface Entries {
  /** Goes to a directory below `top`, or to `top` itself. The other methods take names of its entries. */
  enter(top: string, directory: string): void;
  /** Creates a file and returns a handle to it. */
  makeFile(name: string, how: NewFile): number;
  closeFile(handle: number): void;
  makeDirectory(name: string): void;
  /** Asks for the attributes of an entry. */
  status(name: string): void;
  rename(from: string, to: string): void;
  removeFile(name: string): void;
  removeDirectory(name: string): void;
  /** Opens the directory, reads all its entries, and returns how many. Engines without files return `expected`. */
  list(expected: number): number;
  /** Leaves the directory and lets go of it. */
  leave(): void;
}
