import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StraceImport } from '../../../src/training/trace/strace-import.js';
import { feedrateError } from '../../support/feedrate-error.js';
import { madeBy, straced } from './made-trace.js';

const test = suite('training/trace/strace-import');

/** The same calls in each form of strace's output. */
const CALLS = [
  ['1.000000', 'openat(AT_FDCWD, "/data/a.npz", O_RDONLY|O_CLOEXEC) = 3', '0.000100'],
  ['1.000200', 'fstat(3, {st_mode=S_IFREG|0644, st_size=5000, ...}) = 0', '0.000010'],
  ['1.000300', 'read(3, "PK\\3\\4) = 9, \\"x"..., 4096) = 4096', '0.000200'],
  ['1.001000', 'lseek(3, -22, SEEK_END) = 4978', '0.000010'],
  ['1.002000', 'pread64(3, "", 100, 0)              = 100', '0.000050'],
  ['1.003000', 'close(3)                                = 0', '0.000010'],
] as const;
const MADE = ['open 0 0 0', 'fstat 0', 'read 0 0 4096 4096', 'seek 0 4978', 'pread 0 0 100 100', 'close 0'];

test('the usual forms of time stamps, process numbers and durations give the same calls', () => {
  const forms: Readonly<Record<string, (at: string, call: string, took: string) => string>> = {
    '-f -ttt -T': (at, call, took) => `4711 179598900${at} ${call} <${took}>`,
    '-ttt -T': (at, call, took) => `179598900${at} ${call} <${took}>`,
    '-tt -T': (at, call, took) => `10:00:0${at} ${call} <${took}>`,
    'stderr with -f -tt -T': (at, call, took) => `[pid  4711] 10:00:0${at} ${call} <${took}>`,
    '-f -T': (_, call, took) => `4711  ${call} <${took}>`,
    '-y': (at, call, took) => `4711 179598900${at} ${call.replace('(3,', '(3</data/a.npz>,')} <${took}>`,
    nothing: (_, call) => call,
  };
  for (const [form, line] of Object.entries(forms)) {
    const { threads, files, head } = straced(CALLS.map(([at, call, took]) => line(at, call, took)).join('\n'));
    assert.equal(threads, [MADE], form);
    assert.equal(files, [{ name: 'a.npz', bytes: 5000, use: 'read', initialBytes: 5000 }], form);
    assert.is(head.timed, form !== 'nothing', form);
    assert.is(head.root, '/data');
  }
});

test('gaps are the times between the end of a call and the next one, also after midnight', () => {
  const at = (time: string, call: string) => `7 ${time} ${call} <0.100000>`;
  const text = [
    at('23:59:59.000000', 'open("/d/a", O_RDONLY) = 3'),
    at('23:59:59.500000', 'read(3, "", 10) = 10'),
    at('00:00:00.600000', 'read(3, "", 10) = 0'),
  ].join('\n');
  assert.equal(straced(text).gapsNs, [[0, 400e6, 1e9]]);
});

test('what strace costs is taken off gaps and calls, also for calls that are left out', () => {
  const lines = [
    '7 100000001.000000000 open("/d/a", O_RDONLY) = 3 <0.000020000>',
    '7 100000001.000100000 openat(AT_FDCWD, "/usr/lib/x", O_RDONLY) = 4 <0.000010000>',
    '7 100000001.000200000 read(3, "", 10) = 10 <0.000015000>',
  ];
  const create = (builder: ConstructorParameters<typeof StraceImport>[0]) => new StraceImport(builder, []);
  const { gapsNs, head } = madeBy(create, lines, null, { inCallNs: 10e3, inGapNs: 5e3 });
  assert.equal(gapsNs, [[0, 180e3 - 5e3 - 15e3]]);
  assert.is(head.sums.find(({ group }) => group === 'read')?.ns, 5e3);
  // The gap before the first call is not in the trace.
  assert.is(head.overheadNs, 40e3);
});

test('a call that another thread interrupts is put together', () => {
  const { threads } = straced(`
7 1.0 open("/d/a", O_RDONLY <unfinished ...>
8 1.1 open("/d/b", O_RDONLY) = 4 <0.1>
7 1.3 <... open resumed>) = 3 <0.3>
7 1.4 read(3,  <unfinished ...>
8 1.5 close(4) = 0 <0.1>
7 1.6 <... read resumed>"abc"..., 4096) = 3 <0.2>`);
  assert.equal(
    threads,
    [
      ['open 1 0 1', 'read 1 0 4096 3'],
      ['open 0 0 0', 'close 0'],
    ].reverse(),
  );
});

test('a reader of a pipe waits for its writer, a joiner for the end, a child for its start', () => {
  const { threads, head } = straced(`
7 1.0 open("/d/a", O_RDONLY) = 3</d/a> <0.1>
7 1.2 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD) = 8 <0.1>
8 1.4 poll([{fd=5<pipe:[77]>, events=POLLIN}], 1, 5000 <unfinished ...>
7 2.0 write(6<pipe:[77]>, ""..., 4) = 4 <0.1>
8 2.1 <... poll resumed>) = 1 ([{fd=5, revents=POLLIN}]) <0.7>
8 2.2 read(5<pipe:[77]>, ""..., 4) = 4 <0.1>
8 2.4 open("/d/b", O_RDONLY) = 9</d/b> <0.1>
8 2.6 exit_group(0) = ?
8 2.6 +++ exited with 0 +++
7 2.2 wait4(8, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 8 <0.5>
7 2.8 close(3</d/a>) = 0 <0.1>`);
  assert.equal(threads, [
    ['open 0 0 0', 'post 0', 'post 1', 'await 2', 'close 0'],
    ['await 0', 'await 1', 'await 1', 'open 1 0 3', 'post 2'],
  ]);
  assert.is(head.tokens, 3);
});

test('threads wake each other with futexes; a timeout is no compute time', () => {
  const { threads, gapsNs } = straced(`
7 1.0 open("/d/a", O_RDONLY) = 3 <0.1>
7 1.1 clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD}, 88) = 8 <0.0>
8 1.2 futex(0x7f00, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 0, {tv_sec=9}, FUTEX_BITSET_MATCH_ANY) = -1 ETIMEDOUT (Connection timed out) <0.8>
8 2.0 futex(0x7f00, FUTEX_WAIT_PRIVATE, 2, NULL <unfinished ...>
7 3.0 futex(0x7f00, FUTEX_WAKE_PRIVATE, 1) = 1 <0.0>
8 3.0 <... futex resumed>) = 0 <1.0>
8 3.5 read(3, "", 10) = 10 <0.1>`);
  assert.equal(threads[0], ['open 0 0 0', 'post 0', 'post 1']);
  assert.equal(threads[1], ['await 0', 'await 1', 'adopt 0 0 0', 'read 0 0 10 10']);
  assert.ok((gapsNs[1]?.[1] ?? 1) < 0.2e9, 'the timeout');
  assert.ok(Math.abs((gapsNs[1]?.[2] ?? 0) - 0.5e9) < 1e6, 'the compute time');
});

test('threads that ran one after the other share a worker, those at the same time do not', () => {
  const run = (pid: number, at: number) =>
    `${pid} ${at}.0 open("/d/a", O_RDONLY) = 3 <0.1>\n${pid} ${at}.2 exit_group(0) = ?\n${pid} ${at}.2 +++ exited with 0 +++`;
  const { head } = straced([run(7, 1), run(8, 2), run(9, 3)].join('\n'));
  assert.is(head.threads.length, 1);
  assert.is(head.recordedThreads, 3);
});

test('files that are written, renamed or removed are not data', () => {
  const { files, threads } = straced(`
7 1.0 openat(AT_FDCWD, "/d/c.pt.tmp", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3 <0.1>
7 1.1 writev(3, [{iov_base=""..., iov_len=8}, {iov_base=""..., iov_len=92}], 2) = 100 <0.1>
7 1.2 fsync(3) = 0 <0.1>
7 1.3 close(3) = 0 <0.1>
7 1.4 rename("/d/c.pt.tmp", "/d/c.pt") = 0 <0.1>
7 1.5 open("/d/log", O_WRONLY|O_APPEND) = 3 <0.1>
7 1.6 write(3, "x", 1) = 1 <0.1>
7 1.7 unlink("/d/old") = 0 <0.1>`);
  assert.equal(
    files.map(({ name, use, bytes }) => [name, use, bytes]),
    [
      ['c.pt.tmp', 'written', 100],
      ['c.pt', 'written', 0],
      ['log', 'written', 1],
      ['old', 'written', 0],
    ],
  );
  assert.equal(threads[0]?.slice(0, 5), ['open 0 7 0', 'write 0 0 100', 'fsync 0 0', 'close 0', 'rename 0 1']);
});

test('what is no file of the program is left out and counted', () => {
  const { files, head } = straced(`
7 1.0 open("/etc/shadow", O_RDONLY) = 3 <0.1>
7 1.1 read(3</etc/shadow>, "root"..., 4096) = 100 <0.1>
7 1.2 open("/d/../etc/passwd", O_RDONLY) = 4 <0.1>
7 1.2 openat(AT_FDCWD</d>, "../proc/self/maps", O_RDONLY) = 4 <0.1>
7 1.3 read(5<socket:[123]>, "", 10) = 10 <0.1>
7 1.3 read(6<UNIX-STREAM:[1->2]>, "", 10) = 10 <0.1>
7 1.3 read(7<pipe:[5]>, "", 10) = 10 <0.1>
7 1.3 read(8<anon_inode:[eventfd]>, "", 8) = 8 <0.1>
7 1.4 open("/d/missing", O_RDONLY) = -1 ENOENT (No such file or directory) <0.1>
7 1.5 read(9</d/gone>(deleted), "", 10) = 10 <0.1>
7 1.6 open("/d/caf\\303\\251\\377.jpg", O_RDONLY) = 3 <0.1>
7 1.7 read(3, "\\
7 1.8 nonsense
\u0000\u0001binary
7 1.9 read(3, "", 10`);
  assert.equal(
    files.map(({ name }) => name),
    ['gone', 'café\udcff.jpg'],
  );
  assert.ok(Object.values(head.leftOut).reduce((sum, count) => sum + count, 0) >= 8);
});

test('with wanted directories, only what is below them is in the trace', () => {
  const text = '7 1.0 open("/d/a", O_RDONLY) = 3 <0.1>\n7 1.2 open("/data/b", O_RDONLY) = 4 <0.1>';
  assert.equal(
    straced(text, ['/d']).files.map(({ name }) => name),
    ['a'],
  );
});

test('nothing to replay is an error that says what was left out', () => {
  assert.throws(
    () => straced('7 1.0 open("/etc/x", O_RDONLY) = 3 <0.1>'),
    feedrateError('workload', /nothing to replay \(left out: 1 on other files\).*--path/),
  );
});

test.run();
