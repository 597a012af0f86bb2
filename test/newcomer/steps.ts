/**
 * What somebody does with feedrate in the first hour, from an empty directory: `newcomer.ts` plays it on an installed
 * package in full, and `house/package` in small.
 */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { SUBCOMMANDS } from '../../src/cli/program.js';
import type { Outcome } from '../support/feedrate-cli.js';

/** Calls the installed feedrate in the working directory of the newcomer. */
export type Call = (...words: string[]) => Outcome | Promise<Outcome>;

export interface Step {
  readonly name: string;
  /** Whether the short form leaves it out, because other tests of the suite play it. */
  readonly isLong?: boolean;
  readonly play: (feedrate: Call, directory: string) => Promise<void>;
}

const ODD_FILES = 200;

/** Calls feedrate and expects this status. Returns what it printed on stdout. */
async function expectStatus(feedrate: Call, status: number, ...words: string[]): Promise<string> {
  const outcome = await feedrate(...words);
  assert.is(outcome.status, status, `feedrate ${words.join(' ')}\n${outcome.stdout}${outcome.stderr}`);
  return outcome.stdout;
}

/** Fills a directory with files that a training's data might be, and with what else lies in such directories. */
function fillOddly(directory: string): void {
  mkdirSync(join(directory, 'a folder', 'deeper'), { recursive: true });
  const odd = ['with space', 'täglich', '画像', "it's", 'new\nline', '-dash', '%41', '$HOME', 'a;b', '.hidden'];
  for (let index = 0; index < ODD_FILES; index++) {
    const folder = ['', 'a folder', 'a folder/deeper'][index % 3] as string;
    const bytes = index % 20 === 0 ? 0 : (index * 7919) % 60_000;
    writeFileSync(join(directory, folder, `${odd[index % odd.length]} ${index}.jpeg`), Buffer.alloc(bytes, index));
  }
  writeFileSync(Buffer.from(`${directory}/not utf-8 \xff.jpeg`, 'latin1'), 'x'.repeat(5000));
  writeFileSync(join(directory, 'unreadable.jpeg'), 'x'.repeat(5000));
  chmodSync(join(directory, 'unreadable.jpeg'), 0);
  symlinkSync('..', join(directory, 'a folder', 'loop'));
}

/** How a gate passes: with how many sessions, and which options. */
export interface Gating {
  readonly sessions: number;
  readonly options: readonly string[];
}

/**
 * @param small options that make the run of an installed workload short
 * @param reading options that make reading a directory short
 * @param makeDirectory makes a directory that the newcomer may write to
 */
export function newcomerSteps(
  small: readonly string[],
  reading: readonly string[],
  { sessions, options }: Gating,
  makeDirectory: (path: string) => void,
): Step[] {
  const job = ['--rw', 'randread', '--bs', '4k,16k', '--size', '1M', '--cache', 'as-is'];
  return [
    {
      name: 'a workload is printed, one is written, and both are files that run',
      isLong: true,
      async play(feedrate, directory) {
        writeFileSync(join(directory, 'mine.yaml'), await expectStatus(feedrate, 0, 'workloads', 'quick'));
        assert.match(await expectStatus(feedrate, 0, 'run', 'mine.yaml', '--dry-run'), /^quick: 5 arms/);
        await expectStatus(feedrate, 0, 'init');
        await expectStatus(feedrate, 0, 'run', 'workload.yaml', '--dry-run');
      },
    },
    {
      name: 'the workloads are listed, and quick runs',
      async play(feedrate, directory) {
        assert.match(await expectStatus(feedrate, 0, 'workloads'), /^quick +\S+ \S+ +\S+ s +A first look/m);
        makeDirectory(join(directory, 'target'));
        const report = await expectStatus(feedrate, 0, 'run', 'quick', '-t', 'target', ...small);
        for (const name of ['cold-read', 'warm-read', 'random-read', 'write', 'checkpoint']) assert.match(report, name);
      },
    },
    {
      name: 'a directory of odd files is read',
      async play(feedrate, directory) {
        const files = join(directory, 'odd');
        mkdirSync(files);
        fillOddly(files);
        // A build that does not have the command yet cannot be asked.
        if (SUBCOMMANDS.some(({ name }) => name === 'read'))
          await expectStatus(feedrate, 0, 'read', 'odd', '--runtime', '2s', ...reading);
      },
    },
    {
      name: 'two directories are compared',
      async play(feedrate, directory) {
        for (const name of ['one', 'two']) makeDirectory(join(directory, name));
        await expectStatus(feedrate, 0, 'run', ...job, '-t', 'one', '-t', 'two', '--set', 'trials.rounds=1');
        assert.match(await expectStatus(feedrate, 0, 'compare', '--cols', 'target'), 'two');
        assert.match(await expectStatus(feedrate, 0, 'show', '--workload'), /^ {4}bs: \[4k, 16k\]$/m);
      },
    },
    {
      name: 'one gate passes and one fails',
      async play(feedrate) {
        // A model instead of a disk, so that no other program on the machine decides.
        const limited = (limit: string, sessions: number) => [
          ...['run', ...job, '--ioengine', 'simulated', '-t', 'one', '--set', `trials.sessions=${sessions}`],
          ...['--set', 'trials.rounds=1', '--set', `thresholds=throughput > ${limit}`],
        ];
        await expectStatus(feedrate, 0, ...limited('1KiB/s', sessions));
        await expectStatus(feedrate, 0, 'baseline', 'save', 'main');
        assert.match(await expectStatus(feedrate, 0, 'gate', '--baseline', 'main', ...options), 'pass');
        await expectStatus(feedrate, 1, ...limited('1TiB/s', 1));
        assert.match(await expectStatus(feedrate, 1, 'gate', '--baseline', 'main'), 'fail');
      },
    },
  ];
}
