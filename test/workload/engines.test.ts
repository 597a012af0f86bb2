/** What follows from the capabilities of an engine: seen where each of them changes something. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FeedrateError } from '../../src/base/errors.js';
import { chooseEngine, engineRefusal } from '../../src/engine/choose.js';
import { touchesFiles } from '../../src/plan/arm-files.js';
import { expectedTime } from '../../src/plan/expected-time.js';
import { buildPlan } from '../../src/plan/schedule.js';
import { ENGINE_CHOICES, ENGINES, type EngineChoice } from '../../src/workload/engines.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { resolveJob } from '../../src/workload/resolve.js';
import { armOf, ioJob } from '../plan/jobs.js';

const test = suite('engines');

const MOUNT = { path: '/mnt/data' };
const SERVER = { path: 'nfs://server/export' };

/** Choices for which a check holds, in the order of the table. */
const choices = (holds: (choice: EngineChoice) => boolean): EngineChoice[] => ENGINE_CHOICES.filter(holds);

/** Whether a workload whose only job has these fields is refused, with a message that matches. */
function refuses(choice: EngineChoice, fields: string, message: RegExp): boolean {
  const text = `name: w\njobs:\n  j: {size: 1MiB, ioengine: ${choice}, ${fields}}\n`;
  try {
    parseWorkload(text, 'w.yaml');
    return false;
  } catch (thrown) {
    return (thrown as FeedrateError).issues.some((issue) => message.test(issue.message));
  }
}

test('a workload names every engine but the one that only servers take', () => {
  assert.equal(ENGINE_CHOICES, ['auto', 'psync', 'io_uring', 'mmap', 'null', 'simulated']);
  assert.equal(
    Object.keys(ENGINES).filter((name) => !(ENGINE_CHOICES as readonly string[]).includes(name)),
    ['nfs'],
  );
});

test('a queue is for engines that hold one', () => {
  assert.equal(
    choices((choice) => !refuses(choice, 'iodepth: 4', /does one operation at a time/)),
    ['auto', 'io_uring'],
  );
});

test('madvise is for engines that map files, and direct I/O is not', () => {
  assert.equal(
    choices((choice) => !refuses(choice, 'madvise: random', /does not map files/)),
    ['mmap'],
  );
  assert.equal(
    choices((choice) => refuses(choice, 'direct: true', /always uses the page cache/)),
    ['mmap'],
  );
});

test('content is checked where it is moved', () => {
  assert.equal(
    choices((choice) => refuses(choice, 'verify: true', /transfers no data/)),
    ['null', 'simulated'],
  );
});

test('a model is for engines that follow one', () => {
  assert.equal(
    choices((choice) => !refuses(choice, 'simulated_latency: 1ms', /has no effect/)),
    ['simulated'],
  );
});

test('files are made for engines that touch them, through system calls', () => {
  const without = choices((ioengine) => !touchesFiles({ spec: ioJob({ ioengine }) }));
  assert.equal(without, ['null', 'simulated']);
  assert.equal(
    choices((ioengine) => chooseEngine(ioJob({ ioengine }), MOUNT).calls === null),
    without,
  );
});

test('operations take time on a real clock, and bytes where there are some', () => {
  const text = 'name: w\njobs:\n  j: {size: 1MiB, ramp_time: 1s}\n';
  const workload = parseWorkload(text, 'w.yaml');
  const timeOf = (ioengine: EngineChoice) => {
    const plan = buildPlan(
      workload,
      [{ name: 't', ...MOUNT }],
      (...chosen) => ({ ...resolveJob(...chosen), ioengine }),
      1,
    );
    const { knownNs, estimatedNs } = expectedTime(plan, null);
    return `${knownNs > 0 ? 'known' : '-'} ${estimatedNs > 0 ? 'estimated' : '-'}`;
  };
  assert.equal(ENGINE_CHOICES.map(timeOf), ['- estimated', '- estimated', '- estimated', '- estimated', '- -', '- -']);
});

test('an engine is refused on targets that it does not work on', () => {
  const refused = choices((ioengine) => engineRefusal(ioJob({ ioengine }), SERVER) !== null);
  assert.equal(refused, ['psync', 'io_uring', 'mmap']);
});

test('without a name a target takes the engine that suits it', () => {
  const { spec } = armOf(ioJob({ ioengine: 'auto' }));
  assert.equal([chooseEngine(spec, MOUNT).used, chooseEngine(spec, SERVER).used], ['psync', 'nfs']);
});

test.run();
