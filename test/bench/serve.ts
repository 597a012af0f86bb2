/**
 * What `feedrate serve` takes, and what it costs the run that it shows.
 *
 *   npm run bench:serve -- [--runs 1000] [--readers 100] [--rounds 10]
 *
 * Prints four figures: how soon many runs are listed, by a server that has just started and later; how long after the
 * progress of a run says so a reader of the page learns that a trial is over; the throughput of a run that keeps every
 * core busy, watched against unwatched, in turn; and how soon that many readers at once have the list.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { max, median } from 'simple-statistics';
import type { ServedState } from '../../src/page/served.js';
import { throughputBytesPerSecond } from '../../src/record/trial-values.js';
import { LiveRun } from '../support/live-run.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';
import { trialsOf } from '../support/run-directory.js';
import { startOfDay, storeRun } from '../support/stored-runs.js';
import { ratioOfNumbers } from './ratio.js';

/** Each trial is over at a moment that a reader should know. */
const SHORT_TRIALS =
  'name: followed\ntrials: {rounds: 20}\njobs:\n  read: {rw: randread, bs: 4k, size: 4MiB, runtime: 1s, time_based: true}\n';
const BUSY = `name: busy\ntrials: {rounds: 1}\njobs:\n  read: {rw: randread, bs: 4k, size: 16MiB, numjobs: ${availableParallelism()}, runtime: 4s, time_based: true}\n`;

/** A server in a process of its own, and one reader's key to it. */
class Server {
  readonly #process: LiveRun;
  #port = 0;
  #cookie = '';

  constructor(results: string) {
    this.#process = new LiveRun(['serve', '-o', results, '--port', '0'], { cwd: tmpdir() });
  }

  async open(): Promise<this> {
    const address = /http:\S+/.exec(await this.#process.untilPrinted())?.[0] ?? '';
    const { port, search } = new URL(address);
    this.#port = Number(port);
    const answer = await this.#ask(`/${search}`);
    this.#cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    answer.resume();
    return this;
  }

  close(): Promise<void> {
    return this.#process.end();
  }

  /** Resolves with the time until the whole list was there, ms. */
  async listMs(): Promise<number> {
    const beginMs = performance.now();
    const answer = await this.#ask('/runs.json');
    for await (const _part of answer);
    if (answer.statusCode !== 200) throw new Error(`the list came with status ${answer.statusCode}`);
    return performance.now() - beginMs;
  }

  /** Calls `told` with each state, as the page hears it. Returns a function that ends it. */
  async watch(told: (state: ServedState) => void): Promise<() => void> {
    const answer = await this.#ask('/events');
    let rest = '';
    answer.setEncoding('utf8').on('data', (part: string) => {
      const events = (rest + part).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data !== undefined) told(JSON.parse(data) as ServedState);
      }
    });
    answer.on('error', () => {});
    return () => answer.destroy();
  }

  #ask(path: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = { cookie: this.#cookie };
      request({ host: '127.0.0.1', port: this.#port, path, headers, agent: false }, resolve).on('error', reject).end();
    });
  }
}

function storeRuns(results: string, count: number): void {
  const arm = makeArm('read');
  for (let day = 0; day < count; day++) storeRun(results, makeRun([arm], 1, startOfDay(day)), [makeTrial(arm, 1, 1e9)]);
}

async function listed(results: string, readers: number): Promise<readonly string[]> {
  const first: number[] = [];
  const later: number[] = [];
  const together: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const server = await new Server(results).open();
    first.push(await server.listMs());
    later.push(await server.listMs());
    together.push(max(await Promise.all(Array.from({ length: readers }, () => server.listMs()))));
    await server.close();
  }
  return [
    `listed after ${ms(median(first))} by a new server, then after ${ms(median(later))}`,
    `${readers} readers at once: the last has the list after ${ms(median(together))}`,
  ];
}

const ms = (value: number): string => `${value.toFixed(0)} ms`;

/** Starts a run and resolves when it is over with what `use` makes of it meanwhile. */
async function measured(directory: string, workload: string, use: (run: LiveRun) => void = () => {}) {
  const results = join(directory, 'results');
  writeFileSync(join(directory, 'w.yaml'), workload);
  const args = ['run', 'w.yaml', '-t', 'target', '-o', results, '--progress', 'json'];
  const run = new LiveRun(args, { cwd: directory });
  use(run);
  const { status, stderr } = await run.outcome();
  if (status !== 0) throw new Error(`the run ended with status ${status}: ${stderr}`);
  const trials = trialsOf(results);
  rmSync(results, { recursive: true });
  mkdirSync(results);
  return trials;
}

/** The delay of each trial's end, ms. */
async function delays(directory: string): Promise<readonly number[]> {
  const told = new Map<number, number>();
  const shown = new Map<number, number>();
  const server = await new Server(join(directory, 'results')).open();
  const end = await server.watch(({ live }) => {
    const done = live[0]?.status?.doneTrials;
    if (done !== undefined && !shown.has(done)) shown.set(done, performance.now());
  });
  await measured(directory, SHORT_TRIALS, (run) => {
    const look = setInterval(() => {
      const last = run.events.findLast((event) => event.type === 'progress');
      if (last?.type === 'progress' && !told.has(last.doneTrials)) told.set(last.doneTrials, performance.now());
    }, 10);
    void run.outcome().then(() => clearInterval(look));
  });
  end();
  await server.close();
  return [...told].flatMap(([done, atMs]) => {
    const shownMs = shown.get(done);
    return shownMs === undefined ? [] : [shownMs - atMs];
  });
}

/** The throughput of the same run, watched ÷ not watched, in each round. */
async function costs(directory: string, rounds: number): Promise<readonly number[]> {
  const rate = async () => throughputBytesPerSecond((await measured(directory, BUSY))[0] ?? fail());
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const sides = new Map<boolean, number>();
    for (const isWatched of round % 2 === 0 ? [true, false] : [false, true]) {
      const server = isWatched ? await new Server(join(directory, 'results')).open() : null;
      const end = await server?.watch(() => {});
      sides.set(isWatched, await rate());
      end?.();
      await server?.close();
    }
    ratios.push((sides.get(true) as number) / (sides.get(false) as number));
  }
  return ratios;
}

function fail(): never {
  throw new Error('the run has no trial');
}

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { runs: text, readers: text, rounds: text } });
const directory = mkdtempSync(join(tmpdir(), 'feedrate-bench-'));
try {
  console.log(`load average ${loadavg()[0]?.toFixed(1)}`);
  for (const name of ['many', 'results', 'target']) mkdirSync(join(directory, name));
  const runs = Number(values.runs ?? '1000');
  storeRuns(join(directory, 'many'), runs);
  for (const line of await listed(join(directory, 'many'), Number(values.readers ?? '100')))
    console.log(`${runs} runs: ${line}`);
  const late = await delays(directory);
  console.log(
    `the end of a trial is shown ${ms(median([...late]))} later than in the progress, at most ${ms(max([...late]))} (${late.length} trials)`,
  );
  const ratio = ratioOfNumbers(await costs(directory, Number(values.rounds ?? '10')));
  const [low, high] = [ratio?.interval?.low, ratio?.interval?.high].map((end) => end?.toFixed(3));
  console.log(
    `a watched run has ${ratio?.median.toFixed(3)} [${low}, ${high}] of the throughput of the same run unwatched`,
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}
