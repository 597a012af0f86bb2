import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFLATE } from '../../../src/engine/jobs/replay-order.js';
import { DftracerImport } from '../../../src/training/trace/dftracer-import.js';
import { DxtImport } from '../../../src/training/trace/dxt-import.js';
import { memberOf, TraceImage } from '../../../src/training/trace/trace-file.js';
import { feedrateError } from '../../support/feedrate-error.js';
import { madeBy, straced } from './made-trace.js';

const test = suite('training/trace/trace-file');
const TRACE = straced('7 1.0 open("/d/a", O_RDONLY) = 3 <0.1>\n7 1.2 read(3, "", 9) = 9 <0.1>');

/** Opens a trace and reads all of it. */
function readAll(bytes: Uint8Array): void {
  const image = new TraceImage(bytes, 'x.trace.gz', DEFLATE);
  image.files('x.trace.gz');
  for (let thread = 0; thread < image.head.threads.length; thread++) image.calls(thread, 'x.trace.gz');
}

test('any gzip shows a trace as text', () => {
  const [head = '', ...lines] = gunzipSync(TRACE.bytes).toString().trim().split('\n');
  assert.is(JSON.parse(head).format, 'feedrate-trace');
  assert.equal(lines, ['r 9 9 "a"', 'o 0 100000000 0 0 0', 'r 100000000 100000000 0 0 9 9']);
});

test('a damaged or truncated trace is an error, whatever byte is wrong', () => {
  const { bytes } = TRACE;
  for (let length = 0; length < bytes.length; length += 3)
    assert.throws(() => readAll(bytes.subarray(0, length)), feedrateError('workload', /x\.trace\.gz/));
  for (let at = 0; at < bytes.length; at += 2) {
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] as number) ^ 0x55;
    assert.throws(() => readAll(damaged), feedrateError('workload', /x\.trace\.gz/), `byte ${at}`);
  }
});

test('text that no feedrate wrote is refused', () => {
  const head = (change: object) => memberOf(`${JSON.stringify({ ...TRACE.head, ...change })}\n`, DEFLATE);
  const rest = TRACE.bytes.subarray(head({}).length);
  const whole = (first: Uint8Array, last: Uint8Array = rest) => new Uint8Array(Buffer.concat([first, last]));
  assert.throws(
    () => readAll(whole(head({ version: 2 }))),
    feedrateError('workload', /version 2; this feedrate reads version 1/),
  );
  assert.throws(() => readAll(whole(head({ files: -1 }))), feedrateError('workload', /its head is incomplete/));
  assert.throws(
    () => readAll(new TextEncoder().encode('hello')),
    feedrateError('workload', /is not a trace of feedrate/),
  );
  for (const text of [
    'x 0 0\n',
    'o 0 0 0 0\n',
    'o -1 0 0 0 0\n',
    'o 0 0 0 0 0',
    'o 0 0 0 0 0 0\n',
    'o 0 0 0 0 0\n'.repeat(9),
  ]) {
    const files = memberOf('r 9 9 "a"\n', DEFLATE);
    assert.throws(
      () => readAll(whole(head({}), new Uint8Array(Buffer.concat([files, memberOf(text, DEFLATE)])))),
      text,
    );
  }
});

test('a million calls take little time and memory', () => {
  const lines = function* (): Generator<string> {
    yield '7 1.000000 open("/d/a", O_RDONLY) = 3 <0.000010>';
    for (let call = 0; call < 20_000; call++)
      yield `7 ${(1 + call / 1000).toFixed(6)} pread64(3, ""..., 4096, ${call * 4096}) = 4096 <0.000123>`;
  };
  const { bytes, head } = straced([...lines()].join('\n'));
  assert.is(
    head.sums.reduce((sum, { calls }) => sum + calls, 0),
    20_001,
  );
  // 10 MB for a million.
  assert.ok(bytes.length < 20_000 * 10, `${bytes.length} bytes`);
});

const DXT = `# darshan log version: 3.41
# DXT, file_id: 8515199880342690440, file_name: /d/a.h5
# DXT, rank: 0, hostname: n1
# DXT, write_count: 1, read_count: 1
# DXT, mnt_pt: /d, fs_type: nfs
# Module    Rank  Wt/Rd  Segment          Offset       Length    Start(s)      End(s)
 X_POSIX       0  write        0               0           64      4.9076      4.9077    [-1]
 X_POSIX       0   read        1              64         4096      5.0000      5.1000
 X_MPIIO       0   read        0              64         4096      5.0000      5.1000
# DXT, file_id: 1, file_name: /d/b.bin
# DXT, rank: 1, hostname: n1
 X_POSIX       1   read        0            4096          100      4.9500      4.9600  [3] [4]`;

test('the text of darshan-dxt-parser becomes reads and writes at their offsets', () => {
  const { threads, files, head, gapsNs } = madeBy((builder) => new DxtImport(builder, []), DXT.split('\n'));
  assert.equal(threads, [
    ['adopt 0 1 0', 'write 0 0 64', 'pread 0 64 4096 4096'],
    ['adopt 1 0 1', 'pread 1 4096 100 100'],
  ]);
  assert.equal(
    files.map(({ name, bytes, use }) => [name, bytes, use]),
    [
      ['a.h5', 4160, 'written'],
      ['b.bin', 4196, 'read'],
    ],
  );
  assert.is(gapsNs[0]?.[2], 92_300_000);
  assert.is(head.leftOut['of MPI-IO, which has made others'], 1);
});

const DFTRACER = `[
{"id":1,"name":"FH","cat":"dftracer","pid":1,"tid":1,"ph":"M","args":{"hhash":"h","name":"/d/a.npz","value":"f1"}}
{"id":2,"name":"open64","cat":"POSIX","pid":1,"tid":2,"ts":1000,"dur":50,"ph":"X","args":{"fhash":"f1","flags":0,"ret":3}}
{"id":3,"name":"read","cat":"POSIX","pid":1,"tid":2,"ts":1100,"dur":10,"ph":"X","args":{"fhash":"f1","count":4096,"ret":1000}}
{"id":4,"name":"read","cat":"POSIX","pid":1,"tid":2,"ts":1200,"dur":10,"ph":"X","args":{"fname":"/d/a.npz","size":4096,"ret":24}}
{"id":5,"name":"numpy.load","cat":"reader","pid":1,"tid":2,"ts":1000,"dur":500,"ph":"X","args":{}}
{"id":6,"name":"pread","cat":"POSIX","pid":9,"tid":9,"ts":1150,"dur":10,"ph":"X","args":{"fhash":"f1","count":10,"offset":7,"ret":10}}
{"id":7,"name":"close","cat":"POSIX","pid":1,"tid":2,"ts":1300,"dur":5,"ph":"X","args":{"fhash":"f1","ret":0}}
{"id":8,"name":"open","cat":"POSIX","pid":1,"tid":2,"ts":1400,"dur":5,"ph":"X","args":{"fname":"/etc/passwd","ret":4}}
{"id":9,"name":"__proto__","cat":"POSIX","pid":1,"tid":2,"ts":1400,"dur":5,"ph":"X","args":null}
{"id":10,"name":"rea
]`;

test('the JSON lines of DFTracer become calls, whose files are named before or after', () => {
  const lines = DFTRACER.split('\n');
  const hashFirst = madeBy((builder) => new DftracerImport(builder, []), lines);
  const hashLast = madeBy((builder) => new DftracerImport(builder, []), [...lines.slice(2), lines[1] as string]);
  for (const { threads, files, head } of [hashFirst, hashLast]) {
    assert.equal(threads, [
      ['open 0 0 0', 'read 0 0 4096 1000', 'read 0 1000 4096 24', 'close 0'],
      ['adopt 0 0 1', 'pread 1 7 10 10'],
    ]);
    assert.equal(
      files.map(({ name }) => name),
      ['a.npz'],
    );
    assert.is(head.recordedNs, 305_000);
    assert.is(head.leftOut['lines that are cut off'], 1);
  }
});

test.run();
