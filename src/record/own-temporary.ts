/** The directory that a run without a target creates. It has a new name each time. */
const OWN_TEMPORARY = /\/feedrate-(?:[A-Za-z0-9]{6}|\d+-\d+-[0-9a-f]{8}-[0-9a-f]{8})$/;

/** Returns whether a target's path is a directory that a run without a target created for itself. */
export function isOwnTemporary(path: string): boolean {
  return OWN_TEMPORARY.test(path);
}
