/**
 * What `feedrate --version` costs above bare `node -e 0`: 20 starts of each, in turn, so that a busy spell of the
 * machine meets both. Exits 1 when the medians differ by more than 25 ms.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from 'simple-statistics';

const ROUNDS = 20;
const WARMUP_ROUNDS = 2;
const LIMIT_MS = 25;

const feedratePath = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

function startMs(args: readonly string[]): number {
  const beginMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const elapsedMs = performance.now() - beginMs;
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with status ${status}\n${stderr}`);
  return elapsedMs;
}

const bareMs: number[] = [];
const feedrateMs: number[] = [];
for (let round = -WARMUP_ROUNDS; round < ROUNDS; round++) {
  const bare = startMs(['-e', '0']);
  const feedrate = startMs([feedratePath, '--version']);
  if (round < 0) continue;
  bareMs.push(bare);
  feedrateMs.push(feedrate);
}

const differenceMs = median(feedrateMs) - median(bareMs);
console.log(`node -e 0            median ${median(bareMs).toFixed(1)} ms of ${ROUNDS}`);
console.log(`feedrate --version   median ${median(feedrateMs).toFixed(1)} ms of ${ROUNDS}`);
console.log(`difference           ${differenceMs.toFixed(1)} ms, at most ${LIMIT_MS} ms allowed`);
process.exitCode = differenceMs > LIMIT_MS ? 1 : 0;
