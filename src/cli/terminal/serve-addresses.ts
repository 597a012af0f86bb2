/** The addresses at which a server of runs is seen. */
import { isIPv6 } from 'node:net';
import { readText } from '../../host/system/cgroup.js';
import { jupyterProxy, SAGEMAKER_METADATA } from '../../notebook/proxy-address.js';

/** The parameter is not `token`, which Jupyter takes for its own. */
export const KEY_PARAMETER = 'key';

/** Returns the address for stdout, and lines for stderr. */
export function addressLines(
  host: string,
  port: number,
  key: string,
  results: string,
): { readonly address: string; readonly notes: readonly string[] } {
  const words = `?${KEY_PARAMETER}=${key}`;
  const proxy = jupyterProxy(process.env, readText(SAGEMAKER_METADATA), port, words);
  const shown = isAny(host) ? '127.0.0.1' : isIPv6(host) ? `[${host}]` : host;
  return {
    address: `http://${shown}:${port}/${words}`,
    notes: [
      ...(proxy === null ? [] : [proxy.line]),
      ...(isLoopback(host)
        ? []
        : [
            `Warning: other machines can reach ${host}, and the connection is not encrypted. Anyone who reads it sees the key.`,
          ]),
      `Showing the runs in ${results}. Press Ctrl-C to stop.`,
    ],
  };
}

/** Returns the host names, and the ends of host names, that a proxy of Jupyter on this machine passes on. */
export function proxiedHosts(): { readonly names: readonly string[]; readonly suffixes: readonly string[] } {
  return jupyterProxy(process.env, readText(SAGEMAKER_METADATA), 0, '') ?? { names: [], suffixes: [] };
}

/** Whether the server listens on every address of the machine. */
export function isAny(host: string): boolean {
  return ['0.0.0.0', '::', ''].includes(host);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
