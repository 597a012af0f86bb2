/** Writes a trace and the workload that replays it, and says what it has. */
import { basename, resolve } from 'node:path';
import { FeedrateError } from '../../base/errors.js';
import { shellWord } from '../../base/shell-word.js';
import { formatBytes, formatDurationNs, formatSizeLabel, formatWhole, quoted } from '../../base/units.js';
import { visibleText } from '../../base/visible-text.js';
import { makeTrace, type TraceSettings } from '../../run/trace-source.js';
import { replaceFile } from '../../store/durable-files.js';
import type { TraceHead } from '../../training/trace/trace-file.js';
import { parseWorkload } from '../../workload/parse.js';
import { NAME_PATTERN } from '../../workload/value-types.js';
import { tell } from '../output/print.js';

/** Longest write of one call in a replay: memory of each worker. */
const LONGEST_WRITE = 64 * 2 ** 20;
const WORKLOAD = /\.ya?ml$/;

/** Returns the paths that a workload and its trace have. Throws `FeedrateError('usage')` for another ending. */
export function replayPaths(output: string): { readonly workload: string; readonly trace: string } {
  if (WORKLOAD.test(output)) return { workload: output, trace: output.replace(WORKLOAD, '.trace.gz') };
  throw new FeedrateError('usage', `-o ${visibleText(output)}: name a workload file that ends in .yaml`);
}

/**
 * Makes the trace and the workload. Throws as `makeTrace` does.
 * @param maker the command, for the comment in the workload
 */
export async function writeReplay(
  files: readonly string[],
  output: string,
  settings: TraceSettings,
  maker: string,
): Promise<TraceHead> {
  const { workload, trace } = replayPaths(output);
  const { head, bytes } = await makeTrace(files, trace, settings);
  const text = workloadText(head, workload, trace, maker);
  parseWorkload(text, workload);
  replaceFile(resolve(workload), text, 'name another file with -o');
  for (const line of summary(head)) tell(line);
  tell(`wrote ${visibleText(workload)} and ${visibleText(trace)} (${formatBytes(bytes)})`);
  tell(`Next: feedrate run ${shellWord(workload)} -t DIRECTORY`);
  return head;
}

function workloadText(head: TraceHead, workload: string, trace: string, maker: string): string {
  const name = basename(workload).replace(WORKLOAD, '');
  const bs = Math.min(LONGEST_WRITE, Math.max(2 ** 20, Math.ceil(head.longestWriteBytes / 4096) * 4096));
  const noGaps = head.timed
    ? ''
    : '    # The trace has no durations, so its gaps are unknown.\n    replay_no_stall: true\n';
  return `# Replays a recorded program, thread by thread. Made by ${maker}.
# How to read and use it: feedrate guide replay
name: ${new RegExp(NAME_PATTERN).test(name) ? name : 'replay'}
trials: { sessions: 1, rounds: 1 }
dataset:
  trace: ${quoted(basename(trace))}
  # To read your own files instead of generated ones: feedrate run … --data DIRECTORY
jobs:
  replay:
    kind: replay
    numjobs: ${head.threads.length}
    bs: ${formatSizeLabel(bs)}
    cache: cold
${noGaps}`;
}

/** Returns what a trace has, and what it lacks, one line each. */
function summary(head: TraceHead): string[] {
  const calls = head.sums.reduce((sum, each) => sum + each.calls, 0);
  const readBytes = head.sums.filter(({ group }) => group === 'read').reduce((sum, each) => sum + each.bytes, 0);
  const writtenBytes = head.sums.filter(({ group }) => group === 'write').reduce((sum, each) => sum + each.bytes, 0);
  const threads = `${formatWhole(head.threads.length)} ${head.threads.length === 1 ? 'thread' : 'threads'}`;
  const lasting = head.timed ? ` in ${formatDurationNs(head.recordedNs)}` : '';
  const lines = [
    `${formatWhole(calls)} calls on ${formatWhole(head.files)} files by ${threads}${lasting}: ${formatBytes(readBytes)} read, ${formatBytes(writtenBytes)} written`,
  ];
  const left = Object.entries(head.leftOut).map(([reason, count]) => `${formatWhole(count)} ${reason}`);
  if (left.length > 0) lines.push(`left out: ${left.join(', ')}`);
  if (head.mappedBytes > 0)
    lines.push(
      `${formatBytes(head.mappedBytes)} were mapped; a trace does not show which pages were read (touch_maps)`,
    );
  if (head.overheadNs !== null && head.recordedNs > 0)
    lines.push(
      `recording added about ${formatDurationNs(head.overheadNs)} to all threads together, which the trace leaves out`,
    );
  return lines;
}
