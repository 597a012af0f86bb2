/** The `xprt:` lines of mountstats: xs_tcp_print_stats and its like in net/sunrpc/xprtsock.c and xprtrdma/transport.c. */
import type { NfsConnections } from '../../record/nfs-traffic.js';
import { counters } from './signed-counter.js';

/** One connection. null = this transport or kernel has none. */
export interface TransportCounters extends Omit<NfsConnections, 'open' | 'reconnects'> {
  readonly kind: string;
  readonly port: number | null;
  readonly binds: number;
  readonly connects: number | null;
  readonly idleSeconds: number | null;
  readonly sendingSum: number | null;
  readonly pendingSum: number | null;
}

/** The columns ahead of sends. An AF_LOCAL socket has no port, UDP no connection. */
const COLUMNS_AHEAD: Readonly<Record<string, readonly string[]>> = {
  tcp: ['port', 'binds', 'connects', 'connectTime', 'idle'],
  rdma: ['port', 'binds', 'connects', 'connectTime', 'idle'],
  udp: ['port', 'binds'],
  local: ['binds', 'connects', 'connectTime', 'idle'],
};

/** What follows `xprt:`; null for a transport that is not known here, or a line that is cut off. */
export function parseTransport(text: string): TransportCounters | null {
  const kind = /^\S+/.exec(text)?.[0] ?? '';
  const ahead = COLUMNS_AHEAD[kind];
  if (ahead === undefined) return null;
  const values = counters(text.slice(kind.length));
  const named = (name: string): number | null => values[ahead.indexOf(name)] ?? null;
  const [sends, receives, badXids, inFlightSum, backlogSum, ...rest] = values.slice(ahead.length);
  if (sends === undefined || receives === undefined || badXids === undefined) return null;
  if (inFlightSum === undefined || backlogSum === undefined) return null;
  // What follows in an rdma line counts chunks and copies.
  const [maxSlots, sendingSum, pendingSum] = kind === 'rdma' ? [] : rest;
  return {
    kind,
    port: named('port'),
    binds: named('binds') ?? 0,
    connects: named('connects'),
    idleSeconds: named('idle'),
    sends,
    receives,
    badXids,
    inFlightSum,
    backlogSum,
    maxSlots: maxSlots ?? null,
    sendingSum: sendingSum ?? null,
    pendingSum: pendingSum ?? null,
  };
}
