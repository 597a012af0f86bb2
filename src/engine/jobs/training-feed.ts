import { type Assignment, LoaderRule, type LoaderSettings } from '../../training/loader-rule.js';
import { END_OF_EPOCH, END_OF_TRAINING, LIST_DATASET, type ReadyBatch, type TrainingBoard } from './training-board.js';

/** A task that a worker was given. */
interface Given {
  readonly task: number;
  readonly worker: number;
  /** Counts what the worker was given. */
  readonly place: number;
}

/** A batch that may be handed over. */
export interface Offer {
  readonly given: Given;
  readonly batch: ReadyBatch;
}

export interface FeedSettings extends LoaderSettings {
  /** The first of the workers of this loader. */
  readonly firstLoader: number;
  /** Whether a batch is only made when it is asked for, because the training process makes it itself. */
  readonly onDemand: boolean;
  /** Whether times are simulated: which of several batches was ready first then only shows when all of them are. */
  readonly isVirtual: boolean;
}

/** One accelerator's loader: gives its workers tasks by the DataLoader's rule, and hands their batches over. */
export class TrainingFeed {
  readonly #board: TrainingBoard;
  readonly #settings: FeedSettings;
  readonly #places: number[];
  /** Tasks that are not handed over, in their order. */
  #given: Given[] = [];
  /** Without a prefetch: the task that is given when a batch is asked for. */
  #asked: Assignment | null = null;
  #rule: LoaderRule;

  constructor(board: TrainingBoard, settings: FeedSettings) {
    this.#board = board;
    this.#settings = settings;
    this.#places = new Array<number>(settings.workers).fill(0);
    this.#rule = new LoaderRule(0, settings);
  }

  /** Lets the first worker list the dataset, as a training process does before it starts workers. */
  list(atNs: number): void {
    this.#give(LIST_DATASET, 0, atNs);
    this.#board.announce();
  }

  /** Begins an epoch, and gives workers their first tasks. */
  begin(batches: number | readonly number[], atNs: number): void {
    this.#rule = new LoaderRule(batches, this.#settings);
    this.#given = [];
    this.#asked = null;
    for (const assignment of this.#rule.prime()) this.#plan(assignment, atNs);
    this.#board.announce();
  }

  /** Whether the epoch has another batch. */
  get hasNext(): boolean {
    return this.#rule.expected !== null;
  }

  /** Asks for the next batch. The workers learn of it by the board's `announce`. */
  ask(atNs: number): void {
    if (this.#asked !== null) this.#give(this.#asked.task, this.#asked.worker, atNs);
    this.#asked = null;
  }

  /** Returns the batch that is handed over next; null while it is not ready. */
  offer(): Offer | null {
    if (this.#settings.inOrder) return this.#offerOf(this.#given[0] as Given);
    // A worker makes its batches in their order, so only its first one counts.
    const firsts = this.#given.filter(
      ({ worker }, at) => this.#given.findIndex((each) => each.worker === worker) === at,
    );
    const offers = firsts.map((given) => this.#offerOf(given));
    if (this.#settings.isVirtual && offers.includes(null)) return null;
    return offers.reduce((a, b) => (a === null || (b !== null && b.batch.readyNs < a.batch.readyNs) ? b : a), null);
  }

  /** Hands a batch over, for which another task is given to the workers. They learn of it by the board's `announce`. */
  handOver({ given }: Offer, atNs: number): void {
    this.#given.splice(this.#given.indexOf(given), 1);
    const next = this.#rule.handOver(given.worker);
    if (next !== null) this.#plan(next, atNs);
  }

  /** Tells the workers that the epoch is over. */
  end(atNs: number): void {
    for (let worker = 0; worker < this.#places.length; worker++) this.#give(END_OF_EPOCH, worker, atNs);
    this.#board.announce();
  }

  /** Returns when the last worker had done all that it was given, ns; null while one has not. */
  doneNs(): number | null {
    let lastNs = 0;
    for (const [worker, places] of this.#places.entries()) {
      if (places === 0) continue;
      const loader = this.#settings.firstLoader + worker;
      if (!this.#board.isDone(loader, places - 1)) return null;
      lastNs = Math.max(lastNs, this.#board.batchAt(loader, places - 1).readyNs);
    }
    return lastNs;
  }

  /** Lets the workers go. */
  close(atNs: number): void {
    for (let worker = 0; worker < this.#places.length; worker++) this.#give(END_OF_TRAINING, worker, atNs);
    this.#board.announce();
  }

  #offerOf(given: Given): Offer | null {
    const loader = this.#settings.firstLoader + given.worker;
    return this.#board.isDone(loader, given.place) ? { given, batch: this.#board.batchAt(loader, given.place) } : null;
  }

  #plan(assignment: Assignment, atNs: number): void {
    if (this.#settings.onDemand) this.#asked = assignment;
    else this.#give(assignment.task, assignment.worker, atNs);
  }

  #give(task: number, worker: number, atNs: number): void {
    const place = this.#places[worker] as number;
    this.#places[worker] = place + 1;
    if (task >= 0) this.#given.push({ task, worker, place });
    this.#board.deal(this.#settings.firstLoader + worker, place, task, atNs);
  }
}
