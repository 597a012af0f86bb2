/**
 * What the instance metadata service of EC2 (IMDS) says about this machine. Other machines do not have it, and containers may
 * not reach it, so each reading ends in time.
 * Source: "Use the Instance Metadata Service", EC2 user guide: version 2 asks for a token first.
 */
import { readFileSync } from 'node:fs';

/** Where this machine is. */
export interface InstancePlace {
  readonly region: string | null;
  /** Of each network interface. */
  readonly networks: readonly { readonly subnetId: string; readonly vpcId: string }[];
}

const NOWHERE: InstancePlace = { region: null, networks: [] };

/** Returns where this machine is, as far as the service says it within `timeoutMs`. Asks nobody on machines outside EC2. */
export async function readInstancePlace(timeoutMs: number): Promise<InstancePlace> {
  const base = endpoint();
  if (base === null) return NOWHERE;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' };
    const granted = await fetch(`${base}/latest/api/token`, { method: 'PUT', headers, signal });
    if (!granted.ok) return NOWHERE;
    const token = await granted.text();
    const read = (path: string) => readWords(`${base}/latest/meta-data/${path}`, token, signal);
    const [region, macs] = await Promise.all([read('placement/region'), read('network/interfaces/macs/')]);
    const networks = macs.map(async (mac) => {
      const about = `network/interfaces/macs/${mac.replace(/\/$/, '')}`;
      const [[subnetId], [vpcId]] = await Promise.all([read(`${about}/subnet-id`), read(`${about}/vpc-id`)]);
      return subnetId === undefined || vpcId === undefined ? [] : [{ subnetId, vpcId }];
    });
    return { region: region[0] ?? null, networks: (await Promise.all(networks)).flat() };
  } catch {
    return NOWHERE;
  }
}

/** Returns the address of the service, or null without one. The variables are those of the AWS SDK. */
function endpoint(): string | null {
  const { AWS_EC2_METADATA_DISABLED: disabled, AWS_EC2_METADATA_SERVICE_ENDPOINT: named } = process.env;
  if (disabled?.toLowerCase() === 'true') return null;
  if (named) return named.replace(/\/+$/, '');
  return isAmazonMachine() ? 'http://169.254.169.254' : null;
}

/** "Detect whether a host is an EC2 instance", EC2 user guide: the vendor on Nitro, the hypervisor's UUID on Xen. */
function isAmazonMachine(): boolean {
  const starts = (path: string, text: string) => {
    try {
      return readFileSync(path, 'utf8').toLowerCase().startsWith(text);
    } catch {
      return false;
    }
  };
  return starts('/sys/class/dmi/id/sys_vendor', 'amazon ec2') || starts('/sys/hypervisor/uuid', 'ec2');
}

/** Returns the lines of an answer. Empty when the service has none, or something else answers. */
async function readWords(url: string, token: string, signal: AbortSignal): Promise<string[]> {
  try {
    const answer = await fetch(url, { headers: { 'x-aws-ec2-metadata-token': token }, signal });
    const words = (await answer.text()).trim().split('\n');
    return answer.ok && words.every((word) => /^[\w:-]{1,64}\/?$/.test(word)) ? words : [];
  } catch {
    return [];
  }
}
