/** From a trace to its replay, and from a program to its trace, as a user does it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

import type { ReplayRecord } from '../../src/record/replay-record.js';
import { feedrate } from '../support/command-thread.js';
import { feedrate as feedrateProcess } from '../support/feedrate-cli.js';
import { trialsOf } from '../support/run-directory.js';
import { needTool } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/replay');

/** A loader with a worker, which reads two files, and a checkpoint. It has what a trace of somebody else may have. */
const TRACE = `
7 1000000001.000000 openat(AT_FDCWD, "/etc/shadow", O_RDONLY) = 3 <0.000010>
7 1000000001.000000 openat(AT_FDCWD, "/srv/../etc/../srv/d", O_RDONLY|O_DIRECTORY) = 3 <0.000010>
7 1000000001.000100 getdents64(3, 0x1 /* 4 entries */, 32768) = 112 <0.000010>
7 1000000001.000200 getdents64(3, 0x1 /* 0 entries */, 32768) = 0 <0.000010>
7 1000000001.000300 close(3) = 0 <0.000010>
7 1000000001.001000 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD) = 8 <0.000100>
8 1000000001.002000 openat(AT_FDCWD, "/srv/d/\\33[31ma.npz", O_RDONLY|O_CLOEXEC) = 4 <0.000010>
8 1000000001.002100 newfstatat(4, "", {st_mode=S_IFREG|0644, st_size=5000, ...}, AT_EMPTY_PATH) = 0 <0.000001>
8 1000000001.002200 ioctl(4, TCGETS, 0x7) = -1 ENOTTY (Inappropriate ioctl for device) <0.000001>
8 1000000001.002300 lseek(4, -22, SEEK_END) = 4978 <0.000001>
8 1000000001.002400 read(4, ""..., 4096) = 22 <0.000010>
8 1000000001.002500 pread64(4, ""..., 4096, 0) = 4096 <0.000010>
8 1000000001.002600 close(4) = 0 <0.000001>
8 1000000001.002700 openat(AT_FDCWD, "/srv/d/b.npz", O_RDONLY|O_CLOEXEC) = 4 <0.000010>
8 1000000001.002800 mmap(NULL, 8192, PROT_READ, MAP_SHARED, 4, 0) = 0x7f0000000000 <0.000010>
8 1000000001.002900 close(4) = 0 <0.000001>
8 1000000001.003000 munmap(0x7f0000000000, 8192) = 0 <0.000001>
8 1000000001.003100 write(6<pipe:[9]>, ""..., 8) = 8 <0.000010>
7 1000000001.001200 read(5<pipe:[9]>, ""..., 8) = 8 <0.002000>
8 1000000001.003200 exit_group(0) = ?
8 1000000001.003200 +++ exited with 0 +++
7 1000000001.053200 openat(AT_FDCWD, "/srv/d/c.pt.tmp", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 4 <0.000010>
7 1000000001.053300 write(4, ""..., 3000000) = 3000000 <0.001000>
7 1000000001.054500 fsync(4) = 0 <0.000010>
7 1000000001.054600 close(4) = 0 <0.000010>
7 1000000001.054700 rename("/srv/d/c.pt.tmp", "/srv/d/c.pt") = 0 <0.000010>
7 1000000001.054800 unlink("/srv/d/../../tmp/victim") = 0 <0.000010>
7 1000000001.054900 stat("/srv/d/b.npz", {st_mode=S_IFREG|0644, st_size=9000, ...}) = 0 <0.000010>
7 1000000001.055000 read(4, "cut o`;

function withTrace(use: (directory: string) => void): Promise<void> {
  return withTemporaryDirectory((directory) => {
    writeFileSync(join(directory, 'strace.txt'), TRACE.trim());
    mkdirSync(join(directory, 't'));
    const { status, stderr } = feedrate(['import', 'trace', 'strace.txt', '-o', 'epoch.yaml'], directory);
    assert.is(status, 0, stderr);
    assert.match(stderr, /calls on \d+ files by 2 threads in 54\.6 ms: /);
    assert.match(stderr, /left out: .*1 on other files/);
    assert.match(stderr, /Next: feedrate run epoch\.yaml -t DIRECTORY\n$/);
    use(directory);
  });
}

/** Runs the replay and returns what its only trial has of it. */
function replayed(directory: string, ...words: string[]) {
  const { status, stdout, stderr } = feedrate(['run', 'epoch.yaml', '-t', 't', '--set', 'bs=4m', ...words], directory);
  assert.is(status, 0, stdout + stderr);
  const [trial] = trialsOf(join(directory, 'results'));
  return { replay: trial?.replay, stdout, window: trial?.window };
}

test('a replay makes the recorded calls with the recorded bytes, within its own directory', () =>
  withTrace((directory) => {
    const { replay, stdout } = replayed(directory);
    assert.ok(replay);
    for (const { group, fileClass, recorded, replayed: made } of replay.calls)
      assert.equal([made.calls, made.bytes], [recorded.calls, recorded.bytes], `${group} of ${fileClass}`);
    assert.ok(replay.replayedNs > 50e6, 'with the compute time');
    assert.match(
      stdout,
      /^On target t, the recorded program takes \d[\d.]* ms instead of 54\.6 ms, and \d+ % of the time/,
    );
    assert.match(stdout, /8 KiB were mapped and not read/);
    assert.equal(readdirSync(join(directory, 't')), ['.feedrate-data']);
    assert.equal(readdirSync(directory).sort(), ['epoch.trace.gz', 'epoch.yaml', 'results', 'strace.txt', 't']);
  }));

test('a simulated replay waits as the program did, whatever its files are called', () =>
  withTrace((directory) => {
    const simulated = [
      '--engine',
      'simulated',
      '--set',
      'simulated_latency=1us',
      '--set',
      'cache=as-is',
      '--seed',
      '1',
    ];
    const first = replayed(directory, ...simulated).replay;
    assert.ok((first?.waitNs ?? 0) > 0);
    // Without slow calls, the replay takes as long as the recording: gaps, and waits of threads for each other.
    const { recordedNs, replayedNs } = first as ReplayRecord;
    assert.ok(Math.abs(replayedNs / (recordedNs ?? Number.NaN) - 1) < 0.03, `${replayedNs} ${recordedNs}`);
    const made = feedrate(['import', 'trace', 'strace.txt', '-o', 'epoch.yaml', '--anonymise'], directory);
    assert.is(made.status, 0);
    const text = gunzipSync(readFileSync(join(directory, 'epoch.trace.gz'))).toString();
    assert.not.match(text, /srv|victim|31ma/);
    assert.match(text, /^r 5000 5000 "[0-9a-f]{24}\.npz"$/m);
    const half = replayed(directory, ...simulated, '--set', 'replay_time_scale=50').replay;
    assert.is((half?.gapNs ?? 0) * 2, first?.gapNs);
    assert.equal(half?.calls, first?.calls);
  }));

test('the user’s own files are read where they are, and missing ones are named', () =>
  withTrace((directory) => {
    const data = join(directory, 't', 'd');
    mkdirSync(data);
    writeFileSync(join(data, '\u001b[31ma.npz'), Buffer.alloc(5000, 1));
    const missing = feedrate(['run', 'epoch.yaml', '-t', 't', '--data', 'd'], directory);
    assert.is(missing.status, 2);
    assert.match(missing.stderr, /1 of its 2 files are not in dataset\.path.*the first is b\.npz/);
    writeFileSync(join(data, 'b.npz'), Buffer.alloc(9000, 2));
    const before = readdirSync(data).map((name) => statSync(join(data, name)).mtimeMs);
    const changes = ['cache=as-is', 'replay_no_stall=true', 'touch_maps=true'].flatMap((change) => ['--set', change]);
    const { replay } = replayed(directory, '--data', 'd', ...changes);
    assert.is(replay?.gapNs, 0, 'without gaps only calls take time');
    assert.is(replay?.unreadMapBytes, 0);
    assert.is(replay?.calls.find(({ group }) => group === 'map')?.replayed.bytes, 8192);
    assert.is(
      replay?.calls.find(({ group, fileClass }) => group === 'open' && fileClass === '.npz')?.replayed.calls,
      2,
    );
    assert.equal(readdirSync(data).sort(), ['\u001b[31ma.npz', 'b.npz']);
    assert.equal(
      readdirSync(data).map((name) => statSync(join(data, name)).mtimeMs),
      before,
    );
    assert.not.ok(existsSync(join(directory, 't', '.feedrate-data')), 'nothing was generated');
  }));

test('a trace that is missing, damaged, or has other threads is one clear line', () =>
  withTrace((directory) => {
    const line = (...words: string[]) => {
      const { status, stderr } = feedrate(['run', 'epoch.yaml', '-t', 't', ...words], directory);
      assert.is(status, 2);
      return stderr.trim().split('\n').at(-1) ?? '';
    };
    assert.match(line('--set', 'numjobs=3'), /numjobs: 3, but the trace has 2 threads; use numjobs: 2$/);
    assert.match(line('--set', 'dataset.trace=none.gz'), /dataset\.trace: cannot read .*none\.gz: ENOENT/);
    assert.match(line('--set', 'dataset.trace=t'), /dataset\.trace: .* is not a file$/);
    assert.match(
      line('--set', 'dataset.trace=epoch.yaml'),
      /is not a trace of feedrate; make one with feedrate record/,
    );
    assert.match(line('--set', 'cache=direct'), /cache: direct is not possible in a replay/);
    assert.match(line('--set', 'ioengine=mmap'), /ioengine: mmap cannot make the calls of a replay/);
    const bytes = readFileSync(join(directory, 'epoch.trace.gz'));
    writeFileSync(join(directory, 'epoch.trace.gz'), bytes.subarray(0, bytes.length - 9));
    assert.match(line(), /is damaged: it ends early; record or import it again$/);
  }));

test('record keeps the status and the output of the program, and what it read', () =>
  withTemporaryDirectory((directory) => {
    needTool('strace');
    writeFileSync(join(directory, 'a.bin'), Buffer.alloc(300_000, 7));
    const words = [
      'record',
      '-o',
      'r.yaml',
      '--path',
      '.',
      '--',
      'sh',
      '-c',
      'cat a.bin | wc -c; echo oops >&2; exit 3',
    ];
    const { status, stdout, stderr } = feedrateProcess(words, directory);
    assert.is(status, 3);
    assert.is(stdout, '300000\n');
    assert.match(stderr, /^oops\n/);
    assert.match(stderr, /293 KiB read, 0 B written\n/);
    assert.equal(readdirSync(directory).sort(), ['a.bin', 'r.trace.gz', 'r.yaml']);
  }));

test.run();
