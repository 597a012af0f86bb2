/** Each limit that `feedrate feed` names, where it is known. `npm run test:feed`; about five minutes. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/feedrate-cli.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/feed-limits (long)');

const simulated = (...fields: string[]) => ['--engine', 'simulated', ...fields.flatMap((each) => ['--set', each])];
const model = (compute: string, batch = 5, record = '1MB') => [
  ...['--record', record, '--batch', String(batch), '--compute', compute, '--data-format', 'raw'],
];

function feed(directory: string, args: readonly string[]) {
  const target = join(directory, 't');
  mkdirSync(target, { recursive: true });
  const words = [
    'feed',
    '-t',
    target,
    '-o',
    join(directory, 'results'),
    '--no-aws',
    '--seed',
    '1',
    '--progress',
    'none',
  ];
  const startMs = Date.now();
  const { status, stdout, stderr } = feedrate([...words, '--format', 'json', ...args]);
  assert.is(status, 0, stderr);
  return Object.assign(JSON.parse(stdout), { seconds: (Date.now() - startMs) / 1000 });
}

for (const [what, args, kind] of [
  [
    'a queue that all readers share',
    [...simulated('simulated_latency=1us', 'simulated_shared_bandwidth=100MB'), ...model('80ms')],
    'storage',
  ],
  [
    'requests that all readers share',
    [...simulated('simulated_latency=1us', 'simulated_shared_iops=400'), ...model('80ms')],
    'storage',
  ],
  [
    'readers that are slow alone',
    [...simulated('simulated_latency=20ms'), ...model('80ms'), '--workers', '1'],
    'one-stream',
  ],
  [
    'time for each sample in the workers',
    [...simulated('simulated_latency=1us'), ...model('20ms'), '--preprocess', '40ms', '--workers', '16'],
    'client-cpu',
  ],
  ['steps that are too short', ['--engine', 'null', ...model('100us', 1, '64KiB'), '--workers', '2'], 'harness'],
] as const) {
  test(`${what}: ${kind}`, () =>
    withTemporaryDirectory((directory) => {
      const { limiter, answer } = feed(directory, args);
      assert.is(limiter.kind, kind, `${answer}\n${JSON.stringify(limiter.evidence)}`);
    }));
}

test('the time is an upper limit, whatever the storage', () =>
  withTemporaryDirectory((directory) => {
    const { seconds, verdict, undecided } = feed(directory, ['--engine', 'null', ...model('900ms'), '--budget', '20s']);
    assert.ok(seconds < 30, `${seconds} s`);
    assert.ok(verdict === 'decided' || /the time of 20 s was up/.test(undecided), `${verdict}: ${undecided}`);
  }));

test('another model is predicted from the same measurement, as if it had been measured itself', () =>
  withTemporaryDirectory((directory) => {
    const storage = simulated('simulated_latency=1us', 'simulated_shared_bandwidth=400MB');
    const whatIf = ['--what-if', 'retinanet-mi355', '--what-if', 'unet3d-h100'];
    const both = feed(directory, [...storage, '--model', 'retinanet-b200', '--workers', '1', ...whatIf]);
    const [other, refused] = both.whatIf;
    const alone = feed(directory, [...storage, '--model', 'retinanet-mi355', '--workers', '1']);
    assert.ok(Math.abs(other.accelerators.estimate / alone.accelerators.estimate - 1) < 0.05);
    assert.ok(Math.abs(other.whole - alone.whole) <= 1, `${other.whole} ${alone.whole}`);
    assert.match(refused.refusal, /reads npz files, and jpeg files were measured/);
  }));

test.run();
