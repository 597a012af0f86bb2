/** Follows the state of the server: by server-sent events, or by asking again and again where a proxy holds them back. */
import type { ServedState } from '../page/served.js';

/** A proxy that waits for the end of an answer before it passes it on would never pass on events. */
const PATIENCE_MS = 2500;
const ASK_EVERY_MS = 400;
/** In a tab that nobody sees. */
const ASK_HIDDEN_MS = 5000;

export interface StateWatcher {
  /** Called with each new state. */
  show(state: ServedState): void;
  /** Called when the server does not answer, with the reason, and with null when it does again. */
  lost(why: string | null): void;
}

const NO_ANSWER = 'The server does not answer. Trying again …';

/** Follows the state until the page is left. */
export function followState(watcher: StateWatcher): void {
  const events = new EventSource('./events');
  let hasHeard = false;
  const fallBack = (): void => {
    events.close();
    void ask(watcher, '');
  };
  const patience = setTimeout(() => {
    if (!hasHeard) fallBack();
  }, PATIENCE_MS);
  events.onmessage = ({ data }: MessageEvent<string>) => {
    hasHeard = true;
    clearTimeout(patience);
    watcher.lost(null);
    watcher.show(JSON.parse(data) as ServedState);
  };
  events.onerror = () => {
    // A stream that has worked is opened again by the browser.
    if (hasHeard && events.readyState !== EventSource.CLOSED) watcher.lost(NO_ANSWER);
    else if (events.readyState === EventSource.CLOSED) {
      clearTimeout(patience);
      fallBack();
    }
  };
}

async function ask(watcher: StateWatcher, before: string): Promise<void> {
  let text = before;
  try {
    const response = await fetch('./state.json');
    if (response.ok) {
      text = await response.text();
      watcher.lost(null);
      if (text !== before) watcher.show(JSON.parse(text) as ServedState);
    } else watcher.lost(refusal(response.status));
  } catch {
    watcher.lost(NO_ANSWER);
  }
  setTimeout(() => void ask(watcher, text), document.hidden ? ASK_HIDDEN_MS : ASK_EVERY_MS);
}

/** Returns why the server refuses. */
export function refusal(status: number): string {
  return status === 403
    ? 'The server was started anew. Open the address that it printed.'
    : 'The list cannot be read. To see why, use feedrate list.';
}
