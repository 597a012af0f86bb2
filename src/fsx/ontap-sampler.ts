/** Samples the counters of volumes while a run is measured: at the ends of trials, and every few seconds between them. */
import type { OntapSample } from '../record/ontap-record.js';
import type { OntapConnection } from './ontap-connection.js';
import { ontapCounters } from './ontap-counters.js';

/** ONTAP refreshes these counters every few seconds at most, and each request costs it something. */
const EVERY_MS = 5000;
/** After this many failures in a row, nothing more is asked. */
const MOST_FAILURES = 5;

export interface SampledVolume {
  readonly target: string;
  readonly uuid: string;
}

export class OntapSampler {
  readonly #connection: OntapConnection;
  readonly #volumes: readonly SampledVolume[];
  readonly #keep: (sample: OntapSample) => void;
  readonly #note: (text: string) => void;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | null = null;
  #isWanted = false;
  #failures = 0;

  /**
   * @param keep called with each sample. What it throws ends the sampling
   * @param note called once, with the reason why nothing more is sampled
   */
  constructor(
    connection: OntapConnection,
    volumes: readonly SampledVolume[],
    keep: (sample: OntapSample) => void,
    note: (text: string) => void,
  ) {
    this.#connection = connection;
    this.#volumes = volumes;
    this.#keep = keep;
    this.#note = note;
    this.#timer = setInterval(() => this.look(), EVERY_MS);
    this.look();
  }

  /** Takes a sample now, or as soon as the one under way has ended. Never throws. */
  look(): void {
    this.#isWanted = true;
    this.#running ??= this.#lookWhileWanted();
  }

  /** Takes the last sample. Ends when ONTAP has answered, or is given up. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.look();
    await this.#running;
  }

  /** Ends the sampling at once. The answer that is under way is not kept. */
  abandon(): void {
    clearInterval(this.#timer);
    this.#failures = MOST_FAILURES;
  }

  async #lookWhileWanted(): Promise<void> {
    while (this.#isWanted && this.#failures < MOST_FAILURES) {
      this.#isWanted = false;
      await Promise.all(this.#volumes.map(({ target, uuid }) => this.#sample(target, uuid)));
    }
    this.#running = null;
  }

  async #sample(target: string, uuid: string): Promise<void> {
    try {
      const sample = await ontapCounters(this.#connection, target, uuid);
      if (this.#failures >= MOST_FAILURES) return;
      this.#keep(sample);
      this.#failures = 0;
    } catch (thrown) {
      this.#failures++;
      if (this.#failures !== MOST_FAILURES) return;
      clearInterval(this.#timer);
      this.#note(`ONTAP's counters are not sampled any more: ${(thrown as Error).message}`);
    }
  }
}
