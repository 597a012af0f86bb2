/** The page that follows one run. */
import type { ServedList, ServedState } from '../page/served.js';
import { addressOf, byId, setText } from './elements.js';
import { LiveBoard } from './live-board.js';
import { followState } from './live-source.js';

export class LivePage {
  readonly #view = new LiveBoard();
  readonly #id = document.querySelector('main')?.dataset['run'] ?? '';
  readonly #message = byId('message');
  readonly #doing = byId('doing');

  start(): void {
    byId('report').setAttribute('href', addressOf('run', { id: this.#id }));
    byId('live-run').append(this.#view.element);
    followState({ show: (state) => void this.#show(state), lost: (why) => this.#say(why ?? '') });
  }

  async #show({ live }: ServedState): Promise<void> {
    const run = live.find(({ id }) => id === this.#id);
    this.#view.element.hidden = run === undefined;
    if (run !== undefined) {
      this.#view.show(run);
      setText(this.#doing, 'Running');
      return;
    }
    const response = await fetch('./runs.json').catch(() => null);
    const list = response?.ok === true ? ((await response.json()) as ServedList) : null;
    const status = list?.runs.find(({ id }) => id === this.#id)?.status ?? 'gone';
    setText(this.#doing, `The run has ended: ${status}.`);
    setText(byId('report'), 'Report');
  }

  #say(text: string): void {
    setText(this.#message, text);
    this.#message.hidden = text === '';
  }
}
