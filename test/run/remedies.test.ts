/** What is advised when a run cannot be prepared, followed to the letter. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/remedies');

const TRACE =
  '7 1.0 openat(AT_FDCWD, "/d/a.npz", O_RDONLY) = 3</d/a.npz> <0.1>\n7 1.1 read(3</d/a.npz>, ""..., 4096) = 4096 <0.1>\n';
const found = (path: string) => `name: w\ndataset: {path: ${path}}\njobs: {a: {rw: read}}\n`;

interface Call {
  readonly words: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const canTrace = spawnSync('strace', ['true']).status === 0;

/** What is refused, what is said, and calls that follow it. */
const ROWS: readonly (readonly [wrong: Call, says: RegExp, ...right: Call[]])[] = [
  [
    { words: 'run --rw read --size 64k --dry-run', environment: { TMPDIR: '/none' } },
    /name a target with -t, or set TMPDIR/,
    { words: 'run --rw read --size 64k --dry-run -t t', environment: { TMPDIR: '/none' } },
    { words: 'run --rw read --size 64k --dry-run', environment: { TMPDIR: 'HERE/t' } },
  ],
  [
    { words: 'record -o w2.yaml -- cat trace.txt', environment: { TMPDIR: '/none' } },
    /set TMPDIR to a directory that you may write to/,
    ...(canTrace ? [{ words: 'record -o w2.yaml -- cat trace.txt', environment: { TMPDIR: 'HERE/t' } }] : []),
  ],
  [
    { words: 'record -o w2.yaml -- true', environment: { PATH: '/none' } },
    /install it \(apt-get install strace, or dnf install strace\), or record elsewhere and use: feedrate import trace FILE/,
    { words: 'import trace trace.txt -o w3.yaml' },
  ],
  [
    { words: 'import trace empty -o w4.yaml' },
    /give the output of a tracer/,
    { words: 'import trace trace.txt -o w4.yaml' },
  ],
  [
    { words: 'import trace binary -o w4.yaml' },
    /give the text output of strace, darshan-dxt-parser or DFTracer/,
    { words: 'import trace trace.txt -o w6.yaml' },
  ],
  [
    { words: 'import trace system.txt -o w7.yaml' },
    /there is nothing to replay \(.*\); name the directory of your data with --path, or record for longer/,
    { words: 'import trace system.txt -o w7.yaml --path /usr/lib/d' },
    { words: 'import trace longer.txt -o w8.yaml' },
  ],
  [
    { words: 'import trace trace.txt -o none/w5.yaml' },
    /name another file with -o/,
    { words: 'import trace trace.txt -o w5.yaml' },
  ],
  [
    { words: 'run simulated.yaml -t t -o file.yaml/r --progress none' },
    /cannot write \(.*\); choose another directory with -o$/m,
    { words: 'run simulated.yaml -t t -o r --progress none' },
  ],
  [
    { words: 'run fifo.yaml -t t --dry-run' },
    /is no directory, file or block device; name one of these as dataset\.path/,
    { words: 'run file.yaml -t t --dry-run' },
  ],
];

test('what was refused is accepted after the advice', () =>
  withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 't'));
    writeFileSync(join(directory, 'trace.txt'), TRACE);
    const ofSystem = TRACE.replaceAll('/d/', '/usr/lib/d/');
    writeFileSync(join(directory, 'system.txt'), ofSystem);
    writeFileSync(join(directory, 'longer.txt'), `${ofSystem}${TRACE.replaceAll('7 1.', '7 2.')}`);
    writeFileSync(join(directory, 'empty'), '');
    writeFileSync(join(directory, 'binary'), Buffer.alloc(17 * 2 ** 20, 'x'));
    writeFileSync(join(directory, 't/data.bin'), Buffer.alloc(8192, 1));
    spawnSync('mkfifo', [join(directory, 't/fifo')]);
    writeFileSync(join(directory, 'fifo.yaml'), found('fifo'));
    writeFileSync(join(directory, 'file.yaml'), found('data.bin'));
    const simulated = 'trials: {rounds: 1}\njobs: {a: {rw: read, size: 1m, ioengine: simulated}}\n';
    writeFileSync(join(directory, 'simulated.yaml'), `name: w\n${simulated}`);
    const call = ({ words, environment = {} }: Call) => {
      const variables = Object.entries(environment).map(([name, value]) => [name, value.replace('HERE', directory)]);
      return feedrate(words.split(' '), directory, Object.fromEntries(variables));
    };
    for (const [wrong, says, ...right] of ROWS) {
      const refused = call(wrong);
      assert.is.not(refused.status, 0, wrong.words);
      assert.match(refused.stderr, says);
      for (const each of right) {
        const { status, stderr } = call(each);
        assert.is(status, 0, `${each.words}: ${stderr}`);
      }
    }
  }));

test.run();
