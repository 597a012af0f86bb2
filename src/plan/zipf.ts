import type { Prng } from '../base/prng.js';

/**
 * Draws ranks 0 … count-1 with probability ∝ 1 / (rank + 1)^theta. The distribution is exact and needs no tables.
 * Method: W. Hörmann, G. Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions",
 * ACM TOMACS 6 (1996). fio approximates this distribution and caps its sum at 10 million ranks.
 */
export class ZipfRanks {
  readonly #count: number;
  readonly #theta: number;
  readonly #oneMinusTheta: number;
  readonly #exponent: number;
  /** Bounds of the area below the hat function. */
  readonly #areaFirst: number;
  readonly #areaLast: number;
  /** A rank at most this far above the inverse is accepted without evaluating the density. */
  readonly #squeeze: number;

  /** @param theta above 0 and not 1 */
  constructor(count: number, theta: number) {
    this.#count = count;
    this.#theta = theta;
    this.#oneMinusTheta = 1 - theta;
    this.#exponent = 1 / (1 - theta);
    this.#areaFirst = this.#area(1.5) - 1;
    this.#areaLast = this.#area(count + 0.5);
    this.#squeeze = 2 - this.#inverseArea(this.#area(2.5) - this.#density(2));
  }

  draw(prng: Prng): number {
    for (;;) {
      const area = this.#areaLast + prng.nextFloat() * (this.#areaFirst - this.#areaLast);
      const x = this.#inverseArea(area);
      const k = Math.max(1, Math.min(this.#count, Math.floor(x + 0.5)));
      if (k - x <= this.#squeeze || area >= this.#area(k + 0.5) - this.#density(k)) return k - 1;
    }
  }

  #density(x: number): number {
    return Math.exp(-this.#theta * Math.log(x));
  }

  /** Returns the integral of the density from 1 to x. */
  #area(x: number): number {
    return Math.expm1(this.#oneMinusTheta * Math.log(x)) * this.#exponent;
  }

  #inverseArea(area: number): number {
    return Math.exp(Math.log1p(area * this.#oneMinusTheta) * this.#exponent);
  }
}
