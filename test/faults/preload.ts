/** Builds `preload.c` and says what it counted. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository.js';
import { needTool, skipTest } from '../support/skip.js';

/** Whose calls are counted: of the process of the command, of the processes that measure, or of all of them together. */
export const ROLES = ['coordinator', 'session', 'both'] as const;
export type Role = (typeof ROLES)[number];

/** Compiles the library into a directory and returns its path. Skips the test where that does not work. */
export function buildPreload(directory: string): string {
  needTool('cc');
  const library = join(directory, 'preload.so');
  const source = join(repositoryRoot, 'test', 'faults', 'preload.c');
  const flags = ['-std=gnu17', '-O1', '-shared', '-fPIC', '-o', library, source, '-ldl'];
  const { status, stderr, error } = spawnSync('cc', flags, { encoding: 'utf8' });
  if (status !== 0) skipTest(`cc cannot build preload.c: ${error?.message ?? stderr.trim().split('\n')[0]}`, 'tool');
  return library;
}

/** The memory that the processes of one command share: `struct state` of preload.c, 32-bit numbers. */
export class PreloadState {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    this.reset();
  }

  /** Begins to count anew, when no process has this memory. */
  reset(): void {
    writeFileSync(this.path, Buffer.alloc(4 * (ROLES.length + 2)));
  }

  #at(index: number): number {
    return readFileSync(this.path).readUInt32LE(4 * index);
  }

  /** Calls so far by which processes of this role changed something. */
  countOf(role: Role): number {
    return this.#at(ROLES.indexOf(role));
  }

  /** Whether the kill has happened. */
  get fired(): boolean {
    return this.#at(ROLES.length) !== 0;
  }

  /** Whether the command has begun to read the workload. */
  get begun(): boolean {
    return this.#at(ROLES.length + 1) !== 0;
  }
}

/** A counted call, as FAULTS_LOG tells it. */
export interface Call {
  readonly role: Exclude<Role, 'both'>;
  /** Its number among the calls of this role, and among all. From 1. */
  readonly at: number;
  readonly atOfAll: number;
  /** Name and path. */
  readonly text: string;
}

export function callsIn(log: string): Call[] {
  return [...readFileSync(log, 'utf8').matchAll(/^(coordinator|session) (\d+) (\d+) (.*)$/gm)].map(
    ([, role, at, atOfAll, text = '']) => ({
      role: role as Call['role'],
      at: Number(at),
      atOfAll: Number(atOfAll),
      text,
    }),
  );
}
