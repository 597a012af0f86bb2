/** The compiler holds every row to the property that it sets: these are tests of types, and pass by compiling. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ENGINES, type Engine } from '../../src/workload/engines.js';
import { TRIALS_ROWS, type TrialsFields } from '../../src/workload/file-fields.js';
import type { CheckpointWriteJob } from '../../src/workload/jobs/checkpoint-write.js';
import type { IoJob } from '../../src/workload/jobs/io.js';
import { ioKind } from '../../src/workload/jobs/io.js';
import type { Kind } from '../../src/workload/jobs/registry.js';
import { smallFilesKind } from '../../src/workload/jobs/small-files.js';
import { field, type Rows } from '../../src/workload/row.js';
import { rulesFor } from '../../src/workload/rules.js';
import { choice, count, flag } from '../../src/workload/value-types.js';

const test = suite('typed rows');
const { rows } = ioKind;

/** Takes rows, and no others. */
const io = (given: Rows<IoJob>): Rows<IoJob> => given;
const trials = (given: Rows<TrialsFields>): Rows<TrialsFields> => given;

test('a swapped row does not compile', () => {
  io(rows);
  // @ts-expect-error a number where the job has a word
  io({ ...rows, rw: rows.rwmixread, rwmixread: rows.rw });
  // @ts-expect-error fio's fsync is a number of writes, a checkpoint's is true or false
  io({ ...rows, fsync: field('fsync', flag, true, '') });
  // @ts-expect-error `size` may be absent, `nrfiles` may not
  io({ ...rows, sizeBytes: rows.nrfiles, nrfiles: rows.sizeBytes });
  // @ts-expect-error small-files may leave out nrfiles, io has a default
  io({ ...rows, nrfiles: smallFilesKind.rows.nrfiles });
  // @ts-expect-error `order` is a word
  trials({ ...TRIALS_ROWS, order: TRIALS_ROWS.warmup, warmup: TRIALS_ROWS.order });
  assert.ok(true);
});

test('a row that is missing, unknown or takes too few values does not compile', () => {
  const { rw, ...others } = rows;
  // @ts-expect-error no row for `rw`
  io(others);
  // @ts-expect-error no property `speed`
  io({ ...rows, speed: field('speed', count(0, 1), 0, '') });
  // @ts-expect-error `as-is` is missing
  io({ ...rows, cache: field('cache', choice(['cold', 'warm', 'direct']), 'cold', '') });
  assert.is(rw.word, 'rw');
});

test('a rule reads only the properties that it names, and only those of its kind', () => {
  const { rule } = rulesFor<CheckpointWriteJob>();
  rule(['shards'], ({ shards }) => (shards > 1 ? null : { at: ['shards'], message: '' }));
  // @ts-expect-error `shards` is not named
  rule(['shardBytes'], ({ shards }) => (shards > 1 ? null : { at: ['shardBytes'], message: '' }));
  // @ts-expect-error a checkpoint has no `rw`
  rule(['rw'], () => null);
  // @ts-expect-error the blamed property is not named
  rule(['shardBytes'], () => ({ at: ['shards'], message: '' }));
  assert.ok(true);
});

test('a table over kinds or engines must be complete', () => {
  // @ts-expect-error small-files is missing
  const byKind: Record<Kind, number> = { io: 0, 'checkpoint-write': 0, 'checkpoint-restore': 0 };
  // @ts-expect-error nfs is missing
  const byEngine: Record<Engine, number> = { psync: 0, io_uring: 0, mmap: 0, null: 0, simulated: 0 };
  assert.ok(Object.keys(byEngine).every((name) => name in ENGINES) && 'io' in byKind);
});

test.run();
