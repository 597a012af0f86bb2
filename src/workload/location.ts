/** Where in a workload file (or option) a value stands. */
export interface FileLocation {
  /** The file as the user named it, or the option (`--set bs`). */
  readonly source: string;
  /** 1-based; null for an option. */
  readonly line: number | null;
  readonly column: number | null;
}

/** `file:line:column`, the form that editors jump to. */
export function formatLocation(location: FileLocation): string {
  return location.line === null ? location.source : `${location.source}:${location.line}:${location.column}`;
}
