/** Files of the user's that were not read as they had been found. Absent in records of generated files. */
export interface MissedFile {
  /** Absolute. Bytes that are no UTF-8 are lone surrogates (see `base/byte-text.ts`). */
  readonly path: string;
  /** It could not be opened any more; it ended early; or it was changed since the scan. */
  readonly how: 'gone' | 'shorter' | 'changed';
}

/** What a trial missed of the files that it read. */
export interface MissedFiles {
  readonly gone: number;
  readonly shorter: number;
  readonly changed: number;
  /** The first ones, in the order of their paths. */
  readonly first: readonly MissedFile[];
}

/** The files of a trial that are named. */
export const MISSED_NAMED = 10;

/** Returns what all machines of a trial missed; null when none missed anything. */
export function mergedMissed(parts: readonly MissedFiles[]): MissedFiles | null {
  if (parts.length === 0) return null;
  const sum = (of: (part: MissedFiles) => number) => parts.reduce((total, part) => total + of(part), 0);
  const first = new Map(parts.flatMap((part) => part.first).map((file) => [file.path, file]));
  return {
    gone: sum(({ gone }) => gone),
    shorter: sum(({ shorter }) => shorter),
    changed: sum(({ changed }) => changed),
    first: [...first.values()].sort((a, b) => (a.path < b.path ? -1 : 1)).slice(0, MISSED_NAMED),
  };
}
