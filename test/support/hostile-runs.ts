/** Run directories of another person, with a hostile text in every place that takes one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeRun, encodeTrial } from '../../src/record/codec.js';
import type { RunRecord } from '../../src/record/run-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { COMMAND_FIRST, HOSTILE } from './hostile.js';
import { makeArm, makeRun, makeThreshold, makeTrial } from './records.js';

/** Fields whose words feedrate chooses among, or which it compares by their value. */
const CHOSEN = new Set([
  'status',
  'order',
  'metric',
  'comparison',
  'claim',
  'verdict',
  'spec',
  'service',
  'asked',
  'startedAt',
  'endedAt',
]);

/** The value with the hostile text added to every text in it, and to every name in `labels` and `words`. */
function poisoned<T>(value: T, key = ''): T {
  if (CHOSEN.has(key)) return value;
  if (typeof value === 'string') return (key === 'workload' ? `${COMMAND_FIRST}${value}` : `${value}${HOSTILE}`) as T;
  if (Array.isArray(value)) return value.map((item) => poisoned(item, key)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]): [string, unknown] => [
    key === 'labels' ? `${name}${HOSTILE}` : name,
    poisoned(item, name),
  ]);
  return Object.fromEntries(entries) as T;
}

/** A run of two targets, its trials with a fault and a warning; `level` is its throughput in bytes/s. */
function hostileRun(id: string, startedAt: string, level: number): { run: RunRecord; trials: TrialRecord[] } {
  const arms = ['read', 'write'].flatMap((job) =>
    ['a', 'b'].map((target) => ({
      ...makeArm(job, [{ name: 'bs', label: '4KiB' }], [makeThreshold('throughput', null, '>', 1e12)]),
      id: `${job}/${target}`,
      target,
    })),
  );
  const plain = makeRun(arms, 8, { id, startedAt, labels: { volume: 'flexgroup' } });
  const targets = ['a', 'b'].map((name) => ({ ...plain.environment.targets[0], name, path: `/mnt/${name}` }));
  const run = {
    ...plain,
    ...(id === 'two' ? { injected: [{ target: 'a', part: 0.1, delayNs: 0 }] } : {}),
    plan: { ...plain.plan, targets: targets.map(({ name, path }) => ({ name, path })), sessions: 8 },
    environment: { ...plain.environment, targets },
  } as unknown as RunRecord;
  const fault = { code: 'EIO', syscall: 'read', message: 'broken', path: '/mnt/a/f', offsetBytes: 4, worker: 1 };
  const trials = arms.flatMap((arm, place) =>
    Array.from({ length: 9 }, (_, index) => {
      const failed = index === 8 ? { status: 'failed' as const, fault, session: 8, round: 2 } : {};
      const warnings = [{ code: 'drift', message: 'it drifts', remedy: 'wait' }];
      return makeTrial(arm, 1, level * (1 + 0.001 * index), {
        id: `s${index + 1}r1t${place + 1}`,
        session: index + 1,
        warnings: warnings as unknown as TrialRecord['warnings'],
        ...failed,
      });
    }),
  );
  return { run: poisoned(run), trials: trials.map((trial) => poisoned(trial)) };
}

/** The files of each run. */
function hostileTexts() {
  const filesOf = ({ run, trials }: ReturnType<typeof hostileRun>) => ({
    'run.json': encodeRun(run),
    'trials.jsonl': trials.map((trial) => `${encodeTrial(trial)}\n`).join(''),
  });
  const two = hostileRun('two', '2026-11-21T00:00:00.000Z', 0.7e9);
  return {
    one: filesOf(hostileRun('one', '2026-11-20T00:00:00.000Z', 1e9)),
    two: filesOf(two),
    strange: filesOf({ ...two, run: { ...two.run, startedAt: `${COMMAND_FIRST}`, hostname: 'elsewhere' } }),
  };
}

/** Made once, because to encode them takes as long as some commands. */
let texts: ReturnType<typeof hostileTexts> | undefined;

/** Directories in the results that can be shown, by what is wrong with them. */
export interface HostileResults {
  readonly results: string;
  /** Complete runs whose directory has a hostile name. */
  readonly whole: readonly string[];
  /** Directories with damaged files. */
  readonly damaged: readonly string[];
}

/** Makes the results directory below `parent`, with two runs, a baseline `main`, and damaged runs. */
export function hostileResults(parent: string): HostileResults {
  const results = join(parent, `results ${HOSTILE}`);
  const write = (name: string, files: Readonly<Record<string, string>>): string => {
    mkdirSync(join(results, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(results, name, file), text);
    return name;
  };
  texts ??= hostileTexts();
  const { one, two, strange } = texts;
  write('baselines/main', one);
  return {
    results,
    whole: [write(`one${HOSTILE}`, one), write(`two${HOSTILE}`, two)],
    damaged: [
      write(`half${HOSTILE}`, {
        ...two,
        'trials.jsonl': `${two['trials.jsonl']}{"id": "${HOSTILE}\n${HOSTILE}\n`,
      }),
      write(`noise${HOSTILE}`, { 'run.json': HOSTILE, 'trials.jsonl': `${HOSTILE}\n` }),
      write(`types${HOSTILE}`, {
        'run.json': JSON.stringify({ runVersion: HOSTILE }),
        'trials.jsonl': '{"id":"\\u001b"}',
      }),
      write(`\u001b${HOSTILE}`, strange),
    ],
  };
}
