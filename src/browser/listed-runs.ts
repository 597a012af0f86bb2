/** The list of runs: filtered, sorted, and two of them chosen for a comparison. */
import {
  filteredRuns,
  type RunFilter,
  type RunOrder,
  type ServedList,
  type ServedRun,
  type ServedState,
  sortedRuns,
} from '../page/served.js';
import { addressOf, byId, element, link, setText } from './elements.js';
import { LiveBoard } from './live-board.js';
import { followState, refusal } from './live-source.js';
import { runRow } from './run-table.js';

/** Rows that are shown at once, because a page with thousands is slow. */
const ROWS = 200;
const FILTERS = ['text', 'workload', 'target', 'since', 'until'] as const;

export class ListedRuns {
  readonly #message = byId('message');
  readonly #order = byId<HTMLSelectElement>('order');
  readonly #views = new Map<string, LiveBoard>();
  #runs: readonly ServedRun[] = [];
  #version = -1;
  #rows = ROWS;
  /** The ids of the chosen runs, at most two, the one that was chosen last at the end. */
  #chosen: string[] = [];

  start(): void {
    const asked = new URLSearchParams(location.search);
    for (const name of [...FILTERS, 'order'] as const) this.#ask(name, asked.get(name) ?? '');
    const form = byId<HTMLFormElement>('filters');
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('input', () => {
      this.#rows = ROWS;
      this.#draw();
    });
    byId('more').addEventListener('click', () => {
      this.#rows += ROWS;
      this.#draw();
    });
    followState({ show: (state) => void this.#follow(state), lost: (why) => this.#say(why ?? '') });
  }

  /** A choice that the list has not offered yet is kept as one. */
  #ask(name: (typeof FILTERS)[number] | 'order', value: string): void {
    const field = byId<HTMLInputElement | HTMLSelectElement>(name);
    if (value === '') return;
    if (field instanceof HTMLSelectElement && name !== 'order') field.append(optionOf(value));
    field.value = value;
    // No such order.
    if (field.value === '' && field instanceof HTMLSelectElement) field.selectedIndex = 0;
  }

  async #follow({ listVersion, live }: ServedState): Promise<void> {
    this.#drawLive(live);
    if (listVersion === this.#version) return;
    const response = await fetch('./runs.json').catch(() => null);
    if (response?.ok !== true) {
      if (response !== null) this.#say(refusal(response.status));
      return;
    }
    this.#version = listVersion;
    this.#runs = ((await response.json()) as ServedList).runs;
    offer(
      byId<HTMLSelectElement>('workload'),
      this.#runs.flatMap(({ workload }) => workload ?? []),
    );
    offer(
      byId<HTMLSelectElement>('target'),
      this.#runs.flatMap(({ targets }) => targets.map(({ path }) => path)),
    );
    this.#draw();
  }

  #drawLive(live: ServedState['live']): void {
    byId('live').hidden = live.length === 0;
    for (const [id, { element: gone }] of this.#views)
      if (!live.some((run) => run.id === id)) {
        gone.closest('article')?.remove();
        this.#views.delete(id);
      }
    for (const run of live) {
      let view = this.#views.get(run.id);
      if (view === undefined) {
        view = new LiveBoard();
        this.#views.set(run.id, view);
        const heading = element('h3', '', '', link(run.id, 'live', { id: run.id }));
        byId('live-runs').append(element('article', '', '', heading, view.element));
      }
      view.show(run);
    }
  }

  #draw(): void {
    const filter = this.#filter();
    const shown = sortedRuns(filteredRuns(this.#runs, filter), this.#order.value as RunOrder);
    this.#chosen = this.#chosen.filter((id) => this.#runs.some((run) => run.id === id));
    const rows = shown.slice(0, this.#rows);
    byId('runs').replaceChildren(
      ...rows.map((run) => runRow(run, this.#chosen.includes(run.id), (isChosen) => this.#choose(run, isChosen))),
    );
    byId('more').hidden = rows.length === shown.length;
    const all = this.#runs.length;
    setText(byId('count'), shown.length === all ? countText(all) : `${shown.length} of ${countText(all)}`);
    this.#drawActions(filter);
    this.#remember(filter);
    if (all === 0) this.#say('There are no runs yet. Start one with: feedrate run quick');
  }

  #drawActions({ workload }: RunFilter): void {
    const compare = byId<HTMLAnchorElement>('compare');
    const [base, other] = this.#oldestFirst();
    compare.hidden = base === undefined || other === undefined;
    byId('compare-hint').hidden = !compare.hidden || this.#runs.length < 2;
    if (base !== undefined && other !== undefined) {
      setText(compare, `Compare ${other.shortName} with ${base.shortName}`);
      compare.setAttribute('href', addressOf('compare', { base: base.id, run: other.id }));
    }
    const history = byId<HTMLAnchorElement>('history');
    history.hidden = workload === '';
    history.setAttribute('href', addressOf('history', { workload }));
  }

  #oldestFirst(): ServedRun[] {
    return sortedRuns(
      this.#runs.filter(({ id }) => this.#chosen.includes(id)),
      'oldest',
    );
  }

  #choose({ id }: ServedRun, isChosen: boolean): void {
    this.#chosen = this.#chosen.filter((other) => other !== id);
    if (isChosen) this.#chosen.push(id);
    const dropped = this.#chosen.length > 2 ? this.#chosen.shift() : undefined;
    for (const box of document.querySelectorAll<HTMLInputElement>('#runs input'))
      if (box.value === dropped) box.checked = false;
    this.#drawActions(this.#filter());
  }

  #filter(): RunFilter {
    const [text = '', workload = '', target = '', since = '', until = ''] = FILTERS.map(
      (name) => byId<HTMLInputElement>(name).value,
    );
    return { text, workload, target, since, until };
  }

  /** The address keeps the filter, so that it is there again after a look at a run. */
  #remember(filter: RunFilter): void {
    const order = this.#order.value === 'newest' ? {} : { order: this.#order.value };
    const asked = Object.entries({ ...filter, ...order }).filter(([, value]) => value !== '');
    history.replaceState(null, '', addressOf('', Object.fromEntries(asked)));
  }

  #say(text: string): void {
    setText(this.#message, text);
    this.#message.hidden = text === '';
  }
}

function countText(count: number): string {
  return count === 1 ? '1 run' : `${count} runs`;
}

function optionOf(value: string): HTMLOptionElement {
  const option = element('option', '', value);
  option.value = value;
  return option;
}

/** Offers the values, and keeps the chosen one. */
function offer(field: HTMLSelectElement, values: readonly string[]): void {
  const chosen = field.value;
  const [all] = field.options;
  const sorted = [...new Set(values)].sort();
  const known = chosen === '' || sorted.includes(chosen) ? sorted : [...sorted, chosen];
  field.replaceChildren(...(all === undefined ? [] : [all]), ...known.map(optionOf));
  field.value = chosen;
}
