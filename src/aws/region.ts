/** Finds the region of AWS calls that no host name gives. */
import type { InstancePlace } from './instance-metadata.js';

/**
 * Returns the region that the user configured, as the AWS CLI finds it: AWS_REGION, AWS_DEFAULT_REGION, the profile in
 * ~/.aws/config, and the instance's own region last. null if there is none.
 * @param place asks the instance; called only if nothing else gives a region
 * @throws FeedrateError `cloud` when the SDK, which reads the profile, is not installed
 */
export async function configuredRegion(place: () => Promise<InstancePlace>): Promise<string | null> {
  return regionOfEnvironment() ?? (await regionOfProfile()) ?? (await place()).region;
}

/** Returns the region that the environment names, or null. */
export function regionOfEnvironment(): string | null {
  const { AWS_REGION: named, AWS_DEFAULT_REGION: byDefault } = process.env;
  return named || byDefault || null;
}

async function regionOfProfile(): Promise<string | null> {
  const { loadSdk } = await import('./sdk.js');
  const { FSxClient } = await loadSdk('fsx');
  try {
    return await new FSxClient({}).config.region();
  } catch {
    // No region is configured, or the file cannot be read.
    return null;
  }
}
