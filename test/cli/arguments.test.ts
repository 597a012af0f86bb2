import { resolve } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  parseLabels,
  parseOverrides,
  parseRunOptions,
  parseSeed,
  parseTargets,
} from '../../src/cli/options/arguments.js';
import { overrideText, parseOverride, recordedOverride } from '../../src/workload/override-text.js';
import { feedrateError } from '../support/feedrate-error.js';

const test = suite('cli/arguments');

test('a target is a path, or a name and a path', () => {
  assert.equal(parseTargets(['/mnt/train', 'fast=/mnt/a', 'slow=rel/b']), [
    { name: 'train', path: '/mnt/train' },
    { name: 'fast', path: '/mnt/a' },
    { name: 'slow', path: resolve('rel/b') },
  ]);
});

test('a target may be a directory of a server that is not mounted', () => {
  assert.equal(parseTargets(['nfs://fs1/train/imagenet', 'v4=nfs://fs1/train?uid=7&version=4', 'nfs://fs1/']), [
    { name: 'imagenet', path: 'nfs://fs1/train/imagenet?version=3' },
    { name: 'v4', path: 'nfs://fs1/train?version=4&uid=7' },
    { name: 'root', path: 'nfs://fs1/?version=3' },
  ]);
  assert.throws(() => parseTargets(['nfs://fs1']), feedrateError('usage', /the export is missing/));
});

test('a path with an equals sign is a path when what stands before it is no name', () => {
  assert.equal(parseTargets(['./a=b']), [{ name: 'a-b', path: resolve('a=b') }]);
  assert.equal(parseTargets(['/mnt/x=1/y']), [{ name: 'y', path: '/mnt/x=1/y' }]);
  assert.equal(parseTargets(['n=/mnt/x=1']), [{ name: 'n', path: '/mnt/x=1' }]);
});

test('a target without a usable last part still has a name', () => {
  assert.equal(parseTargets(['/']), [{ name: 'root', path: '/' }]);
  assert.is(parseTargets(['/mnt/_ä ö'])[0]?.name, 'root');
  assert.is(parseTargets(['/mnt/my data'])[0]?.name, 'my-data');
});

test('the name of a target always fits an arm', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'binary' }), (part) => {
      const [target] = parseTargets([`/mnt/${part}`]);
      assert.match(target?.name ?? '', /^[A-Za-z0-9][A-Za-z0-9._-]*$/);
    }),
  );
});

test('two targets with one name, and a name without a path, are errors', () => {
  const twice = feedrateError('usage', /^-t: two targets are named 'x'; give .* -t first=\/a\/x -t second=\/b\/x$/);
  assert.throws(() => parseTargets(['/a/x', '/b/x']), twice);
  assert.throws(() => parseTargets(['x=']), feedrateError('usage', /^-t 'x=': the path is missing/));
  assert.throws(() => parseTargets(['']), feedrateError('usage', /^-t '': the path is missing/));
});

test('--set takes one value with all its commas, -P a list', () => {
  assert.equal(parseOverride('--set', 'a.b = 1,2'), {
    option: '--set',
    key: 'a.b',
    values: ['1,2'],
    text: 'a.b = 1,2',
  });
  assert.equal(parseOverride('-P', 'bs=4k, 1m'), { option: '-P', key: 'bs', values: ['4k', '1m'], text: 'bs=4k, 1m' });
  assert.equal(parseOverride('--set', 't=a=b').values, ['a=b']);
  for (const text of ['bs', '=4k', 'bs=', '']) {
    assert.throws(
      () => parseOverride('--set', text),
      feedrateError('usage', /^--set '.*': expected field=value such as/),
    );
  }
  for (const text of ['bs', 'bs=', 'bs=4k,', 'bs=,']) {
    assert.throws(() => parseOverride('-P', text), feedrateError('usage', /^-P '.*': expected field=value,value/));
  }
});

test('--engine is an ioengine for every job, and comes last', () => {
  const [set, factor, engine, ...others] = parseOverrides({
    set: ['ioengine=psync'],
    param: ['ioengine=psync,mmap'],
    engine: 'io_uring',
  });
  assert.equal([set?.option, factor?.option], ['--set', '-P']);
  assert.equal(engine, { option: '--engine', key: 'ioengine', values: ['io_uring'], text: 'io_uring' });
  assert.is(others.length, 0);
});

test('labels keep every value, or say which would be lost', () => {
  assert.equal(parseLabels(['a=1', 'b=x = y', '__proto__=p']), JSON.parse('{"a":"1","b":"x = y","__proto__":"p"}'));
  assert.throws(
    () => parseLabels(['a=1', 'a=2']),
    feedrateError('usage', /^--label a=2: the label 'a' is given twice$/),
  );
  assert.throws(() => parseLabels(['a']), feedrateError('usage', /^--label 'a': expected key=value/));
});

test('an override is read back from what a run records of it', () => {
  for (const override of parseOverrides({ set: ['runtime=5s'], param: ['bs=4k, 1m'], engine: 'psync' })) {
    assert.equal(recordedOverride(overrideText(override)), override);
  }
  assert.throws(() => recordedOverride('--colour red'), feedrateError('usage', /expected --set, -P or --engine$/));
});

test('a seed is a whole number that JSON keeps', () => {
  assert.is(parseSeed('0'), 0);
  assert.is(parseSeed('9007199254740991'), Number.MAX_SAFE_INTEGER);
  for (const text of ['', '-1', '1.5', '1e3', '0x10', '9007199254740992', 'a']) {
    assert.throws(() => parseSeed(text), feedrateError('usage', /^--seed .*: expected a whole number from 0 to/));
  }
});

test('what was not asked for has its default', () => {
  const options = parseRunOptions({ output: './results', format: 'table', progress: 'auto' });
  assert.equal(options, {
    targets: [],
    overrides: [],
    labels: {},
    outputDirectory: './results',
    seed: null,
    dryRun: false,
    printWorkload: false,
    format: 'table',
    progress: 'auto',
    dropCaches: false,
    remount: false,
    ceilings: null,
    aws: true,
    ontap: {},
    files: {},
    datasetId: null,
    page: null,
  });
});

test.run();
