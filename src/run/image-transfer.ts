/** Sends the image of an index to another process, in parts: one long message would be copied several times. */

/** A part of an image. The parts of one image come in order, after a message that gives its length. */
export interface ImagePart {
  readonly type: 'part';
  /** Which of several images. */
  readonly image: number;
  readonly part: Uint8Array;
}

const PART_BYTES = 4 * 2 ** 20;

/** Sends an image. `send` resolves when a message was sent, so that parts do not wait in memory. */
export async function sendImage(
  image: Uint8Array,
  number: number,
  send: (part: ImagePart) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < image.length; at += PART_BYTES)
    await send({ type: 'part', image: number, part: image.subarray(at, at + PART_BYTES) });
}

/** Puts images together again. */
export class ReceivedImages {
  /** Resolves when all are complete. */
  readonly complete: Promise<readonly SharedArrayBuffer[]>;
  readonly #images: readonly Uint8Array<SharedArrayBuffer>[];
  readonly #done: number[];
  #left: number;
  #end: () => void = () => {};

  /** @param bytes the lengths of the images */
  constructor(bytes: readonly number[]) {
    this.#images = bytes.map((length) => new Uint8Array(new SharedArrayBuffer(length)));
    this.#done = bytes.map(() => 0);
    this.#left = bytes.reduce((sum, length) => sum + length, 0);
    this.complete = new Promise((resolve) => {
      this.#end = () => resolve(this.#images.map(({ buffer }) => buffer));
    });
    if (this.#left === 0) this.#end();
  }

  take({ image, part }: ImagePart): void {
    const at = this.#done[image] as number;
    this.#images[image]?.set(part, at);
    this.#done[image] = at + part.length;
    this.#left -= part.length;
    if (this.#left === 0) this.#end();
  }
}
