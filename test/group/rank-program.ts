/**
 * One rank, started by a launcher: it goes to some meetings and prints a line of JSON. Its argument is a `RankTask`. After
 * its first meeting it waits there until `stop` exists, if the task has such a file.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { groupFrom, type RawGroupOptions } from '../../src/cli/options/group-options.js';

export interface RankTask {
  readonly shared: string;
  readonly meetings: number;
  readonly textBytes: number;
  readonly options: RawGroupOptions;
  /** After its first meeting, each rank writes its process number to this path and `.RANK`. */
  readonly pidFile?: string;
}

/** What a rank prints. */
export interface RankReport {
  readonly rank: number;
  readonly size: number;
  readonly launcher: string;
  readonly host: string;
  readonly areTextsRight: boolean;
  /** When it left each meeting, ns of the machine's monotonic clock. */
  readonly leftNs: readonly number[];
  /** How long each meeting took, ns. */
  readonly tookNs: readonly number[];
  readonly error: string | null;
}

const task = JSON.parse(process.argv[2] ?? '') as RankTask;
const textOf = (meeting: number, rank: number): string => `${meeting}/${rank}:`.padEnd(task.textBytes, 'é"\n');

async function attend(): Promise<RankReport> {
  const chosen = await groupFrom(task.options, task.shared, (text) => process.stderr.write(`${text}\n`));
  if (chosen === null) throw new Error('no group');
  const { group } = chosen;
  const { rank, size, launcher, host } = group;
  const leftNs: number[] = [];
  const tookNs: number[] = [];
  let areTextsRight = true;
  let error: string | null = null;
  try {
    for (let meeting = 0; meeting < task.meetings; meeting++) {
      const fromNs = Number(process.hrtime.bigint());
      const texts = await group.meet(`meeting ${meeting}`, textOf(meeting, rank));
      leftNs.push(group.leftNs);
      tookNs.push(group.leftNs - fromNs);
      areTextsRight &&= texts.length === size && texts.every((text, other) => text === textOf(meeting, other));
      if (meeting === 0 && task.pidFile !== undefined) {
        writeFileSync(`${task.pidFile}.${rank}`, String(process.pid));
        while (!existsSync(`${task.pidFile}.go`)) await sleep(20);
      }
    }
  } catch (thrown) {
    error = (thrown as Error).message;
    process.exitCode = 5;
  }
  await group.close();
  return { rank, size, launcher, host, areTextsRight, leftNs, tookNs, error };
}

const report = await attend().catch((thrown: Error) => {
  process.exitCode = 2;
  return { error: thrown.message };
});
process.stdout.write(`${JSON.stringify(report)}\n`);
