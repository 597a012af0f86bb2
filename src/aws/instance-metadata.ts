/**
 * What the instance metadata service of EC2 (IMDS) says about this machine. The service does not exist elsewhere, and
 * containers may not reach it, so each reading ends in time.
 * Source: "Use the Instance Metadata Service", EC2 user guide: version 2 asks for a token first.
 */

/** Where this machine is. null = it could not be learnt. */
export interface InstancePlace {
  readonly region: string | null;
  readonly availabilityZone: string | null;
  /** Of the first network interface. */
  readonly subnetId: string | null;
  readonly vpcId: string | null;
}

const NOWHERE: InstancePlace = { region: null, availabilityZone: null, subnetId: null, vpcId: null };

/** Returns where this machine is, as far as the service says it within `timeoutMs`. */
export async function readInstancePlace(timeoutMs: number): Promise<InstancePlace> {
  const base = endpoint();
  if (base === null) return NOWHERE;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const asked = await fetch(`${base}/latest/api/token`, {
      method: 'PUT',
      headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
      signal,
    });
    if (!asked.ok) return NOWHERE;
    const token = await asked.text();
    const read = (path: string) => readText(`${base}/latest/meta-data/${path}`, token, signal);
    const [region, availabilityZone, mac] = await Promise.all([
      read('placement/region'),
      read('placement/availability-zone'),
      read('mac'),
    ]);
    const ofInterface = (key: string) =>
      mac === null ? Promise.resolve(null) : read(`network/interfaces/macs/${mac}/${key}`);
    const [subnetId, vpcId] = await Promise.all([ofInterface('subnet-id'), ofInterface('vpc-id')]);
    return { region, availabilityZone, subnetId, vpcId };
  } catch {
    return NOWHERE;
  }
}

/** Returns the address of the service, or null when the user switched it off. The variables are those of the SDK. */
function endpoint(): string | null {
  const { AWS_EC2_METADATA_DISABLED: disabled, AWS_EC2_METADATA_SERVICE_ENDPOINT: named } = process.env;
  if (disabled?.toLowerCase() === 'true') return null;
  return (named || 'http://169.254.169.254').replace(/\/+$/, '');
}

/** Returns a short word, or null when the service has none or answers something else. */
async function readText(url: string, token: string, signal: AbortSignal): Promise<string | null> {
  try {
    const answer = await fetch(url, { headers: { 'x-aws-ec2-metadata-token': token }, signal });
    const text = (await answer.text()).trim();
    return answer.ok && /^[\w:-]{1,64}$/.test(text) ? text : null;
  } catch {
    return null;
  }
}
