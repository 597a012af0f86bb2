/** What an NFS mount might have exchanged in a trial. */
import type { NfsCalls, NfsTraffic } from '../../src/record/nfs-traffic.js';

/** Calls that took 0.1 ms of queue, 2 ms of wire and server, and 0.1 ms more. */
export function makeCalls(calls: number, changes: Partial<NfsCalls> = {}): NfsCalls {
  const times = { queueNs: calls * 1e5, roundTripNs: calls * 2e6, executeNs: calls * 2.2e6 };
  const none = { retransmissions: 0, timeouts: 0, sentBytes: 0, receivedBytes: 0, errors: 0 };
  return { calls, ...none, ...times, ...changes };
}

export function makeTraffic(changes: Partial<NfsTraffic> = {}): NfsTraffic {
  return {
    bytes: {
      normalReadBytes: 0,
      normalWriteBytes: 0,
      directReadBytes: 0,
      directWriteBytes: 0,
      serverReadBytes: 0,
      serverWriteBytes: 0,
      pagesRead: 0,
      pagesWritten: 0,
    },
    calls: {},
    events: {},
    connections: {
      open: 1,
      reconnects: 0,
      sends: 0,
      receives: 0,
      badXids: 0,
      inFlightSum: 0,
      backlogSum: 0,
      maxSlots: 8,
    },
    ...changes,
  };
}

/** The server sent so many bytes. */
export function readTraffic(serverReadBytes: number): NfsTraffic {
  const traffic = makeTraffic();
  return { ...traffic, bytes: traffic.bytes && { ...traffic.bytes, serverReadBytes } };
}
