import { closeSync, type OpenMode, openSync } from 'node:fs';

/**
 * Opens a file, hands its descriptor to `use`, and closes it, whatever happens. Throws Node's error when the file cannot be
 * opened, and what `use` throws.
 * @param mode of a file that is created. Default: as the umask allows
 */
export function withFile<T>(path: string, flags: OpenMode, use: (fd: number) => T, mode = 0o666): T {
  const fd = openSync(path, flags, mode);
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}
