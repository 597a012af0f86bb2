/**
 * Parses the `xprt:` lines of mountstats. See xs_tcp_print_stats in net/sunrpc/xprtsock.c, and xprtrdma/transport.c.
 */
import type { NfsConnections } from '../../record/nfs-traffic.js';
import { counters } from './signed-counter.js';

/** The counters of one connection. Null means that this transport or kernel has no such counter. */
export interface TransportCounters extends Omit<NfsConnections, 'open' | 'reconnects'> {
  readonly kind: string;
  readonly port: number | null;
  readonly binds: number;
  readonly connects: number | null;
  readonly idleSeconds: number | null;
  readonly sendingSum: number | null;
  readonly pendingSum: number | null;
}

/** The columns before `sends`. An AF_LOCAL socket has no port, and UDP has no connection. */
const COLUMNS_AHEAD: Readonly<Record<string, readonly string[]>> = {
  tcp: ['port', 'binds', 'connects', 'connectTime', 'idle'],
  rdma: ['port', 'binds', 'connects', 'connectTime', 'idle'],
  udp: ['port', 'binds'],
  local: ['binds', 'connects', 'connectTime', 'idle'],
};

/** Parses the text after `xprt:`. Returns null for an unknown transport or an incomplete line. */
export function parseTransport(text: string): TransportCounters | null {
  const kind = /^\S+/.exec(text)?.[0] ?? '';
  const ahead = COLUMNS_AHEAD[kind];
  if (ahead === undefined) return null;
  const values = counters(text.slice(kind.length));
  const named = (name: string): number | null => values[ahead.indexOf(name)] ?? null;
  const [sends, receives, badXids, inFlightSum, backlogSum, ...rest] = values.slice(ahead.length);
  if (sends === undefined || receives === undefined || badXids === undefined) return null;
  if (inFlightSum === undefined || backlogSum === undefined) return null;
  // The remaining columns of an rdma line count chunks and copies.
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
