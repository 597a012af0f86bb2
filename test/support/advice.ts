/** What the messages of a room advise, found in its sources. */
import { textsOf } from './message-texts.js';
import { sourceFilesBelow, withStrings } from './source.js';

const VERBS =
  'add|allow|apt-get|ask|begin|calibrate|change|check|choose|clean|close|compare|configure|copy|correct|create|delete|describe|enable|encode|end|export|find|fix|free|give|go|grant|have|increase|install|keep|leave|list|look|lower|make|measure|merge|mount|move|name|narrow|open|pass|pipe|prepare|print|provision|put|quote|raise|read|record|reduce|reinstall|remount|remove|rename|renew|repeat|replace|request|restart|restore|run|save|see|separate|set|shorten|split|spread|start|stop|test|treat|try|unmount|unset|update|use|wait|write';

export interface FoundAdvice {
  /** From the repository's root. */
  readonly path: string;
  /** From its verb to the end of the clause. What a template inserts is the word INSERTED. */
  readonly advice: string;
}

/**
 * Returns the advice in a room, each once a file: an imperative that follows `;`, `:`, a comma or `or`, up to the end of
 * the clause. Tables of remedies begin with the imperative; in `cli`, such a text is the help of an option.
 */
export function adviceIn(room: string): FoundAdvice[] {
  const start = room === 'cli' ? '' : '^|';
  const pattern = new RegExp(`(?:${start}[;:,] |\\bor )((?:${VERBS})\\b [^;\\n]+)`, 'g');
  return sourceFilesBelow(`src/${room}`).flatMap(({ path, text }) => {
    const messages = textsOf(withStrings(text)).filter((message) => message.length <= 400);
    const found = messages.flatMap((message) => [...message.matchAll(pattern)].map(([, advice = '']) => advice.trim()));
    return [...new Set(found)].map((advice) => ({ path, advice }));
  });
}
