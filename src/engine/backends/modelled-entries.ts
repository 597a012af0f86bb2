import type { Entries } from '../core/entries.js';

/** The entries of engines without files: each operation calls `pass`, which takes the time that it should. */
export class ModelledEntries implements Entries {
  readonly #pass: () => void;

  constructor(pass: () => void) {
    this.#pass = pass;
  }

  enter(): void {}

  makeFile(): number {
    this.#pass();
    return 0;
  }

  closeFile(): void {
    this.#pass();
  }

  makeDirectory(): void {
    this.#pass();
  }

  status(): void {
    this.#pass();
  }

  rename(): void {
    this.#pass();
  }

  removeFile(): void {
    this.#pass();
  }

  removeDirectory(): void {
    this.#pass();
  }

  list(expected: number): number {
    this.#pass();
    return expected;
  }

  leave(): void {}
}
