/** The arguments of `feedrate feed`, and what is said about wrong ones. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedRequestOf, type RawFeedOptions, refuseOwnFields } from '../../src/cli/options/feed-input.js';
import { parseOverride } from '../../src/workload/override-text.js';
import { feedrateError } from '../support/feedrate-error.js';

const test = suite('cli/feed-input');

/** The message must be the text, or fit the pattern. */
function throwsUsage(action: () => unknown, message: string | RegExp): void {
  const pattern =
    typeof message === 'string' ? new RegExp(`^${message.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) : message;
  assert.throws(action, feedrateError('usage', pattern));
}

const ask = (options: Partial<RawFeedOptions>) =>
  feedRequestOf({ target: '/mnt/train', reader: 'format', budget: '3m', ...options });

test('a named model has its published numbers', () => {
  const { model, target, dataPath, budgetNs } = ask({ model: 'Retinanet_B200' });
  assert.equal([model.name, model.batchSize, model.leastAu], ['retinanet-b200', 24, 0.85]);
  assert.equal([target, dataPath, budgetNs], [{ name: 'train', path: '/mnt/train' }, null, 180e9]);
});

test('other numbers make it another model, which belongs to no round', () => {
  const { model } = ask({ model: 'retinanet-b200', batch: '48', au: '90%' });
  assert.equal([model.name, model.batchSize, model.leastAu], ['retinanet-b200-changed', 48, 0.9]);
  assert.equal([model.round, model.recordBytes], ['', 322957]);
});

test('numbers of one’s own are a model', () => {
  const { model } = ask({ record: '150KiB', batch: '256', compute: '90ms', dataFormat: 'jpeg' });
  assert.equal(
    [model.recordBytes, model.readBytes, model.batchSize, model.computeNs, model.format, model.leastAu],
    [153600, 153600, 256, 90e6, 'jpeg', 0.9],
  );
});

test('one’s own files need no size of records, and are the target if none is named', () => {
  const { target, dataPath } = ask({ target: undefined as never, data: '/mnt/imagenet', batch: '8', compute: '10ms' });
  assert.equal([target.path, dataPath], ['/mnt/imagenet', '.']);
  assert.is(ask({ data: 'imagenet', batch: '8', compute: '10ms' }).dataPath, 'imagenet');
});

const OWN = { record: '1MiB', batch: '8', compute: '10ms' };

for (const [options, message] of [
  [
    { target: undefined as never, model: 'unet3d-h100' },
    'feed: name the directory to measure with -t, or your own files with --data',
  ],
  [
    {},
    'feed: name a model with --model, such as retinanet-b200, or describe one with --record 150KiB --batch 256 --compute 90ms',
  ],
  [
    { data: 'd' },
    'feed: name a model with --model, such as retinanet-b200, or describe one with --batch 256 --compute 90ms',
  ],
  [{ record: '1MiB' }, 'feed: --batch and --compute are missing; a model needs them, or name one with --model'],
  [{ batch: '8', compute: '1s' }, 'feed: --record is missing; a model needs it, or name one with --model'],
  [{ model: 'gpt-9' }, /^unknown model "gpt-9"; /],
  [{ ...OWN, record: '0' }, '--record 0: expected a size from 1 byte to 1 TiB, such as 150KiB'],
  [{ ...OWN, record: 'big' }, /^--record: /],
  [{ ...OWN, batch: '0' }, '--batch 0: expected a whole number from 1 to 10000000'],
  [{ ...OWN, batch: '1.5' }, '--batch 1.5: expected a whole number from 1 to 10000000'],
  [{ ...OWN, compute: '0' }, '--compute 0: expected the time of one step, above 0, such as 90ms'],
  [{ ...OWN, compute: 'soon' }, /^--compute: /],
  [{ ...OWN, au: '0' }, '--au 0: expected the least utilisation that passes, above 0, such as 90% or 0.9'],
  [{ ...OWN, au: '100%' }, '--au 100%: expected a value from 0 to below 1, such as 3% or 0.03'],
  [{ ...OWN, dataFormat: 'jpg' }, /^--data-format jpg: expected one of npz, npy, pt, jpeg, /],
  [{ ...OWN, samplesPerFile: '4' }, '--samples-per-file 4: a file of the format npz has one sample'],
  [{ ...OWN, workers: '0' }, '--workers 0: expected a whole number from 1 to 512'],
  [{ ...OWN, prefetch: 'many' }, '--prefetch many: expected a whole number from 1 to 1024'],
  [{ ...OWN, preprocess: 'x' }, /^--preprocess: /],
  [{ ...OWN, handOver: 'x' }, /^--hand-over: /],
  [{ ...OWN, need: '-1' }, '--need -1: expected a whole number from 1'],
  [{ ...OWN, budget: '5s' }, '--budget 5s: expected at least 20s, such as 3m'],
  [{ ...OWN, whatIf: ['none'] }, /^unknown model "none"; /],
] as const) {
  test(`refuses ${JSON.stringify(options)}`, () => throwsUsage(() => ask(options), message));
}

test('what is missing, or set elsewhere, is accepted as it is advised', () => {
  const noTarget = undefined as never;
  for (const options of [
    { model: 'unet3d-h100' },
    { target: noTarget, data: 'd', model: 'unet3d-h100' },
    { record: '150KiB', batch: '256', compute: '90ms' },
    { data: 'd', batch: '256', compute: '90ms' },
    { record: '1MiB', model: 'retinanet-b200' },
    { ...OWN, workers: '4', budget: '1m' },
  ])
    assert.ok(ask(options).model.batchSize > 0);
});

for (const [text, message] of [
  ['read_threads=4', '--set read_threads=4: feed sets read_threads itself; use --workers'],
  ['feed.batch_size=4', '--set feed.batch_size=4: feed sets batch_size itself; use --batch'],
  ['epochs=4', '--set epochs=4: feed sets epochs itself'],
  ['trials.rounds=4', '--set trials.rounds=4: feed chooses the trials; limit its time with --budget'],
  ['dataset.path=x', '--set dataset.path=x: feed sets dataset.path itself; use --data'],
] as const) {
  test(`refuses --set ${text}`, () => throwsUsage(() => refuseOwnFields([parseOverride('--set', text)]), message));
}

test('other fields may be set', () => refuseOwnFields([parseOverride('--set', 'cache=warm')]));

test.run();
