/**
 * `npm run test:faults -- [--part PART]… [--kills N] [--signals N] [--seed N] [--lanes N] [--only ID]…`: lets faults meet
 * runs at many moments, and checks after each that feedrate keeps its promises: `checkInvariants`.
 *
 *   kill     after the n-th call by which the command, its measuring process, or both changed something
 *   signal   INT, TERM, HUP and KILL at random moments
 *   change   results and target full, deleted, renamed, read-only, unmounted, frozen; no descriptors left
 *
 * Prints a line for each moment after which something was wrong, and how to repeat it; last a table. Exits 1 when there was
 * such a moment. Needs root for the changes, and cc.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { changeMoment, changeMoments, type Place } from './changes.js';
import { checkInvariants } from './invariants.js';
import { callsOf, killMoment, killMoments, wholeRunIn } from './kills.js';
import { type Moment, whenOf } from './moment.js';
import { ROLES, type Role } from './preload.js';
import { inScene, prepareCampaign } from './prepare.js';
import type { Campaign, Variant } from './scene.js';
import { type Receiver, type Signal, signalMoment, signalMoments } from './signals.js';

type Prepared = Awaited<ReturnType<typeof prepareCampaign>>;

const PARTS = ['kill', 'signal', 'change'] as const;
type Part = (typeof PARTS)[number];

const { values } = parseArgs({
  options: {
    part: { type: 'string', multiple: true, default: [...PARTS] },
    kills: { type: 'string', default: '300' },
    signals: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    lanes: { type: 'string', default: String(availableParallelism()) },
    only: { type: 'string', multiple: true, default: [] },
  },
});

/** The moment that `--only` names. */
function momentOf(id: string): Moment {
  const [part, ...words] = id.split('/') as [string, ...string[]];
  const [first = '', second = '', third = '', fourth = ''] = words;
  if (part === 'kill') return killMoment(first as Role, second as Variant, Number(third));
  if (part === 'signal') return signalMoment(first as Signal, second as Receiver, third as Variant, whenOf(fourth));
  if (part === 'change') return changeMoment(second, first as Place, whenOf(third));
  throw new Error(`--only ${id}: expected an id that the campaign has printed`);
}

async function momentsOf(campaign: Prepared): Promise<Moment[]> {
  if (values.only.length > 0) return values.only.map(momentOf);
  const runs = { named: campaign.whole, default: await inScene(campaign, 'default', wholeRunIn) };
  for (const [variant, run] of Object.entries(runs)) {
    const counts = ROLES.map((role) => `${role} ${callsOf(run, role).size}`).join(', ');
    console.log(`a whole run, ${variant} target: calls of ${counts}; ${(run.elapsedMs / 1000).toFixed(1)} s`);
  }
  const makers: Readonly<Record<Part, () => Moment[]>> = {
    kill: () => killMoments(runs, Number(values.kills)),
    signal: () => signalMoments(runs.named.elapsedMs, Number(values.signals), Number(values.seed)),
    change: changeMoments,
  };
  return values.part.flatMap((part) => {
    const make = makers[part as Part];
    if (make === undefined) throw new Error(`--part ${part}: expected ${PARTS.join(', ')}`);
    return make();
  });
}

const COLUMNS = ['moments', 'passed', 'failed', 'missed'] as const;
type Counts = Record<(typeof COLUMNS)[number], number>;

/** The rows of the table: a part and its first word. */
const tally = new Map<string, Counts>();

function count(row: string, { failed, missed }: { readonly failed: boolean; readonly missed: boolean }): void {
  const counts = tally.get(row) ?? { moments: 0, passed: 0, failed: 0, missed: 0 };
  counts.moments++;
  counts[failed ? 'failed' : 'passed']++;
  if (missed) counts.missed++;
  tally.set(row, counts);
}

async function runMoments(campaign: Campaign, moments: Moment[]): Promise<void> {
  for (let moment = moments.shift(); moment !== undefined; moment = moments.shift()) {
    const { id, about = '', variant, strike } = moment;
    let missed = false;
    const problems = await inScene(campaign, variant, async (scene) => {
      const struck = await strike(scene);
      missed = struck.isMissed;
      return checkInvariants(scene, struck);
    }).catch((thrown: Error) => [`the campaign itself failed: ${thrown.stack}`]);
    count(id.split('/').slice(0, 2).join(' '), { failed: problems.length > 0, missed });
    if (problems.length === 0) continue;
    process.exitCode = 1;
    console.log(`✘ ${id} ${about}  (npm run test:faults -- --only ${id})`);
    for (const problem of problems) console.log(`  | ${problem.slice(0, 400)}`);
  }
}

function printTable(elapsedMs: number): void {
  const rows = [...tally].sort(([a], [b]) => (a < b ? -1 : 1));
  const all = COLUMNS.map((column) => rows.reduce((sum, [, counts]) => sum + counts[column], 0));
  const print = (first: string, cells: readonly (string | number)[]) =>
    console.log(`${first.padEnd(20)}${cells.map((cell) => String(cell).padStart(9)).join('')}`);
  console.log();
  print('part', COLUMNS);
  for (const [row, counts] of rows)
    print(
      row,
      COLUMNS.map((column) => counts[column]),
    );
  print('all', all);
  console.log(`missed: the run was over before the fault; seed ${values.seed}, ${(elapsedMs / 60_000).toFixed(1)} min`);
}

await withTemporaryDirectory(async (directory) => {
  const startMs = performance.now();
  const campaign = await prepareCampaign(directory);
  const moments = await momentsOf(campaign);
  await Promise.all(Array.from({ length: Number(values.lanes) }, () => runMoments(campaign, moments)));
  printTable(performance.now() - startMs);
});
