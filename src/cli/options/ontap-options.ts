/** The options of commands that can ask the ONTAP REST API. */
import type { Command } from 'commander';
import type { OntapOptions } from '../../fsx/ontap-access.js';
import type { OntapConnection } from '../../fsx/ontap-connection.js';

/** Adds `--ontap` and the options that say how to connect. `what` is what the command asks for. */
export function addOntapOptions(command: Command, what: string): Command {
  return command
    .option('--ontap <url>', `management endpoint of ONTAP (https://management.fs-…), to ${what}`)
    .option('--ontap-fingerprint <sha256>', 'trust only the certificate with this fingerprint')
    .option('--ontap-ca <file>', 'trust only certificates that were signed by one of these (PEM)')
    .option('--ontap-insecure', 'send the password to a server whose certificate is not verified')
    .option('--ontap-secret <arn>', 'secret with the password (default: ONTAP_USERNAME and ONTAP_PASSWORD)');
}

/** What commands that measure ask for. */
export const WHAT_ONTAP_IS_ASKED = 'record the volume and the latency in the server';

/** A request to ONTAP beside a run takes no longer than this, ms. */
export const BESIDE_A_RUN_MS = 3000;

/**
 * Returns the connection that the options describe, or null without `--ontap`. Nothing is sent to ONTAP yet. Throws
 * `FeedrateError` for wrong options, a missing password and a secret that cannot be read.
 * @param timeoutMs for one request. Default: as long as a command may take that only asks
 */
export async function ontapFrom(options: OntapOptions, timeoutMs?: number): Promise<OntapConnection | null> {
  const { ontap, ontapFingerprint, ontapCa, ontapInsecure, ontapSecret } = options;
  const isAnyGiven = [ontap, ontapFingerprint, ontapCa, ontapInsecure, ontapSecret].some(
    (value) => value !== undefined,
  );
  if (!isAnyGiven) return null;
  const { ontapAccess } = await import('../../fsx/ontap-access.js');
  return ontapAccess(options, process.env, timeoutMs);
}
