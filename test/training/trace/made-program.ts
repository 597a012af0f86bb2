/** A program whose times are known, and what a tracer that stops it at each call would print. */
import { createPrng } from '../../../src/base/prng.js';

/** What a tracer adds to a call and to the gap before it, ns; each stop has its own. */
export type StopCost = () => { readonly inCallNs: number; readonly inGapNs: number };

type Action =
  | { readonly kind: 'call'; readonly text: string; readonly result: string }
  | { readonly kind: 'start'; readonly pid: number }
  | { readonly kind: 'send' | 'receive'; readonly pipe: number }
  | { readonly kind: 'exit' };

interface Step {
  readonly gapNs: number;
  readonly tookNs: number;
  readonly action: Action;
}

interface MadeThread {
  readonly pid: number;
  readonly steps: readonly Step[];
}

/** A main thread, and workers that read files and send a byte for each, which the main thread waits for in turn. */
export function madeProgram(seed: number, workers: number, files: number): MadeThread[] {
  const prng = createPrng(seed, workers);
  const ns = (least: number, most: number) => least + prng.nextBelow(most - least);
  const step = (action: Action, most = 400_000): Step => ({ gapNs: ns(60_000, most), tookNs: ns(1000, most), action });
  const reading = (pid: number, file: number): Step[] => {
    const name = `/d/${pid}-${file}.npz`;
    return [
      step({ kind: 'call', text: `openat(AT_FDCWD, "${name}", O_RDONLY)`, result: `3<${name}>` }),
      step({ kind: 'call', text: 'openat(AT_FDCWD, "/usr/lib/x.so", O_RDONLY)', result: '4</usr/lib/x.so>' }),
      step({ kind: 'call', text: 'close(4</usr/lib/x.so>)', result: '0' }),
      ...Array.from({ length: 3 }, (_, i) =>
        step({ kind: 'call', text: `pread64(3<${name}>, "", 4096, ${i * 4096})`, result: '4096' }, 4_000_000),
      ),
      step({ kind: 'call', text: `close(3<${name}>)`, result: '0' }),
    ];
  };
  const pids = Array.from({ length: workers }, (_, i) => 101 + i);
  const turns = Array.from({ length: files }, (_, file) => pids.map((pid) => ({ pid, file }))).flat();
  const main: MadeThread = {
    pid: 100,
    steps: [
      ...reading(100, 0),
      ...pids.map((pid) => step({ kind: 'start', pid })),
      ...turns.flatMap(({ pid }) => [step({ kind: 'receive', pipe: pid }), ...(pid === 101 ? reading(100, 1) : [])]),
      step({ kind: 'exit' }),
    ],
  };
  return [
    main,
    ...pids.map((pid) => ({
      pid,
      steps: [
        ...Array.from({ length: files }, (_, file) => [
          ...reading(pid, file),
          step({ kind: 'send', pipe: pid }),
        ]).flat(),
        step({ kind: 'exit' }),
      ],
    })),
  ];
}

interface Placed {
  readonly pid: number;
  readonly action: Action;
  readonly startNs: number;
  readonly endNs: number;
}

/** Returns when each step begins and ends. A receiver waits for the begin of its send, a thread for that of its start. */
function placed(program: readonly MadeThread[], cost: StopCost): Placed[] {
  const sent = new Map<number, number[]>();
  const begins = new Map<number, number>([[100, 0]]);
  const state = program.map(({ pid, steps }) => ({ pid, steps, at: 0, nowNs: Number.NaN }));
  const received = new Map<number, number>();
  const all: Placed[] = [];
  for (let moved = true; moved; ) {
    moved = false;
    for (const thread of state) {
      for (; thread.at < thread.steps.length; thread.at++) {
        const { gapNs, tookNs, action } = thread.steps[thread.at] as Step;
        if (Number.isNaN(thread.nowNs)) thread.nowNs = begins.get(thread.pid) ?? Number.NaN;
        const awaited =
          action.kind === 'receive'
            ? sent.get(action.pipe)?.[received.get(action.pipe) ?? 0]
            : Number.NEGATIVE_INFINITY;
        if (Number.isNaN(thread.nowNs) || awaited === undefined) break;
        const { inCallNs, inGapNs } = cost();
        const startNs = thread.nowNs + gapNs + inGapNs;
        let endNs = startNs + tookNs + inCallNs;
        if (action.kind === 'receive') {
          received.set(action.pipe, (received.get(action.pipe) ?? 0) + 1);
          endNs = Math.max(startNs, awaited);
        } else if (action.kind === 'send') sent.set(action.pipe, [...(sent.get(action.pipe) ?? []), startNs]);
        else if (action.kind === 'start') begins.set(action.pid, startNs);
        all.push({ pid: thread.pid, action, startNs, endNs });
        thread.nowNs = endNs;
        moved = true;
      }
    }
  }
  return all;
}

/** Returns how long the program takes: from its first call to the begin of its last exit, ns. */
export function durationOf(program: readonly MadeThread[]): number {
  const calls = placed(program, () => ({ inCallNs: 0, inGapNs: 0 }));
  return Math.max(...calls.map(({ startNs }) => startNs)) - Math.min(...calls.map(({ startNs }) => startNs));
}

const STAMP_BASE = 1_000_000_000;
const stamp = (ns: number): string => `${STAMP_BASE + Math.floor(ns / 1e9)}.${String(ns % 1e9).padStart(9, '0')}`;

function textOf(action: Action): readonly [text: string, result: string] {
  if (action.kind === 'call') return [action.text, action.result];
  if (action.kind === 'start') return ['clone(child_stack=NULL, flags=SIGCHLD)', String(action.pid)];
  if (action.kind === 'send') return [`write(9<pipe:[${action.pipe}]>, "", 1)`, '1'];
  if (action.kind === 'receive') return [`read(8<pipe:[${action.pipe}]>, "", 1)`, '1'];
  return ['exit_group(0)', '?'];
}

/** Returns what strace prints of it. A call during which another thread does anything is written in two lines. */
export function straceOf(program: readonly MadeThread[], cost: StopCost): string {
  const events = placed(program, cost).flatMap((call) => [
    { atNs: call.startNs, isEnd: false, call },
    { atNs: call.endNs, isEnd: true, call },
  ]);
  // At equal times, what is waited for comes first.
  events.sort((a, b) => a.atNs - b.atNs || Number(a.isEnd) - Number(b.isEnd));
  const lines: string[] = [];
  events.forEach(({ atNs, isEnd, call }, place) => {
    const { pid, action, startNs, endNs } = call;
    const [text, result] = textOf(action);
    const took = result === '?' ? '' : ` <${((endNs - startNs) / 1e9).toFixed(9)}>`;
    const [before, after] = [events[place - 1], events[place + 1]];
    if (result === '?') {
      if (!isEnd) lines.push(`${pid} ${stamp(atNs)} ${text} = ?`, `${pid} ${stamp(atNs)} +++ exited with 0 +++`);
    } else if (isEnd && before?.call !== call)
      lines.push(`${pid} ${stamp(atNs)} <... ${text.slice(0, text.indexOf('('))} resumed>) = ${result}${took}`);
    else if (!isEnd && after?.call === call) lines.push(`${pid} ${stamp(atNs)} ${text} = ${result}${took}`);
    else if (!isEnd) lines.push(`${pid} ${stamp(atNs)} ${text.slice(0, -1)} <unfinished ...>`);
  });
  return lines.join('\n');
}
