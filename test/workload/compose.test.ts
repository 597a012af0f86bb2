/** A workload that is made from fields as they are typed. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { composeWorkload, type GivenField, lacksSize } from '../../src/workload/compose.js';
import { JOB_ROWS, KINDS } from '../../src/workload/job-fields.js';
import { parseOverride } from '../../src/workload/override-text.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { explained, STARTER_TRIALS, STARTERS } from '../../src/workload/starters.js';
import type { Workload } from '../../src/workload/workload.js';
import { feedrateError } from '../support/feedrate-error.js';

const test = suite('workload/compose');

const given = (values: Readonly<Record<string, string>>): GivenField[] =>
  Object.entries(values).map(([word, text]) => ({ word, text, option: `--${word} ${text}` }));

function composed(values: Readonly<Record<string, string>>): ReturnType<typeof composeWorkload> {
  const head = [{ word: 'name', text: 'ad-hoc' }];
  return composeWorkload({ comments: [], head, sections: {}, job: given(values), jobPlace: 'feedrate run' });
}

function parsed(values: Readonly<Record<string, string>>): Workload {
  const { source, options } = composed(values);
  return parseWorkload(source, 'ad hoc job', [], options);
}

/** The values of each field of the first job. */
function levelsOf({ jobs }: Workload): Map<string, unknown[]> {
  return new Map([...(jobs[0]?.fields ?? [])].map(([property, { levels }]) => [property, levels.map((l) => l.value)]));
}

test('fields become the workload that a user would write', () => {
  assert.is(
    composed({ rw: 'randread', bs: '4k, 128k', iodepth: '32', size: '1G' }).source,
    'name: ad-hoc\njobs:\n  randread:\n    rw: randread\n    bs: [4k, 128k]\n    iodepth: 32\n    size: 1G\n',
  );
  assert.match(composed({ kind: 'small-files' }).source, '\n  small-files:\n');
  assert.match(composed({ rw: 'read,randread' }).source, '\n  io:\n');
  assert.match(composed({ size: '1G' }).source, '\n  read:\n');
});

test('every value means what it means with -P', () => {
  const text = 'name: w\njobs: {io: {rw: randwrite, size: 64m}}\n';
  for (const option of [
    'bs=4k/60:64k/40,1m',
    'direct=true,0',
    'runtime=500ms,2',
    'random_distribution=zipf:1.2,hotband:80/20',
    'rate=100MiB/s',
    'fsync=16,0',
    'ioengine=null',
    'thinktime=5',
  ]) {
    const [word = '', value = ''] = option.split('=');
    const expected = parseWorkload(text, 'w.yaml', [parseOverride('-P', option)]);
    assert.equal(levelsOf(parsed({ rw: 'randwrite', size: '64m', [word]: value })), levelsOf(expected), option);
  }
});

test('no text of a value changes anything but its own field', () => {
  const words = JOB_ROWS.filter(({ kinds }) => kinds.some((kind) => kind === 'io')).map(({ word }) => word);
  fc.assert(
    fc.property(fc.constantFrom(...words), fc.string({ minLength: 1, unit: 'binary' }), (word, text) => {
      if (text.split(',').some((level) => level.trim() === '')) return;
      const { source, options } = composed({ rw: 'randrw', size: '1m', [word]: text });
      try {
        parseWorkload(source, 'ad hoc job', [], options);
      } catch (thrown) {
        const { issues } = thrown as { issues: readonly { where: string; message: string }[] };
        for (const { where } of issues) assert.match(where, /^(?:--|feedrate run$)/s);
      }
    }),
  );
});

test('a fault is at the option, and a missing field at the command', () => {
  const faults = (values: Readonly<Record<string, string>>): string[] => {
    try {
      parsed(values);
      return [];
    } catch (thrown) {
      return (thrown as { issues: { where: string; message: string }[] }).issues.map((i) => `${i.where}: ${i.message}`);
    }
  };
  assert.equal(faults({ bs: '4kb', shards: '2', size: '1m' }), [
    '--shards 2: shards: is not supported for kind: io, only for checkpoint-write and checkpoint-restore',
    '--bs 4kb: bs: "4kb" is not a size; write 4k or 4KiB (4096 bytes) or 4kB (4000 bytes)',
  ]);
  assert.equal(faults({ kind: 'checkpoint-write' }), [
    'feedrate run: shard_size: is required, or model or params in its place',
  ]);
  assert.throws(() => composed({ bs: '4k,' }), feedrateError('usage', /^--bs 4k,: expected a value, or values/));
});

test('only a job that needs a size and has none lacks it', () => {
  assert.ok(lacksSize(given({ rw: 'randread' })));
  assert.ok(lacksSize([]));
  assert.not(lacksSize(given({ rw: 'randread', size: '1m' })));
  assert.not(lacksSize(given({ kind: 'small-files' })));
  assert.not(lacksSize(given({ kind: 'none' })));
});

for (const [name, starter] of Object.entries(STARTERS)) {
  test(`the starter ${name} is a workload, with each field explained`, () => {
    const fieldsOf = (values: Readonly<Record<string, string>>) => explained(starter, given(values));
    const { source } = composeWorkload({
      comments: ['About it.'],
      head: [{ word: 'name', text: name }],
      sections: { trials: STARTER_TRIALS, dataset: fieldsOf(starter.dataset) },
      job: fieldsOf(starter.job),
      jobPlace: 'w.yaml',
    });
    const { jobs } = parseWorkload(source, 'w.yaml');
    assert.is(jobs.length, 1);
    assert.ok(KINDS.includes(jobs[0]?.kind ?? 'io'));
    const lines = source.split('\n');
    for (const word of [...Object.keys(starter.dataset), ...Object.keys(starter.job)]) {
      const line = lines.findIndex((each) => each.trim().startsWith(`${word}: `));
      assert.match(lines[line - 1] ?? '', /^ +# ./, word);
    }
    const asked = Object.keys(starter.questions);
    assert.ok(asked.every((word) => word in starter.dataset || word in starter.job));
  });
}

test.run();
