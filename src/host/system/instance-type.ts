/** Reads the type of the cloud instance from files, without a network. */
import { type ReadText, readText } from './cgroup.js';

const DMI = '/sys/devices/virtual/dmi/id';

/** Files of SageMaker jobs that name the type of each instance of a group. */
const RESOURCE_CONFIGS = ['/opt/ml/input/config/resourceconfig.json', '/opt/ml/config/resourceconfig.json'];

/** `m5.xlarge`, `u-6tb1.112xlarge`, `ml.p4d.24xlarge` */
const INSTANCE_TYPE = /^(?:ml\.)?[a-z][a-z0-9-]*\.[a-z0-9-]+$/;

/**
 * Returns the type of the EC2 instance, such as `m5.xlarge`, or of the SageMaker instance, such as `ml.m5.xlarge`. Nitro
 * instances name their type in the firmware tables (DMI). Undefined elsewhere, and for older instances.
 */
export function readInstanceType(read: ReadText = readText): string | undefined {
  return [...RESOURCE_CONFIGS.map((path) => ofJob(read(path))), ofFirmware(read)].find((type) => type !== undefined);
}

function ofFirmware(read: ReadText): string | undefined {
  if (read(`${DMI}/sys_vendor`)?.trim() !== 'Amazon EC2') return undefined;
  return typeIn(read(`${DMI}/product_name`)?.trim());
}

function ofJob(text: string | null): string | undefined {
  try {
    return typeIn(
      (JSON.parse(text ?? 'null') as { readonly current_instance_type?: unknown } | null)?.current_instance_type,
    );
  } catch {
    return undefined;
  }
}

function typeIn(value: unknown): string | undefined {
  return typeof value === 'string' && INSTANCE_TYPE.test(value) ? value : undefined;
}
