/** Returns the class of a file in reports: the ending of its name, such as `.npz`, or `none`. */
export function fileClassOf(name: string): string {
  const [, ending] = /[^/](\.[A-Za-z0-9_]{1,12})$/.exec(name) ?? [];
  return ending === undefined ? 'none' : ending.toLowerCase();
}

/** Directories of the system and of installed programs. What a program reads there is not its data. */
const SYSTEM =
  /^\/(?:proc|sys|dev|etc|usr|lib|lib32|lib64|bin|sbin|run|boot)(?:\/|$)|^\/var\/(?:lib|cache|run)(?:\/|$)/;
const PROGRAM =
  /\/(?:site-packages|dist-packages|__pycache__|lib\/python[0-9.]+|node_modules|\.git|\.cache)(?:\/|$)|\.(?:py|pyc|so)$|\.so\.[0-9.]+$/;

/** Returns whether calls on this path belong to a trace. `wanted` are directories; empty: everything but the system's. */
export function isOfInterest(path: string, wanted: readonly string[]): boolean {
  if (!path.startsWith('/') && path !== '')
    return wanted.length === 0 && !/^[a-z_-]+:/i.test(path) && !PROGRAM.test(path);
  if (wanted.length > 0)
    return wanted.some((directory) => path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`));
  return !SYSTEM.test(path) && !PROGRAM.test(path);
}

/** Returns the deepest directory that has all of these paths; `/` or empty when they have none in common. */
export function commonDirectory(paths: Iterable<string>): string {
  let common: string[] | null = null;
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1);
    if (common === null) common = parts;
    let same = 0;
    while (same < common.length && common[same] === parts[same]) same++;
    common = common.slice(0, same);
  }
  return common === null ? '' : common.join('/');
}
