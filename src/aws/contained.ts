/**
 * Keeps what the SDK does for a call inside the call. It asks for credentials by requests of its own, which it neither ends
 * nor lets others end: the endpoint of a container that hangs would keep the process alive for ever.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const inside = new AsyncLocalStorage<true>();
let isWatching = false;

/** Runs `send`. Its sockets do not keep the process alive, so the caller must. */
export function contained<Answer>(send: () => Promise<Answer>): Promise<Answer> {
  if (!isWatching) {
    isWatching = true;
    subscribe('net.client.socket', (message) => {
      if (inside.getStore()) (message as { readonly socket: Socket }).socket.unref();
    });
  }
  return inside.run(true, send);
}
