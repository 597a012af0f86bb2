/**
 * Loads the AWS SDK when it is needed. Its packages are optional dependencies: feedrate works without them, and says which
 * one is missing.
 */
import { FeedrateError } from '../base/errors.js';

/** The services that feedrate calls, by the name of their client's package. */
const LOADERS = {
  fsx: () => import('@aws-sdk/client-fsx'),
  cloudwatch: () => import('@aws-sdk/client-cloudwatch'),
  s3: () => import('@aws-sdk/client-s3'),
  's3-upload': () => import('@aws-sdk/lib-storage'),
  'secrets-manager': () => import('@aws-sdk/client-secrets-manager'),
} as const;

const PACKAGE_NAMES: Readonly<Record<SdkPart, string>> = {
  fsx: '@aws-sdk/client-fsx',
  cloudwatch: '@aws-sdk/client-cloudwatch',
  s3: '@aws-sdk/client-s3',
  's3-upload': '@aws-sdk/lib-storage',
  'secrets-manager': '@aws-sdk/client-secrets-manager',
};

export type SdkPart = keyof typeof LOADERS;
export type SdkModule<Part extends SdkPart> = Awaited<ReturnType<(typeof LOADERS)[Part]>>;

/** Returns the module. Throws `FeedrateError('cloud')` when it is not installed. */
export async function loadSdk<Part extends SdkPart>(part: Part): Promise<SdkModule<Part>> {
  // The SDK prints a warning about its support of Node 20. The pinned versions support it.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  try {
    return (await LOADERS[part]()) as SdkModule<Part>;
  } catch (cause) {
    const name = PACKAGE_NAMES[part];
    const remedy = 'reinstall feedrate with its optional dependencies';
    throw new FeedrateError('cloud', `the package ${name} is not installed; ${remedy}`, { cause });
  }
}
