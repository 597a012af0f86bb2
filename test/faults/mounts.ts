/** File systems for the target and the results of a scene, which faults then take away. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { skipTest } from '../support/skip.js';

const SIZE_BYTES = 48 * 2 ** 20;

/** Runs a tool. Throws with its first line when it fails. */
export function tool(command: string, ...words: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, words, { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  throw new Error(`${[command, ...words].join(' ')}: ${error?.message ?? stderr.trim().split('\n')[0]}`);
}

/** A small file system at a directory. A second mount of it stays, whatever happens to the first one. */
export class MountedPlace {
  readonly path: string;
  /** The second mount. */
  readonly view: string;
  #device: string | null = null;

  /** @param beside an existing directory for the second mount and for the file system's image */
  constructor(path: string, type: 'tmpfs' | 'ext4', beside: string) {
    if (process.geteuid?.() !== 0) skipTest('mounting a file system needs root');
    this.path = path;
    this.view = join(beside, 'views', basename(path));
    try {
      this.#mount(type, beside);
    } catch (thrown) {
      this.remove();
      skipTest(`this machine lets no test mount: ${(thrown as Error).message}`);
    }
  }

  #mount(type: 'tmpfs' | 'ext4', beside: string): void {
    const { path } = this;
    mkdirSync(this.view, { recursive: true });
    rmSync(path, { recursive: true });
    mkdirSync(path);
    if (type === 'tmpfs') tool('mount', '-t', 'tmpfs', '-o', `size=${SIZE_BYTES}`, 'feedrate-faults', path);
    else {
      const image = join(beside, `${basename(path)}.image`);
      writeFileSync(image, '');
      truncateSync(image, SIZE_BYTES);
      this.#device = tool('losetup', '--find', '--show', image);
      tool('mkfs.ext4', '-q', '-E', 'lazy_itable_init=0', this.#device);
      tool('mount', this.#device, path);
      rmSync(join(path, 'lost+found'), { recursive: true });
    }
    tool('mount', '--bind', path, this.view);
  }

  /** Takes the file system away, although it is in use. */
  detach(): void {
    tool('umount', '-l', this.path);
  }

  /** Puts it back. Returns what was made in the bare directory meanwhile. */
  attach(): string[] {
    const made = readdirSync(this.path).map((name) => `made below the bare mount point: ${name}`);
    tool('mount', '--bind', this.view, this.path);
    return made;
  }

  /** Refused by the kernel while a file is open for writing; tried until it works or the run is over. */
  async makeReadOnly(isOver: () => boolean): Promise<boolean> {
    while (!isOver()) {
      if (spawnSync('mount', ['-o', 'remount,ro', this.path]).status === 0) return true;
      await wait(1);
    }
    return false;
  }

  makeWritable(): void {
    tool('mount', '-o', 'remount,rw', this.path);
  }

  freeze(): void {
    tool('fsfreeze', '--freeze', this.view);
  }

  thaw(): void {
    tool('fsfreeze', '--unfreeze', this.view);
  }

  /** Takes everything apart, whatever state it is in. */
  remove(): void {
    spawnSync('fsfreeze', ['--unfreeze', this.view]);
    for (const path of [this.path, this.view]) while (spawnSync('umount', ['-l', path]).status === 0);
    if (this.#device !== null) spawnSync('losetup', ['--detach', this.#device]);
  }
}
