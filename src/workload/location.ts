/** The location of a value in a workload file or an option. */
export interface FileLocation {
  /** The file as the user named it, or the option (`--set bs`). */
  readonly source: string;
  /** 1-based; null for an option. */
  readonly line: number | null;
  readonly column: number | null;
}

/** Returns `file:line:column`, which editors recognise as a link. */
export function formatLocation(location: FileLocation): string {
  return location.line === null ? location.source : `${location.source}:${location.line}:${location.column}`;
}
