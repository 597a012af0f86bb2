/** The limit of one TCP flow between EC2 instances, and the mounts that it applies to. */
import type { NfsMount } from '../record/nfs-mount.js';
import type { ServerPlace } from './host-facts.js';

/** AWS limit of one flow between instances outside a placement group. */
export const ONE_FLOW_BYTES_PER_SECOND = 625e6;

export const ONE_FLOW_REASON = 'one TCP connection between EC2 instances is limited to 5 Gbit/s';

/**
 * Returns whether a mount's data passes TCP connections to the server itself. A connection to a tunnel on this machine is
 * no such flow, and neither are RDMA, UDP and Amazon EFS, which is no instance.
 */
export function passesTcpFlow(server: ServerPlace, { options, service }: NfsMount): boolean {
  const { transport } = options;
  return server === 'another machine' && service !== 'efs' && (transport === 'tcp' || transport === 'tcp6');
}
